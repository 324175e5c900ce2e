using System.Text.Json;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Reconciling.Events;
using GitOpsToolkit.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace GitOpsToolkit.Reconciling.Tests.Events;

public sealed class EventRecorderTests
{
    private static readonly EventRecorderOptions Options = new() { Controller = "source-controller", Instance = "pod-1" };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_event_arrives_as_kubectl_expects_it()
    {
        await using var cluster = await TestCluster.StartAsync(Cancel);
        await using var running = new Running(cluster.Client);

        running.Recorder.Record(EventCorrelatorTests.Event(new string('m', 2000)));

        var seen = await WaitForEventAsync(cluster, "app");
        Assert.Equal("Warning Failed 1", $"{seen.GetProperty("type")} {seen.GetProperty("reason")} {seen.GetProperty("count")}");
        Assert.Equal(1024, seen.GetProperty("message").GetString()!.Length);
        Assert.Equal("source-controller", seen.GetProperty("source").GetProperty("component").GetString());
        Assert.Equal("source-controller", seen.GetProperty("reportingComponent").GetString());
        Assert.Equal("Test", seen.GetProperty("involvedObject").GetProperty("kind").GetString());
        Assert.Equal("main@sha1:1", seen.GetProperty("metadata").GetProperty("annotations").GetProperty("example.com/revision").GetString());
    }

    [Fact]
    public async Task What_is_recorded_before_the_stop_is_sent()
    {
        await using var cluster = await TestCluster.StartAsync(Cancel);
        var running = new Running(cluster.Client);
        for (var i = 0; i < 20; i++)
        {
            running.Recorder.Record(EventCorrelatorTests.Event($"message {i}"));
        }

        await running.DisposeAsync();

        Assert.Equal(20, await CountAsync(cluster));
    }

    [Fact]
    public async Task A_server_that_refuses_loses_the_event_and_nothing_else()
    {
        await using var cluster = await TestCluster.StartAsync(Cancel);
        await using var running = new Running(cluster.Client);
        var lost = EventCorrelatorTests.Event("x") with { Subject = EventCorrelatorTests.Event("x").Subject with { Key = new ObjectKey("no-such-namespace", "app") } };

        running.Recorder.Record(lost);
        running.Recorder.Record(EventCorrelatorTests.Event("kept", name: "kept"));

        await WaitForEventAsync(cluster, "kept");
        Assert.Equal(1, await CountAsync(cluster));
    }

    [Fact]
    public void More_than_the_queue_takes_is_dropped_without_waiting()
    {
        var client = KubeConnection.ToServer(new Uri("http://127.0.0.1:1/"));
        var recorder = new EventRecorder(client, Options with { QueueSize = 10 }, NullLogger<EventRecorder>.Instance);

        for (var i = 0; i < 100; i++)
        {
            recorder.Record(EventCorrelatorTests.Event($"{i}"));
        }

        Assert.Equal(90, recorder.Dropped);
    }

    private static async Task<JsonElement> WaitForEventAsync(TestCluster cluster, string about)
    {
        JsonElement found = default;
        await Eventually.TrueAsync(
            async () =>
            {
                var events = await cluster.Client.ListAsync(ResourcePath.Core("events", "default"), null, Cancel);
                found = events.Items.FirstOrDefault(item => item.GetProperty("involvedObject").GetProperty("name").GetString() == about);
                return found.ValueKind == JsonValueKind.Object;
            },
            $"an event about {about}");
        return found;
    }

    private static async Task<int> CountAsync(TestCluster cluster) =>
        (await cluster.Client.ListAsync(ResourcePath.Core("events"), null, Cancel)).Items
        .Count(item => item.GetProperty("involvedObject").GetProperty("kind").GetString() == "Test");

    private sealed class Running : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _run;

        public Running(KubeClient client)
        {
            Recorder = new EventRecorder(client, Options, NullLogger<EventRecorder>.Instance);
            _run = Recorder.RunAsync(_stop.Token);
        }

        public EventRecorder Recorder { get; }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _run;
            _stop.Dispose();
        }
    }
}
