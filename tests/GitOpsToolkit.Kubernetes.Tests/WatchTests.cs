using Microsoft.Extensions.Time.Testing;

namespace GitOpsToolkit.Kubernetes.Tests;

public sealed class WatchTests
{
    private static readonly ResourcePath Maps = ResourcePath.Core("configmaps");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Events_come_one_by_one_until_the_server_ends_the_watch()
    {
        await using var server = await FakeServer.StartAsync(async context =>
        {
            await context.SendAsync(Answers.Event("ADDED", Answers.Object("a", 1)) + Answers.Event("MODIFIED", Answers.Object("a", 2)));
            await context.SendAsync("\n" + Answers.Event("DELETED", Answers.Object("a", 3)) + Answers.Event("BOOKMARK", Answers.Object("", 9)));
        });

        var seen = await ReadAsync(server, new WatchOptions { ResourceVersion = "5", LabelSelector = "a=b", Timeout = TimeSpan.FromSeconds(90) });

        Assert.Equal(["Added", "Modified", "Deleted", "Bookmark"], seen);
        Assert.Equal(
            "/api/v1/configmaps?watch=true&allowWatchBookmarks=true&labelSelector=a%3Db&resourceVersion=5&timeoutSeconds=90",
            Assert.Single(server.Seen).PathAndQuery);
    }

    [Fact]
    public async Task An_event_may_come_in_drips()
    {
        await using var server = await FakeServer.StartAsync(async context =>
        {
            foreach (var part in Answers.Event("ADDED", Answers.Object("a", 1)).Chunk(7))
            {
                await context.SendAsync(new string(part));
            }
        });

        Assert.Equal(["Added"], await ReadAsync(server));
    }

    [Fact]
    public async Task An_expired_version_asks_for_a_new_list()
    {
        await using var server = await FakeServer.StartAsync(context => context.SendAsync(
            Answers.Event("ADDED", Answers.Object("a", 1))
            + """{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old resource version: 1 (5)"}}""" + "\n"));

        var error = await Assert.ThrowsAsync<ApiException>(() => ReadAsync(server));

        Assert.True(error.IsExpired);
        Assert.Equal("too old resource version: 1 (5)", error.Message);
    }

    [Fact]
    public async Task Another_error_event_is_an_error_of_its_kind()
    {
        await using var server = await FakeServer.StartAsync(context => context.SendAsync(
            """{"type":"ERROR","object":{"kind":"Status","code":500,"reason":"InternalError","message":"etcd"}}""" + "\n"));

        var error = await Assert.ThrowsAsync<ApiException>(() => ReadAsync(server));

        Assert.False(error.IsExpired);
        Assert.True(error.IsTransient);
    }

    [Theory]
    [InlineData("{\"type\":\"ADDED\",\"obj")]
    [InlineData("garbage\n")]
    [InlineData("[]\n")]
    [InlineData("{\"type\":\"NEWS\",\"object\":{}}\n")]
    public async Task Unreadable_data_breaks_the_watch_off(string data)
    {
        await using var server = await FakeServer.StartAsync(context => context.SendAsync(data));

        var error = await Assert.ThrowsAsync<ApiException>(() => ReadAsync(server));

        Assert.Equal(ApiException.BadAnswer, error.Reason);
        Assert.False(error.IsExpired);
    }

    [Fact]
    public async Task A_connection_that_is_reset_breaks_the_watch_off()
    {
        await using var server = await FakeServer.StartAsync(async context =>
        {
            await context.SendAsync(Answers.Event("ADDED", Answers.Object("a", 1)));
            context.Abort();
        });

        var error = await Assert.ThrowsAsync<ApiException>(() => ReadAsync(server));

        Assert.Equal(ApiException.NoAnswer, error.Reason);
    }

    [Fact]
    public async Task An_event_beyond_the_cap_breaks_the_watch_off()
    {
        await using var server = await FakeServer.StartAsync(context => context.SendAsync(new string('x', 20_000)));
        var client = server.Client(new KubeClientOptions { MaxResponseBytes = 10_000 });

        var error = await Assert.ThrowsAsync<ApiException>(() => ReadAsync(client, new WatchOptions()));

        Assert.Equal(ApiException.BadAnswer, error.Reason);
    }

    [Fact]
    public async Task A_silent_watch_is_given_up_when_the_server_should_have_ended_it()
    {
        var time = new FakeTimeProvider();
        await using var server = await FakeServer.StartAsync(context => context.HangAsync());
        var options = new WatchOptions { Timeout = TimeSpan.FromMinutes(5), Grace = TimeSpan.FromSeconds(30) };
        var watch = ReadAsync(server.Client(time: time), options);
        await TestKit.Eventually.TrueAsync(() => !server.Seen.IsEmpty, "the watch begins");

        time.Advance(TimeSpan.FromMinutes(5));
        Assert.False(watch.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(31));

        var error = await Assert.ThrowsAsync<ApiException>(() => watch);
        Assert.Equal(ApiException.NoAnswer, error.Reason);
    }

    [Fact]
    public async Task A_watch_can_be_stopped_at_any_time()
    {
        var left = new TaskCompletionSource();
        await using var server = await FakeServer.StartAsync(async context =>
        {
            context.RequestAborted.Register(() => left.TrySetResult());
            await context.HangAsync();
        });
        using var stop = new CancellationTokenSource();
        var watch = Task.Run(async () =>
        {
            await foreach (var _ in server.Client().WatchAsync(Maps, new WatchOptions(), stop.Token))
            {
            }
        });
        await TestKit.Eventually.TrueAsync(() => !server.Seen.IsEmpty, "the watch begins");

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watch);
        await left.Task.WaitAsync(TestKit.Eventually.Deadline, Cancel);
    }

    [Fact]
    public async Task Metadata_alone_is_asked_for_by_the_Accept_header()
    {
        await using var server = await FakeServer.StartAsync(_ => Task.CompletedTask);

        await ReadAsync(server, new WatchOptions { MetadataOnly = true });

        Assert.Equal("application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1", Assert.Single(server.Seen).Headers.Accept);
    }

    private static Task<List<string>> ReadAsync(FakeServer server, WatchOptions? options = null) => ReadAsync(server.Client(), options ?? new WatchOptions());

    private static async Task<List<string>> ReadAsync(KubeClient client, WatchOptions options)
    {
        var seen = new List<string>();
        await foreach (var change in client.WatchAsync(Maps, options, Cancel))
        {
            seen.Add(change.Type.ToString());
        }

        return seen;
    }
}
