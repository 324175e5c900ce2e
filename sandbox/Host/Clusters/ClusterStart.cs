using GitOpsToolkit.Sandbox.ApiServer;
using Microsoft.Extensions.Logging;

namespace GitOpsToolkit.Sandbox.Clusters;

/// <summary>Starts or finds the cluster that the options ask for.</summary>
internal static class ClusterStart
{
    public static async Task<ICluster> RunAsync(SandboxOptions options, int port, ILoggerFactory loggers, CancellationToken cancellation)
    {
        var kubeconfig = Path.Combine(options.StateDirectory, "kubeconfig");
        if (options.Cluster == ClusterChoice.Embedded)
        {
            var server = new ApiServerOptions
            {
                StateDirectory = Path.Combine(options.StateDirectory, "api-server"),
                Port = port,
                LoggerFactory = loggers,
                Time = options.Time,
            };
            return await EmbeddedCluster.StartAsync(server, kubeconfig, cancellation);
        }

        return options.Kubeconfig is { } given
            ? new SharedCluster(given, options.StateDirectory)
            : await OwnControlPlane.StartAsync(Path.Combine(options.StateDirectory, "control-plane"), port, kubeconfig, cancellation);
    }
}
