using System.Net;
using System.Security.Cryptography.X509Certificates;
using k8s;

namespace GitOpsToolkit.Kubernetes;

/// <summary>Makes clients: from a kubeconfig file, inside a cluster, or from an address and a token.</summary>
public static class KubeConnection
{
    /// <summary>Connects as a kubeconfig file says; its current context unless another is named. Exec plugins and token files in it are honoured.</summary>
    /// <exception cref="k8s.Exceptions.KubeConfigException">The file is missing or does not make a connection.</exception>
    public static KubeClient FromKubeConfigFile(string path, string? context = null, KubeClientOptions? options = null, TimeProvider? time = null) =>
        Create(KubeConfigFile.Read(path, context), options, time);

    /// <summary>Connects with the service account of the pod that this process runs in.</summary>
    /// <exception cref="k8s.Exceptions.KubeConfigException">The process does not run in a pod.</exception>
    public static KubeClient InCluster(KubeClientOptions? options = null, TimeProvider? time = null) =>
        Create(KubernetesClientConfiguration.InClusterConfig(), options, time);

    /// <summary>Connects to an address.</summary>
    /// <param name="server">The server's address, http or https.</param>
    /// <param name="token">A bearer token, or null to stay anonymous.</param>
    /// <param name="certificateAuthority">The certificates that the server's one must go back to; null trusts the system's.</param>
    /// <param name="options">Null means the defaults.</param>
    /// <param name="time">Null means the system's clock.</param>
    public static KubeClient ToServer(
        Uri server, string? token = null, X509Certificate2Collection? certificateAuthority = null, KubeClientOptions? options = null,
        TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(server);
        var configuration = new KubernetesClientConfiguration { Host = server.AbsoluteUri, AccessToken = token, SslCaCerts = certificateAuthority };
        return Create(configuration, options, time);
    }

    /// <summary>Connects as a configuration of the KubernetesClient package says.</summary>
    /// <param name="configuration">Where to, and with which credentials.</param>
    /// <param name="options">Null means the defaults.</param>
    /// <param name="time">Null means the system's clock.</param>
    /// <param name="handlers">What every request passes through, the credentials on it; usually nothing.</param>
    public static KubeClient Create(
        KubernetesClientConfiguration configuration, KubeClientOptions? options = null, TimeProvider? time = null, params DelegatingHandler[] handlers)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        // The deadlines are ours: one a request, none for the life of a watch.
        configuration.HttpClientTimeout = Timeout.InfiniteTimeSpan;
        var inner = configuration.FirstMessageHandlerSetup;
        configuration.FirstMessageHandlerSetup = handler =>
        {
            inner?.Invoke(handler);
            // Credentials never follow a redirect.
            handler.AllowAutoRedirect = false;
            handler.AutomaticDecompression = DecompressionMethods.GZip;
            handler.ConnectTimeout = TimeSpan.FromSeconds(10);
            // A half-open connection under an idle watch is noticed in under a minute.
            handler.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
            handler.KeepAlivePingTimeout = TimeSpan.FromSeconds(15);
            handler.KeepAlivePingPolicy = HttpKeepAlivePingPolicy.Always;
        };
        var client = new k8s.Kubernetes(configuration, handlers);
        var address = client.BaseUri.AbsoluteUri;
        var baseUri = new Uri(address.EndsWith('/') ? address : address + "/");
        return new KubeClient(new KubeTransport(client.HttpClient, baseUri, client.Credentials, options ?? new KubeClientOptions(), time ?? TimeProvider.System));
    }
}
