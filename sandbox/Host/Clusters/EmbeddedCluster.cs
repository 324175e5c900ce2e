using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Sandbox.ApiServer;
using k8s;

namespace GitOpsToolkit.Sandbox.Clusters;

/// <summary>The API server of this project, in this process.</summary>
internal sealed class EmbeddedCluster : ICluster
{
    private readonly string _kubeconfig;
    private readonly ApiServerOptions _options;
    private ApiServer.ApiServer _server;

    private EmbeddedCluster(ApiServer.ApiServer server, ApiServerOptions options, string kubeconfig)
    {
        _server = server;
        // Its address stands in clients: the next start takes the same port.
        _options = options with { Port = server.Url.Port };
        _kubeconfig = kubeconfig;
    }

    public string Description => "a Kubernetes API server";

    public string KubeconfigPath => _kubeconfig;

    public bool HasWorkloadControllers => false;

    public static async Task<EmbeddedCluster> StartAsync(ApiServerOptions options, string kubeconfig, CancellationToken cancellation)
    {
        var server = await ApiServer.ApiServer.StartAsync(options, cancellation);
        await server.WriteKubeconfigAsync(kubeconfig);
        return new EmbeddedCluster(server, options, kubeconfig);
    }

    public KubernetesClientConfiguration Administrator() => KubeConfigFile.Read(_kubeconfig);

    /// <summary>Its objects are in the state directory already.</summary>
    public Task PrepareAsync(KubeClient administrator, CancellationToken cancellation) => Task.CompletedTask;

    public async Task RestartAsync(CancellationToken cancellation)
    {
        await _server.DisposeAsync();
        _server = await ApiServer.ApiServer.StartAsync(_options, cancellation);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
