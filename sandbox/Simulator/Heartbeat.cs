using System.Globalization;
using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;
using Microsoft.Extensions.Logging;

namespace GitOpsToolkit.Sandbox.Simulator;

/// <summary>The sign of life that a kubelet gives: a Lease of the node's name. Without it a controller manager takes the node for dead and evicts its pods.</summary>
internal sealed class Heartbeat(KubeClient client, SimulatorOptions options)
{
    private const int LifetimeSeconds = 40;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>Beats until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Interval, options.Time);
        var logger = options.Loggers.CreateLogger("simulator");
        try
        {
            do
            {
                try
                {
                    await BeatAsync(cancellation);
                }
                catch (ApiException error)
                {
                    logger.LogInformation("the node's lease was not renewed, next try in {Interval}: {Problem}", Interval, error.Message);
                }
            }
            while (await timer.WaitForNextTickAsync(cancellation));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The end of the simulator.
        }
    }

    private async Task BeatAsync(CancellationToken cancellation)
    {
        var now = options.Time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        var lease = new JsonObject
        {
            ["apiVersion"] = "coordination.k8s.io/v1",
            ["kind"] = "Lease",
            ["metadata"] = new JsonObject { ["name"] = options.NodeName, ["namespace"] = "kube-node-lease" },
            ["spec"] = new JsonObject { ["holderIdentity"] = options.NodeName, ["leaseDurationSeconds"] = LifetimeSeconds, ["renewTime"] = now },
        };
        var path = new ResourcePath("coordination.k8s.io", "v1", "leases", "kube-node-lease", options.NodeName);
        await client.ApplyAsync(path, lease, new WriteOptions { FieldManager = "simulator", Force = true }, cancellation);
    }
}
