using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer;
using GitOpsToolkit.TestKit;

namespace GitOpsToolkit.Kubernetes.Tests;

/// <summary>The client and the cache against a server that behaves.</summary>
public sealed class SandboxTests
{
    private static readonly ResourcePath Maps = ResourcePath.Core("configmaps", "default");

    private static readonly WatchCacheOptions Fast = new() { MinRetryDelay = TimeSpan.FromMilliseconds(20), MaxRetryDelay = TimeSpan.FromMilliseconds(200) };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_object_lives_and_dies()
    {
        await using var server = await ApiServer.StartAsync(ct: Cancel);
        var client = server.Client();
        var path = Maps.At(new ObjectKey("default", "a"));
        Assert.Null(await client.GetAsync(path, Cancel));

        var created = await client.CreateAsync(Maps, Sandbox.ConfigMap("a"), null, Cancel);
        Assert.True((await Assert.ThrowsAsync<ApiException>(() => client.CreateAsync(Maps, Sandbox.ConfigMap("a"), null, Cancel))).IsAlreadyExists);

        created["data"]!["key"] = "2";
        var updated = await client.UpdateAsync(path, created, null, Cancel);
        Assert.True((await Assert.ThrowsAsync<ApiException>(() => client.UpdateAsync(path, created, null, Cancel))).IsConflict);

        await client.MergePatchAsync(path, new JsonObject { ["data"] = new JsonObject { ["more"] = "x" } }, null, Cancel);
        var patched = await client.JsonPatchAsync(
            path, [new JsonObject { ["op"] = "remove", ["path"] = "/data/key" }], new WriteOptions { FieldManager = "me" }, Cancel);
        Assert.Equal("""{"more":"x"}""", patched["data"]!.ToJsonString());

        var wrong = new DeleteOptions { Uid = "another" };
        Assert.True((await Assert.ThrowsAsync<ApiException>(() => client.DeleteAsync(path, wrong, Cancel))).IsConflict);
        Assert.True(await client.DeleteAsync(path, new DeleteOptions { Uid = (string)updated["metadata"]!["uid"]! }, Cancel));
        Assert.False(await client.DeleteAsync(path, null, Cancel));
    }

    [Fact]
    public async Task A_kubeconfig_file_makes_a_client()
    {
        using var folder = new TempDirectory();
        await using var server = await ApiServer.StartAsync(ct: Cancel);
        await server.WriteKubeconfigAsync(folder["kubeconfig"]);

        var client = KubeConnection.FromKubeConfigFile(folder["kubeconfig"]);

        Assert.NotNull(await client.GetAsync(ResourcePath.Core("namespaces", null, "default"), Cancel));
    }

    [Fact]
    public async Task The_mapper_knows_the_kinds_of_the_server()
    {
        await using var server = await ApiServer.StartAsync(ct: Cancel);
        using var mapper = new RestMapper(server.Client());

        var deployment = await mapper.FindAsync(new GroupVersionKind("apps", "v1", "Deployment"), Cancel);

        Assert.Equal(("deployments", true), (deployment!.Plural, deployment.Namespaced));
        Assert.True(deployment.Supports("patch"));
        Assert.Contains("status", deployment.Subresources);
        Assert.Null(await mapper.FindAsync(new GroupVersionKind("apps", "v1", "Deploiment"), Cancel));
    }

    [Fact]
    public async Task A_cache_follows_one_namespace_and_label_in_pages()
    {
        await using var server = await ApiServer.StartAsync(ct: Cancel);
        var client = server.Client();
        for (var i = 0; i < 7; i++)
        {
            await client.CreateAsync(Maps, Sandbox.ConfigMap($"a{i}", label: i < 5 ? "x" : "y"), null, Cancel);
        }

        var options = Fast with { Namespace = "default", LabelSelector = "app=x", PageSize = 2 };
        await using var running = new RunningCache(WatchCache.ForMetadata(client, ResourcePath.Core("configmaps"), options));
        await running.Cache.WaitForSyncAsync(Cancel);
        Assert.Equal(5, running.Cache.Count);

        await client.CreateAsync(Maps, Sandbox.ConfigMap("b", label: "x"), null, Cancel);
        await client.MergePatchAsync(Maps.At(new ObjectKey("default", "a0")), new JsonObject { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["app"] = "y" } } }, null, Cancel);
        await client.DeleteAsync(Maps.At(new ObjectKey("default", "a1")), null, Cancel);

        await Eventually.TrueAsync(
            () => running.Cache.List().Select(entry => entry.Key.Name).Order().SequenceEqual(["a2", "a3", "a4", "b"]), "the cache holds what matches");
    }

    [Fact]
    public async Task After_a_restart_of_the_server_a_cache_goes_on_without_false_news()
    {
        using var state = new TempDirectory();
        var options = new ApiServerOptions { StateDirectory = state.Path };
        var server = await ApiServer.StartAsync(options, Cancel);
        var port = server.Url.Port;
        var client = server.Client(new KubeClientOptions { RetryDelay = TimeSpan.FromMilliseconds(50) });
        await client.CreateAsync(Maps, Sandbox.ConfigMap("stays"), null, Cancel);
        await client.CreateAsync(Maps, Sandbox.ConfigMap("goes"), null, Cancel);
        await using var running = new RunningCache(WatchCache.ForMetadata(client, Maps, Fast));
        await running.Cache.WaitForSyncAsync(Cancel);

        await server.DisposeAsync();
        // A connection of somebody else may have the port for a moment.
        await using var again = await Eventually.GetAsync(async () => await ApiServer.StartAsync(options with { Port = port }, Cancel), "the server is there again");
        await client.DeleteAsync(Maps.At(new ObjectKey("default", "goes")), null, Cancel);
        await client.CreateAsync(Maps, Sandbox.ConfigMap("comes"), null, Cancel);

        await Eventually.TrueAsync(() => running.Heard.Contains("+comes") && running.Heard.Contains("-goes"), "the cache hears of what is new and what is gone");
        var ours = running.Heard.Where(change => !change.Contains("kube-root-ca", StringComparison.Ordinal)).ToArray();
        Assert.Equal(["+goes", "+stays", "+comes", "-goes"], ours.OrderBy(change => change[0] == '-').ThenBy(change => change == "+comes").ThenBy(change => change));
    }

    [Fact]
    public async Task A_version_that_the_server_forgot_leads_to_a_new_list()
    {
        await using var server = await ApiServer.StartAsync(new ApiServerOptions { WatchHistory = 5 }, Cancel);
        var client = server.Client();
        await client.CreateAsync(Maps, Sandbox.ConfigMap("a"), null, Cancel);
        var version = (await client.ListAsync(Maps, null, Cancel)).ResourceVersion;
        for (var i = 0; i < 20; i++)
        {
            await client.MergePatchAsync(Maps.At(new ObjectKey("default", "a")), new JsonObject { ["data"] = new JsonObject { ["key"] = $"{i}" } }, null, Cancel);
        }

        var error = await Assert.ThrowsAsync<ApiException>(async () =>
        {
            await foreach (var _ in client.WatchAsync(Maps, new WatchOptions { ResourceVersion = version }, Cancel))
            {
            }
        });

        Assert.True(error.IsExpired);
    }

    private sealed class RunningCache : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _run;

        public RunningCache(WatchCache<PartialObject> cache)
        {
            Cache = cache;
            cache.OnChange(change => Heard.Enqueue($"{(change.IsAdded ? '+' : change.IsDeleted ? '-' : '~')}{change.Key.Name}"));
            _run = cache.RunAsync(_stop.Token);
        }

        public WatchCache<PartialObject> Cache { get; }

        public ConcurrentQueue<string> Heard { get; } = new();

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _run;
            _stop.Dispose();
        }
    }
}
