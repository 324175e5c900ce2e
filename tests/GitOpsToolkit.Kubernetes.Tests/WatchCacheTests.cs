using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using GitOpsToolkit.TestKit;
using Microsoft.AspNetCore.Http;

namespace GitOpsToolkit.Kubernetes.Tests;

/// <summary>The cache against servers that misbehave; with a well-behaved one it is tested in <see cref="SandboxTests"/>.</summary>
public sealed class WatchCacheTests
{
    private static readonly WatchCacheOptions Fast = new() { MinRetryDelay = TimeSpan.FromMilliseconds(5), MaxRetryDelay = TimeSpan.FromMilliseconds(20) };

    [Fact]
    public async Task A_cache_holds_the_list_and_then_what_the_watch_says()
    {
        var script = new ScriptedCollection()
            .Lists(10, Answers.Object("a", 1), Answers.Object("b", 2))
            .WatchesForEver(
                Answers.Event("MODIFIED", Answers.Object("a", 11)), Answers.Event("DELETED", Answers.Object("b", 12)), Answers.Event("ADDED", Answers.Object("c", 13)));
        await using var running = await RunAsync(script);

        await running.HearsAsync("+a@1", "+b@2", "a@1>11", "-b", "+c@13");

        Assert.True(running.Cache.HasSynced);
        Assert.Equal(["a", "c"], running.Cache.List().Select(entry => entry.Key.Name).Order());
    }

    [Fact]
    public async Task After_a_broken_connection_the_watch_goes_on_from_the_last_version()
    {
        var heard = new TaskCompletionSource();
        var script = new ScriptedCollection()
            .Lists(10, Answers.Object("a", 1))
            .Watches(async context =>
            {
                await context.SendAsync(Answers.Event("BOOKMARK", Answers.Object("", 10)) + Answers.Event("MODIFIED", Answers.Object("a", 11)));
                await heard.Task;
                context.Abort();
            })
            .WatchesForEver(Answers.Event("MODIFIED", Answers.Object("a", 16)));
        await using var running = await RunAsync(script);

        await running.HearsAsync("+a@1", "a@1>11");
        heard.SetResult();

        await running.HearsAsync("+a@1", "a@1>11", "a@11>16");

        Assert.Equal(1, script.ListCount);
        Assert.Contains("resourceVersion=11&", running.Server.Seen.Last().PathAndQuery);
    }

    [Theory]
    [InlineData("garbage\n")]
    [InlineData("{\"type\":\"ADDED\",\"object\":{\"meta")]
    [InlineData("{\"type\":\"ERROR\",\"object\":{\"code\":500,\"message\":\"etcd\"}}\n")]
    public async Task After_bad_data_the_watch_goes_on_from_the_last_version(string data)
    {
        var script = new ScriptedCollection()
            .Lists(10, Answers.Object("a", 1))
            .Watches(context => context.SendAsync(Answers.Event("MODIFIED", Answers.Object("a", 11)) + data))
            .WatchesForEver(Answers.Event("MODIFIED", Answers.Object("a", 12)));
        await using var running = await RunAsync(script);

        await running.HearsAsync("+a@1", "a@1>11", "a@11>12");

        Assert.Equal(1, script.ListCount);
        Assert.Contains("resourceVersion=11&", running.Server.Seen.Last().PathAndQuery);
    }

    [Fact]
    public async Task After_410_a_new_list_reaches_the_handlers_as_a_difference()
    {
        var script = new ScriptedCollection()
            .Lists(10, Answers.Object("same", 1), Answers.Object("changed", 2), Answers.Object("gone", 3), Answers.Object("anew", 4, uid: "old"))
            .Lists(20, Answers.Object("same", 1), Answers.Object("changed", 12), Answers.Object("anew", 14, uid: "new"), Answers.Object("added", 15))
            .Watches(Expired)
            .WatchesForEver();
        await using var running = await RunAsync(script);

        await running.HearsAsync("+same@1", "+changed@2", "+gone@3", "+anew@4", "changed@2>12", "-anew", "+anew@14", "+added@15", "-gone");
    }

    [Fact]
    public async Task A_list_that_breaks_between_pages_deletes_nothing()
    {
        var broken = 0;
        var script = new ScriptedCollection()
            .Lists(10, Answers.Object("a", 1), Answers.Object("b", 2))
            .Lists(context => context.Request.Query.ContainsKey("continue") || Interlocked.Increment(ref broken) > 3
                ? context.StatusAsync(410, "Expired")
                : context.JsonAsync(Answers.List(20, [Answers.Object("a", 1)], "page2")))
            .Watches(Expired)
            .WatchesForEver();
        await using var running = await RunAsync(script);

        await Eventually.TrueAsync(() => script.ListCount > 8, "the list is tried several times");

        Assert.Equal(["+a@1", "+b@2"], running.Heard);
        Assert.Equal(2, running.Cache.Count);
    }

    [Fact]
    public async Task A_new_list_in_pages_is_taken_as_a_whole()
    {
        var script = new ScriptedCollection()
            .Lists(10, Answers.Object("a", 1), Answers.Object("b", 2))
            .Lists(context => context.JsonAsync(Answers.List(20, [Answers.Object("a", 1)], "page2")))
            .Lists(20, Answers.Object("b", 2), Answers.Object("c", 3))
            .Watches(Expired)
            .WatchesForEver();
        await using var running = await RunAsync(script);

        await running.HearsAsync("+a@1", "+b@2", "+c@3");
    }

    [Fact]
    public async Task A_server_that_lost_its_state_is_listed_anew_although_versions_went_back()
    {
        var script = new ScriptedCollection()
            .Lists(1000, Answers.Object("a", 900))
            .Lists(5, Answers.Object("a", 4))
            .Watches(context => context.StatusAsync(
                504, "Timeout", "Too large resource version", """{"causes":[{"reason":"ResourceVersionTooLarge","message":"Too large resource version"}]}"""))
            .WatchesForEver(Answers.Event("MODIFIED", Answers.Object("a", 6)));
        await using var running = await RunAsync(script);

        await running.HearsAsync("+a@900", "a@900>4", "a@4>6");
    }

    [Fact]
    public async Task Before_the_first_list_succeeds_a_cache_is_not_synced()
    {
        var proceed = new TaskCompletionSource();
        var script = new ScriptedCollection()
            .Lists(context => context.StatusAsync(404, ""))
            .Lists(context => context.StatusAsync(500, "InternalError"))
            .Lists(context => context.SendAsync("nonsense"))
            .Lists(async context =>
            {
                await proceed.Task;
                await context.JsonAsync(Answers.List(1, [Answers.Object("a", 1)]));
            })
            .WatchesForEver();
        await using var running = await RunAsync(script, waitForSync: false);

        await Eventually.TrueAsync(() => script.ListCount == 4, "the list after three that failed");
        Assert.False(running.Cache.HasSynced);
        Assert.Empty(running.Heard);
        proceed.SetResult();
        await running.Cache.WaitForSyncAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["+a@1"], running.Heard);
        Assert.Equal(4, script.ListCount);
    }

    [Fact]
    public async Task Watches_that_end_at_once_are_not_begun_in_a_tight_loop()
    {
        var begun = new ConcurrentQueue<long>();
        var script = new ScriptedCollection().Lists(1).Watches(_ =>
        {
            begun.Enqueue(Stopwatch.GetTimestamp());
            return Task.CompletedTask;
        });
        var pause = TimeSpan.FromMilliseconds(200);
        await using var running = await RunAsync(script, Fast with { MinRetryDelay = pause, MaxRetryDelay = pause });

        await Eventually.TrueAsync(() => begun.Count >= 4, "some watches");

        // Pauses are spread by a fifth, and a slow machine only makes them longer.
        long[] times = [.. begun];
        Assert.All(times.Zip(times.Skip(1)), pair => Assert.True(Stopwatch.GetElapsedTime(pair.First, pair.Second) > pause * 0.7));
    }

    [Fact]
    public async Task An_object_that_cannot_be_decoded_is_an_entry_with_errors_and_no_other_suffers()
    {
        var script = new ScriptedCollection().Lists(10, Answers.Object("bad", 1), Answers.Object("good", 2), Answers.Object("worse", 3)).WatchesForEver();
        await using var running = await RunAsync(script, decode: value => value.GetProperty("metadata").GetProperty("name").GetString() switch
        {
            "bad" => new Decoded<JsonObject>(null, ["spec.interval: not a duration"]),
            "worse" => throw new InvalidOperationException("a decoder's bug"),
            _ => new Decoded<JsonObject>([], []),
        });

        await running.HearsAsync("+bad@1", "+good@2", "+worse@3");

        var bad = running.Cache.Find(new ObjectKey("default", "bad"))!;
        Assert.False(bad.IsValid);
        Assert.Equal("uid-bad", bad.Head.Uid);
        Assert.Equal("spec.interval: not a duration", Assert.Single(bad.Errors));
        Assert.Equal("a decoder's bug", Assert.Single(running.Cache.Find(new ObjectKey("default", "worse"))!.Errors));
        Assert.Null(running.Cache.Get(new ObjectKey("default", "bad")));
        Assert.NotNull(running.Cache.Get(new ObjectKey("default", "good")));
    }

    [Fact]
    public async Task What_we_wrote_is_seen_at_once_and_older_news_of_it_are_passed_over()
    {
        var proceed = new TaskCompletionSource();
        var script = new ScriptedCollection()
            .Lists(10, Answers.Object("a", 1))
            .Watches(async context =>
            {
                await context.Response.StartAsync();
                await proceed.Task;
                await context.SendAsync(Answers.Event("MODIFIED", Answers.Object("a", 11)) + Answers.Event("MODIFIED", Answers.Object("a", 12)));
                await context.SendAsync(Answers.Event("MODIFIED", Answers.Object("a", 13)));
                await context.HangAsync();
            });
        await using var running = await RunAsync(script);
        await running.HearsAsync("+a@1");

        running.Cache.Assume(JsonNode.Parse(Answers.Object("a", 12))!.AsObject());
        Assert.Equal("12", running.Cache.Find(new ObjectKey("default", "a"))!.Head.ResourceVersion);
        running.Cache.Assume(JsonNode.Parse(Answers.Object("a", 11))!.AsObject());
        running.Cache.Assume(JsonNode.Parse(Answers.Object("unknown", 12))!.AsObject());
        running.Cache.Assume(JsonNode.Parse(Answers.Object("a", 99, uid: "another"))!.AsObject());
        proceed.SetResult();

        await running.HearsAsync("+a@1", "a@1>12", "a@12>13");
    }

    [Fact]
    public async Task What_we_wrote_during_a_list_outlives_an_older_list()
    {
        var listing = new TaskCompletionSource();
        var proceed = new TaskCompletionSource();
        var script = new ScriptedCollection()
            .Lists(10, Answers.Object("a", 1))
            .Lists(async context =>
            {
                listing.TrySetResult();
                await proceed.Task;
                await context.JsonAsync(Answers.List(20, [Answers.Object("a", 1)]));
            })
            .Watches(Expired)
            .WatchesForEver(Answers.Event("MODIFIED", Answers.Object("a", 21)), Answers.Event("MODIFIED", Answers.Object("a", 22)));
        await using var running = await RunAsync(script);
        await listing.Task;

        running.Cache.Assume(JsonNode.Parse(Answers.Object("a", 21))!.AsObject());
        proceed.SetResult();

        await running.HearsAsync("+a@1", "a@1>21", "a@21>22");
    }

    [Fact]
    public async Task An_index_follows_the_objects()
    {
        static string Labels(string value) => $$""","labels":{"app":"{{value}}"}""";
        var script = new ScriptedCollection()
            .Lists(10, Answers.Object("b", 1, extra: Labels("x")), Answers.Object("a", 2, extra: Labels("x")), Answers.Object("c", 3, extra: Labels("y")))
            .WatchesForEver(
                Answers.Event("MODIFIED", Answers.Object("a", 11, extra: Labels("y"))), Answers.Event("DELETED", Answers.Object("c", 12, extra: Labels("y"))));
        await using var running = await RunAsync(script, prepare: cache => cache.AddIndex("app", entry => [entry.Head.Labels["app"]]));
        await running.HearsAsync("+b@1", "+a@2", "+c@3", "a@2>11", "-c");

        running.Cache.AddIndex("late", entry => [entry.Head.Labels["app"], "all"]);

        Assert.Equal(["b"], running.Cache.ByIndex("app", "x").Select(entry => entry.Key.Name));
        Assert.Equal(["a"], running.Cache.ByIndex("app", "y").Select(entry => entry.Key.Name));
        Assert.Equal(["a", "b"], running.Cache.ByIndex("late", "all").Select(entry => entry.Key.Name));
        Assert.Empty(running.Cache.ByIndex("app", "z"));
        Assert.Throws<InvalidOperationException>(() => running.Cache.ByIndex("unknown", "x"));
        Assert.Throws<InvalidOperationException>(() => running.Cache.AddIndex("app", _ => []));
    }

    [Fact]
    public async Task A_late_handler_first_hears_of_what_is_there()
    {
        var script = new ScriptedCollection().Lists(10, Answers.Object("a", 1)).WatchesForEver();
        await using var running = await RunAsync(script);
        await running.HearsAsync("+a@1");
        var late = new List<string>();

        running.Cache.OnChange(change => late.Add($"{change.Key.Name} {change.IsAdded}"));

        Assert.Equal(["a True"], late);
    }

    private static Task Expired(HttpContext context) =>
        context.SendAsync("""{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old"}}""" + "\n");

    private static async Task<Running> RunAsync(
        ScriptedCollection script, WatchCacheOptions? options = null, Func<JsonElement, Decoded<JsonObject>>? decode = null,
        Action<WatchCache<JsonObject>>? prepare = null, bool waitForSync = true)
    {
        var server = await FakeServer.StartAsync(script.AnswerAsync);
        var client = server.Client(new KubeClientOptions { Retries = 0 });
        var cache = new WatchCache<JsonObject>(client, ResourcePath.Core("configmaps"), decode ?? (_ => new Decoded<JsonObject>([], [])), options ?? Fast);
        prepare?.Invoke(cache);
        var running = new Running(server, cache);
        if (waitForSync)
        {
            await cache.WaitForSyncAsync(TestContext.Current.CancellationToken);
        }

        return running;
    }

    private sealed class Running : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly ConcurrentQueue<string> _heard = new();
        private readonly Task _run;

        public Running(FakeServer server, WatchCache<JsonObject> cache)
        {
            Server = server;
            Cache = cache;
            cache.OnChange(change => _heard.Enqueue(change switch
            {
                { IsAdded: true } => $"+{change.Key.Name}@{change.New!.Head.ResourceVersion}",
                { IsDeleted: true } => $"-{change.Key.Name}",
                _ => $"{change.Key.Name}@{change.Old!.Head.ResourceVersion}>{change.New!.Head.ResourceVersion}",
            }));
            _run = cache.RunAsync(_stop.Token);
        }

        public FakeServer Server { get; }

        public WatchCache<JsonObject> Cache { get; }

        public string[] Heard => [.. _heard];

        public async Task HearsAsync(params string[] changes)
        {
            try
            {
                await Eventually.TrueAsync(() => _heard.Count >= changes.Length, "the changes");
            }
            catch (TimeoutException)
            {
                // The comparison says more.
            }

            Assert.Equal(changes, Heard);
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _run;
            await Server.DisposeAsync();
            _stop.Dispose();
        }
    }
}
