using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.ApiServer.Tests;

public sealed class WatchTests : IAsyncLifetime
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";

    private TestServer server = null!;

    public async ValueTask InitializeAsync() =>
        server = await TestServer.StartAsync(new() { WatchHistory = 20, BookmarkInterval = TimeSpan.FromMilliseconds(100) });

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task From_now_shows_what_is_there_and_then_every_change()
    {
        await CreateAsync("a");
        await using var watch = await WatchStream.OpenAsync(server, $"{Maps}?watch=1&fieldSelector=metadata.name%3Da");
        Assert.Equal("ADDED a", await watch.NextAsync());
        await server.MergeAsync($"{Maps}/a", """{"data":{"x":"1"}}""");
        Assert.Equal("MODIFIED a", await watch.NextAsync());
        var deleted = await server.DeleteAsync($"{Maps}/a");
        Assert.Equal(200, deleted.Number);
        Assert.Equal("DELETED a", await watch.NextAsync());
        Assert.Equal("1", watch.Last["data"]!["x"]!.GetValue<string>());
    }

    [Fact]
    public async Task From_a_version_shows_only_what_came_after()
    {
        await CreateAsync("a");
        var version = (await server.GetAsync(Maps)).Version;
        await CreateAsync("b");
        await using var watch = await WatchStream.OpenAsync(server, $"{Maps}?watch=true&resourceVersion={version}");
        Assert.Equal("ADDED b", await watch.NextAsync());
        Assert.True(long.Parse(watch.Last["metadata"]!["resourceVersion"]!.GetValue<string>()) > long.Parse(version));
    }

    [Fact]
    public async Task An_object_that_comes_to_match_is_added_and_one_that_ceases_to_is_deleted()
    {
        await CreateAsync("a");
        var version = (await server.GetAsync(Maps)).Version;
        await using var watch = await WatchStream.OpenAsync(server, $"{Maps}?watch=true&labelSelector=on&resourceVersion={version}");
        await server.MergeAsync($"{Maps}/a", """{"metadata":{"labels":{"on":"1"}}}""");
        Assert.Equal("ADDED a", await watch.NextAsync());
        var left = await server.MergeAsync($"{Maps}/a", """{"metadata":{"labels":{"on":null}}}""");
        Assert.Equal("DELETED a", await watch.NextAsync());
        Assert.Equal("1", watch.Last["metadata"]!["labels"]!["on"]!.GetValue<string>());
        Assert.Equal(left.Version, watch.Last["metadata"]!["resourceVersion"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_forgotten_version_gives_410_in_the_stream()
    {
        var version = (await CreateAsync("a")).Version;
        for (var i = 0; i < 30; i++)
        {
            await server.MergeAsync($"{Maps}/a", $$$"""{"data":{"x":"{{{i}}}"}}""");
        }

        await using var watch = await WatchStream.OpenAsync(server, $"{Maps}?watch=true&resourceVersion={version}");
        Assert.StartsWith("ERROR", await watch.NextAsync(), StringComparison.Ordinal);
        Assert.Equal(410, watch.Last["code"]!.GetValue<int>());
        Assert.Equal("Expired", watch.Last["reason"]!.GetValue<string>());
        Assert.Null(await watch.NextAsync());
    }

    [Fact]
    public async Task A_version_from_the_future_gives_410_too()
    {
        await using var watch = await WatchStream.OpenAsync(server, $"{Maps}?watch=true&resourceVersion=999999");
        Assert.StartsWith("ERROR", await watch.NextAsync(), StringComparison.Ordinal);
        Assert.Equal("Expired", watch.Last["reason"]!.GetValue<string>());
    }

    [Fact]
    public async Task Bookmarks_carry_the_version_even_when_nothing_matches()
    {
        await using var watch = await WatchStream.OpenAsync(server, $"{Maps}?watch=true&allowWatchBookmarks=true&labelSelector=never&resourceVersion=");
        Assert.Equal("BOOKMARK ", await watch.NextAsync());
        var created = await CreateAsync("other");
        await Eventually.TrueAsync(async () =>
        {
            Assert.Equal("BOOKMARK ", await watch.NextAsync());
            return long.Parse(watch.Last["metadata"]!["resourceVersion"]!.GetValue<string>()) >= long.Parse(created.Version);
        }, "a bookmark at the new version");
    }

    [Fact]
    public async Task Initial_events_end_with_a_marked_bookmark()
    {
        await CreateAsync("a");
        await using var watch = await WatchStream.OpenAsync(
            server, $"{Maps}?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&fieldSelector=metadata.name%3Da");
        Assert.Equal("ADDED a", await watch.NextAsync());
        Assert.Equal("BOOKMARK ", await watch.NextAsync());
        Assert.Equal("true", watch.Last["metadata"]!["annotations"]!["k8s.io/initial-events-end"]!.GetValue<string>());
        Assert.Equal(422, (await server.GetAsync($"{Maps}?watch=true&sendInitialEvents=true")).Number);
    }

    [Fact]
    public async Task A_watch_ends_after_its_timeout()
    {
        await using var watch = await WatchStream.OpenAsync(server, $"{Maps}?watch=true&timeoutSeconds=1&labelSelector=never");
        Assert.Null(await watch.NextAsync());
    }

    [Fact]
    public async Task A_hundred_watchers_see_the_same_changes_in_the_same_order()
    {
        var watches = new List<WatchStream>();
        for (var i = 0; i < 100; i++)
        {
            watches.Add(await WatchStream.OpenAsync(server, $"{Maps}?watch=true&labelSelector=many"));
        }

        await server.MustPostAsync(Maps, """{"metadata":{"name":"m","labels":{"many":""}}}""");
        await server.MergeAsync($"{Maps}/m", """{"data":{"x":"1"}}""");
        await server.DeleteAsync($"{Maps}/m");
        foreach (var watch in watches)
        {
            Assert.Equal(["ADDED m", "MODIFIED m", "DELETED m"], new[] { await watch.NextAsync(), await watch.NextAsync(), await watch.NextAsync() });
            await watch.DisposeAsync();
        }
    }

    [Fact]
    public async Task Stopping_the_server_ends_its_watches_cleanly()
    {
        var own = await TestServer.StartAsync();
        await using var watch = await WatchStream.OpenAsync(own, $"{Maps}?watch=true&labelSelector=never");
        var end = watch.NextAsync();
        await own.DisposeAsync();
        Assert.Null(await end);
    }

    [Fact]
    public async Task Metadata_only_watches_carry_metadata_only()
    {
        await CreateAsync("a");
        await using var watch = await WatchStream.OpenAsync(
            server, $"{Maps}?watch=true&fieldSelector=metadata.name%3Da", "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1");
        Assert.Equal("ADDED a", await watch.NextAsync());
        Assert.Equal("PartialObjectMetadata", watch.Last["kind"]!.GetValue<string>());
        Assert.Null(watch.Last["data"]);
    }

    private Task<Answer> CreateAsync(string name) => server.MustPostAsync(Maps, $$$"""{"metadata":{"name":"{{{name}}}"},"data":{"x":"0"}}""");
}

/// <summary>A watch as a client reads it.</summary>
internal sealed class WatchStream : IAsyncDisposable
{
    private readonly HttpResponseMessage response;
    private readonly StreamReader reader;

    private WatchStream(HttpResponseMessage response, Stream stream)
    {
        this.response = response;
        reader = new StreamReader(stream);
    }

    public JsonObject Last { get; private set; } = [];

    public static async Task<WatchStream> OpenAsync(TestServer server, string path, string accept = "application/json")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        var answer = await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal(200, (int)answer.StatusCode);
        return new(answer, await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Type and name of the next frame; null at the end of the stream.</summary>
    public async Task<string?> NextAsync()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Eventually.Deadline);
        if (await reader.ReadLineAsync(deadline.Token) is not { } line)
        {
            return null;
        }

        var frame = JsonNode.Parse(line)!;
        Last = frame["object"]!.AsObject();
        return $"{frame["type"]} {Last["metadata"]?["name"]}";
    }

    public ValueTask DisposeAsync()
    {
        reader.Dispose();
        response.Dispose();
        return ValueTask.CompletedTask;
    }
}
