using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Sandbox;
using GitOpsToolkit.Sandbox.Story;
using GitOpsToolkit.Sandbox.Story.Acts;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Integration.Tests;

/// <summary>Where nothing changes, nothing is written: two identical reconciles of every kind leave no trace in the API server's request log.</summary>
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
        await using var sandbox = await SandboxEnvironment.StartAsync(new SandboxOptions { StateDirectory = state.Path }, cancel);
        using var output = new StringWriter();
        var scene = sandbox.SetScene(new Timeline(output, TimeProvider.System));
        await scene.Checkout.CloneAsync(cancel);
        await new Beginning().PlayAsync(scene, cancel);
        await ReconcileEverySecondAsync(sandbox.Client, cancel);

        // Whatever the new intervals cause has been written once every kind has come round since.
        await AllReconciledAsync(2);
        var mark = sandbox.ApiServer.Requests.LastNumber;
        await AllReconciledAsync(2);

        var writes = sandbox.ApiServer.Requests
            .Where(request => request.Number > mark && request.IsWrite && !request.Path.Contains("/leases/"))
            .Select(request => $"{request.Method} {request.Path}{request.Query} by {request.UserAgent}");
        Assert.Empty(writes);
    }

    [Fact]
    public async Task A_restart_reconciles_every_object_and_writes_nothing()
    {
        using var state = new TempDirectory();
        var cancel = TestContext.Current.CancellationToken;
        var options = new SandboxOptions { StateDirectory = state.Path };
        await using (var first = await SandboxEnvironment.StartAsync(options, cancel))
        {
            using var output = new StringWriter();
            var scene = first.SetScene(new Timeline(output, TimeProvider.System));
            await scene.Checkout.CloneAsync(cancel);
            await new Beginning().PlayAsync(scene, cancel);
        }

        var before = Kinds.ToDictionary(kind => kind, kind => _reconciles.GetValueOrDefault(kind));
        await using var second = await SandboxEnvironment.StartAsync(options, cancel);
        await Eventually.TrueAsync(
            () => Kinds.All(kind => _reconciles.GetValueOrDefault(kind) > before[kind]),
            $"every kind is reconciled after the restart; so far {string.Join(", ", _reconciles)}");

        var writes = second.ApiServer.Requests
            .Where(request => request.IsWrite && request.Path.Contains(".toolkit.fluxcd.io/", StringComparison.Ordinal))
            .Select(request => $"{request.Method} {request.Path}{request.Query} by {request.UserAgent}")
            .ToList();
        Assert.True(writes.Count == 0, string.Join('\n', writes));
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
