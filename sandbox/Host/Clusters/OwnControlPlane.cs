using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Sandbox.ControlPlanes;
using k8s;

namespace GitOpsToolkit.Sandbox.Clusters;

/// <summary>etcd, kube-apiserver and kube-controller-manager, started for one sandbox; the state directory keeps their data.</summary>
internal sealed class OwnControlPlane : ICluster
{
    private readonly ControlPlaneOptions _options;
    private ControlPlane _plane;

    private OwnControlPlane(ControlPlane plane, ControlPlaneOptions options, string kubeconfig)
    {
        _plane = plane;
        // What clients know of it stays as it is over a restart.
        _options = options with { Port = plane.Address.Port, AdminToken = plane.AdminToken };
        KubeconfigPath = kubeconfig;
    }

    public string Description => $"Kubernetes' own control plane {_plane.ServerVersion}";

    public string KubeconfigPath { get; }

    public bool HasWorkloadControllers => _plane.HasControllerManager;

    /// <exception cref="IOException">There are no programs for it, or one did not start.</exception>
    public static async Task<OwnControlPlane> StartAsync(string folder, int port, string kubeconfig, CancellationToken cancellation)
    {
        var binaries = ControlPlaneBinaries.Find(out var missing) ?? throw new IOException(missing);
        var options = new ControlPlaneOptions { Binaries = binaries, Folder = folder, Port = port };
        var plane = await StartAsync(options, cancellation);
        await plane.WriteKubeconfigAsync(kubeconfig);
        return new OwnControlPlane(plane, options, kubeconfig);
    }

    public KubernetesClientConfiguration Administrator() => KubeConfigFile.Read(KubeconfigPath);

    /// <summary>Its objects are in the state directory already.</summary>
    public Task PrepareAsync(KubeClient administrator, CancellationToken cancellation) => Task.CompletedTask;

    public async Task RestartAsync(CancellationToken cancellation)
    {
        await _plane.DisposeAsync();
        _plane = await StartAsync(_options, cancellation);
    }

    public ValueTask DisposeAsync() => _plane.DisposeAsync();

    private static async Task<ControlPlane> StartAsync(ControlPlaneOptions options, CancellationToken cancellation)
    {
        try
        {
            return await ControlPlane.StartAsync(options, cancellation);
        }
        catch (ControlPlaneException error)
        {
            throw new IOException(error.Message, error);
        }
    }
}
