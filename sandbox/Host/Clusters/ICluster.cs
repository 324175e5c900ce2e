using GitOpsToolkit.Kubernetes;
using k8s;

namespace GitOpsToolkit.Sandbox.Clusters;

/// <summary>
/// The cluster that a sandbox works on: the API server of this project, or a real control plane. Everything else of the sandbox (Git
/// server, registry, node, controllers, story) is the same on all of them.
/// </summary>
public interface ICluster : IAsyncDisposable
{
    /// <summary>What it is, for people; such as <c>a Kubernetes API server</c>.</summary>
    string Description { get; }

    /// <summary>A kubeconfig file with every right.</summary>
    string KubeconfigPath { get; }

    /// <summary>
    /// Whether somebody makes pods of Deployments, StatefulSets, DaemonSets and Jobs: Kubernetes' own controller manager does. Where nobody
    /// does, the simulator plays these too.
    /// </summary>
    bool HasWorkloadControllers { get; }

    /// <summary>How the administrator connects. Each call makes a new one, which belongs to the caller.</summary>
    KubernetesClientConfiguration Administrator();

    /// <summary>Makes sure that the cluster may be used, and that it holds nothing that belongs to another state directory.</summary>
    /// <param name="administrator">The administrator's client.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="IOException">It may not; the message says why.</exception>
    Task PrepareAsync(KubeClient administrator, CancellationToken cancellation);

    /// <summary>Ends the API server without warning, and starts it again under the same address with the same objects.</summary>
    /// <exception cref="NotSupportedException">This cluster was not started by the sandbox.</exception>
    Task RestartAsync(CancellationToken cancellation);
}
