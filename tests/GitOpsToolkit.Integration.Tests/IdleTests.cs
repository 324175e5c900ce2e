using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Sandbox;
using GitOpsToolkit.Sandbox.Clusters;
using GitOpsToolkit.Sandbox.Story;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Integration.Tests;

/// <summary>Where nothing changes, nothing is written: two identical reconciles of every kind make no request of a controller that writes.</summary>
[Collection(Machine.Collection)]
public sealed class IdleTests : IDisposable
{
    private static readonly string[] Kinds = ["GitRepository", "Kustomization", "ImageRepository", "ImagePolicy", "ImageUpdateAutomation"];

    private readonly ConcurrentDictionary<string, int> _reconciles = new();
    private readonly MeterListener _listener = new();

    public IdleTests()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "gotk_reconcile_duration_seconds")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>((_, _, tags, _) =>
        {
            foreach (var tag in tags)
            {
                if (tag.Key == "kind")
                {
                    _reconciles.AddOrUpdate((string)tag.Value!, 1, (_, count) => count + 1);
                }
            }
        });
        _listener.Start();
    }

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task Identical_reconciles_of_every_kind_write_nothing()
    {
        using var state = new TempDirectory();
        var cancel = TestContext.Current.CancellationToken;
        var requests = new ConcurrentQueue<ControllerRequest>();
        await using var sandbox = await SandboxEnvironment.StartAsync(TestCluster.Options(state) with { OnControllerRequest = requests.Enqueue }, cancel);
        await sandbox.BeginAsync(cancel);
        await ReconcileEverySecondAsync(sandbox.Client, cancel);

        // Whatever the new intervals cause comes first, its events some time after its statuses.
        await AllReconciledAsync(2);
        await Eventually.TrueAsync(
            async () =>
            {
                requests.Clear();
                await AllReconciledAsync(2);
                return !requests.Any(request => request.IsWrite);
            },
            "two rounds without a write");
    }

    [Fact]
    public async Task A_restart_reconciles_every_object_and_writes_nothing()
    {
        using var state = new TempDirectory();
        var cancel = TestContext.Current.CancellationToken;
        var options = TestCluster.Options(state);
        await using (var first = await SandboxEnvironment.StartAsync(options, cancel))
        {
            await first.BeginAsync(cancel);
        }

        var before = Kinds.ToDictionary(kind => kind, kind => _reconciles.GetValueOrDefault(kind));
        var requests = new ConcurrentQueue<ControllerRequest>();
        await using var second = await SandboxEnvironment.StartAsync(options with { OnControllerRequest = requests.Enqueue }, cancel);
        await Eventually.TrueAsync(
            () => Kinds.All(kind => _reconciles.GetValueOrDefault(kind) > before[kind]),
            $"every kind is reconciled after the restart; so far {string.Join(", ", _reconciles)}");

        Assert.Empty(requests.Where(request => request.IsWrite && request.Path.Contains(".toolkit.fluxcd.io/", StringComparison.Ordinal)));
    }

    private async Task AllReconciledAsync(int times)
    {
        // ImagePolicy has no interval: it comes round when its repository changes, and after a restart.
        var before = Kinds.ToDictionary(kind => kind, kind => _reconciles.GetValueOrDefault(kind));
        await Eventually.TrueAsync(
            () => Kinds.Where(kind => kind != "ImagePolicy").All(kind => _reconciles.GetValueOrDefault(kind) >= before[kind] + times),
            $"every kind is reconciled {times} times more; so far {string.Join(", ", _reconciles)}");
    }

    private static async Task ReconcileEverySecondAsync(KubeClient client, CancellationToken cancel)
    {
        foreach (var path in Scene.ToolkitObjects.Where(path => path != Scene.ImagePolicy))
        {
            await client.MergePatchAsync(path, new JsonObject { ["spec"] = new JsonObject { ["interval"] = "1s" } }, null, cancel);
        }
    }
}
