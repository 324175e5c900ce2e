using GitOpsToolkit.Kubernetes;
using k8s;

namespace GitOpsToolkit.Sandbox.ControlPlanes;

/// <summary>
/// A real Kubernetes control plane: one that was started here (etcd, kube-apiserver and kube-controller-manager on 127.0.0.1, which end with this
/// object and with this process, however that ends), or a cluster that was there before, which is left as it is.
/// </summary>
public sealed class ControlPlane : IAsyncDisposable
{
    private readonly Func<ValueTask> _end;
    private readonly Func<KubernetesClientConfiguration> _configuration;
    private readonly Func<string> _kubeconfig;
    private readonly Task _ended;

    internal ControlPlane(Func<KubernetesClientConfiguration> configuration, Func<string> kubeconfig, Func<ValueTask> end, Task? ended = null)
    {
        _configuration = configuration;
        _kubeconfig = kubeconfig;
        _end = end;
        _ended = ended ?? new TaskCompletionSource().Task;
    }

    /// <summary>The API server's address, such as <c>https://127.0.0.1:40123/</c>.</summary>
    public required Uri Address { get; init; }

    /// <summary>The administrator's bearer token, a secret; empty where a kubeconfig authenticates by other means.</summary>
    public required string AdminToken { get; init; }

    /// <summary>A PEM file with what the server's certificate goes back to.</summary>
    public required string CertificateAuthorityPath { get; init; }

    /// <summary>The server's version, such as 1.20.2.</summary>
    public required Version ServerVersion { get; init; }

    /// <summary>Whether workload controllers run: Deployments become pods, garbage is collected, namespaces are emptied.</summary>
    public required bool HasControllerManager { get; init; }

    /// <summary>The folder of its data, keys and logs; for a cluster that was there before, a temporary one.</summary>
    public required string Folder { get; init; }

    /// <summary>The processes that were started, the newest first.</summary>
    public IReadOnlyList<int> ProcessIds { get; init; } = [];

    /// <summary>Starts a control plane and waits until it answers and, with a controller manager, the namespace <c>default</c> takes pods.</summary>
    /// <exception cref="ControlPlaneException">A program did not start.</exception>
    public static Task<ControlPlane> StartAsync(ControlPlaneOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return ControlPlaneStart.RunAsync(options, cancellation);
    }

    /// <summary>Takes the cluster that a kubeconfig's current context names.</summary>
    /// <exception cref="k8s.Exceptions.KubeConfigException">The file is missing or does not make a connection.</exception>
    /// <exception cref="ApiException">The cluster refused to tell its version.</exception>
    public static async Task<ControlPlane> FromKubeconfigAsync(string path, CancellationToken cancellation = default)
    {
        var file = Path.GetFullPath(path);
        KubernetesClientConfiguration Configuration() => KubeConfigFile.Read(file);
        var configuration = Configuration();
        var version = await ServerVersions.ReadAsync(KubeConnection.Create(Configuration()), cancellation);
        var folder = StateFolder.Open(null);
        var authority = folder["ca.crt"];
        folder.Write("ca.crt", string.Concat((configuration.SslCaCerts ?? []).Select(certificate => certificate.ExportCertificatePem() + "\n")));
        return new ControlPlane(
            Configuration,
            () => File.ReadAllText(file),
            () =>
            {
                folder.Close();
                return ValueTask.CompletedTask;
            })
        {
            Folder = folder.Path,
            Address = new Uri(configuration.Host),
            AdminToken = configuration.AccessToken ?? "",
            CertificateAuthorityPath = authority,
            ServerVersion = version,
            HasControllerManager = true,
        };
    }

    /// <summary>Waits until one of its programs ended, which is a failure.</summary>
    /// <exception cref="ControlPlaneException">Which one, with which code, and its last lines.</exception>
    public Task EndedAsync(CancellationToken cancellation) => _ended.WaitAsync(cancellation);

    /// <summary>A client with the administrator's rights.</summary>
    public KubeClient Connect(KubeClientOptions? options = null) => KubeConnection.Create(_configuration(), options);

    /// <summary>A client for the user of a token.</summary>
    public KubeClient ConnectAs(string token, KubeClientOptions? options = null) =>
        KubeConnection.ToServer(Address, token, _configuration().SslCaCerts, options);

    /// <summary>
    /// A handler that trusts the server, for requests made by hand; it presents the kubeconfig's client certificate if there is one, and no token.
    /// </summary>
    public SocketsHttpHandler CreateHandler() => TrustedHandler.Create(_configuration());

    /// <summary>Writes a kubeconfig with the administrator's rights, which only its owner can read.</summary>
    public Task WriteKubeconfigAsync(string path)
    {
        StateFolder.WritePrivate(path, _kubeconfig());
        return Task.CompletedTask;
    }

    /// <summary>Ends what was started, and removes its temporary folder.</summary>
    public ValueTask DisposeAsync() => _end();
}
