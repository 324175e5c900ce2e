using GitOpsToolkit.Api.Source.V1;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Reconciling.Events;
using GitOpsToolkit.Reconciling.Loop;
using GitOpsToolkit.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace GitOpsToolkit.Reconciling.Tests.Loop;

public sealed class ControllerSetTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_shard_holds_its_own_objects_and_finds_all_others()
    {
        await using var cluster = await TestCluster.StartAsync(Cancel);
        await cluster.CreateAsync(TestCluster.Repository("mine"), Cancel);
        await cluster.PatchAsync("mine", """{"metadata":{"labels":{"sharding.fluxcd.io/key":"shard1"}}}""", Cancel);
        await cluster.CreateAsync(TestCluster.Repository("others"), Cancel);
        using var set = NewSet(cluster.Client, new WatchCacheOptions { LabelSelector = "sharding.fluxcd.io/key=shard1" });
        var (own, all) = (set.Cache<GitRepository>(), set.Lookup<GitRepository>());
        using var stop = new CancellationTokenSource();

        var run = set.RunAsync(stop.Token);
        await Eventually.TrueAsync(() => set.HasSynced, "the caches are filled");

        Assert.Equal(["mine"], own.List().Select(entry => entry.Key.Name));
        Assert.Equal(["mine", "others"], all.List().Select(entry => entry.Key.Name).Order());
        Assert.Same(own, set.Cache<GitRepository>());
        await stop.CancelAsync();
        await run;
    }

    [Fact]
    public void Without_shards_one_cache_serves_both()
    {
        using var set = NewSet(KubeConnection.ToServer(new Uri("http://127.0.0.1:1/")), null);

        Assert.Same(set.Cache<GitRepository>(), set.Lookup<GitRepository>());
    }

    [Fact]
    public async Task A_part_that_fails_ends_the_set_with_its_reason()
    {
        await using var cluster = await TestCluster.StartAsync(Cancel);
        using var set = NewSet(cluster.Client, null);
        var other = new TaskCompletionSource();
        set.Add(async cancellation =>
        {
            await cancellation.WaitAsync();
            other.SetResult();
        });
        set.Add(_ => Task.FromException(new InvalidOperationException("the storage is gone")));

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => set.RunAsync(Cancel));

        Assert.Equal("the storage is gone", error.Message);
        Assert.True(other.Task.IsCompleted);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_cache_that_ends_ends_the_set_with_its_reason(bool isFilled)
    {
        await using var cluster = await TestCluster.StartAsync(Cancel);
        using var set = NewSet(cluster.Client, null);
        var broken = set.Add(new BrokenCache(isFilled));
        set.Add(cancellation => cancellation.WaitAsync());
        var run = set.RunAsync(Cancel);
        Assert.False(run.IsCompleted);

        broken.Break();

        Assert.Equal("no longer followed", (await Assert.ThrowsAsync<OperationCanceledException>(() => run)).Message);
    }

    [Fact]
    public async Task A_set_that_is_stopped_before_the_server_answers_ends_quietly()
    {
        using var set = NewSet(KubeConnection.ToServer(new Uri("http://127.0.0.1:1/")), null);
        set.Cache<GitRepository>();
        using var stop = new CancellationTokenSource();
        var run = set.RunAsync(stop.Token);

        await stop.CancelAsync();
        await run;

        Assert.False(set.HasSynced);
    }

    /// <summary>Ends by what looks like a cancellation that nobody asked for.</summary>
    private sealed class BrokenCache(bool isFilled) : IWatchCache
    {
        private readonly TaskCompletionSource _end = new();

        public string Name => "broken";

        public bool HasSynced => isFilled;

        public Task WaitForSyncAsync(CancellationToken cancellation) => isFilled ? Task.CompletedTask : cancellation.WaitAsync();

        public Task RunAsync(CancellationToken cancellation) => _end.Task;

        public void Break() => _end.SetException(new OperationCanceledException("no longer followed"));
    }

    private static ControllerSet NewSet(KubeClient client, WatchCacheOptions? watch) => new(
        client, new EventRecorderOptions { Controller = "test", Instance = "test" }, NullLoggerFactory.Instance, TimeProvider.System, new Random(1), watch);
}
