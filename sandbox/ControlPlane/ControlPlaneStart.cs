using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using GitOpsToolkit.Kubernetes;
using k8s;

namespace GitOpsToolkit.Sandbox.ControlPlanes;

/// <summary>One start of a control plane: etcd, then the API server, then the controller manager, each once the one before answers.</summary>
internal sealed class ControlPlaneStart(ControlPlaneOptions options, StateFolder folder)
{
    private const int Attempts = 3;
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(180);

    /// <summary>A program that begins to listen before it answers may leave a question unanswered for good: another one is asked.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private static readonly KubeClientOptions s_client = new() { UserAgent = "control-plane", Retries = 0, RequestTimeout = TimeSpan.FromSeconds(10) };

    private readonly Stack<ChildProcess> _children = new();
    private readonly string _admin = options.AdminToken ?? Token();
    private readonly string _manager = Token();

    /// <summary>Starts it; a port that another program took in between is tried again with others.</summary>
    public static async Task<ControlPlane> RunAsync(ControlPlaneOptions options, CancellationToken cancellation)
    {
        var folder = StateFolder.Open(options.Folder);
        for (var attempt = 1; ; attempt++)
        {
            var start = new ControlPlaneStart(options, folder);
            try
            {
                return await start.StartAsync(cancellation);
            }
            catch (ControlPlaneException error)
                when (attempt < Attempts && options.Port == 0 && error.Message.Contains("address already in use", StringComparison.Ordinal))
            {
                await start.EndChildrenAsync();
            }
            catch
            {
                await start.EndAsync();
                throw;
            }
        }
    }

    private async Task<ControlPlane> StartAsync(CancellationToken cancellation)
    {
        folder.Write("tokens.csv", string.Concat(Users().Select(user => user.Line + "\n")));
        var ports = FreePorts(3);
        var port = options.Port == 0 ? ports[0] : options.Port;
        await StartEtcdAsync(ports[1], ports[2], cancellation);
        var (address, authority) = await StartApiServerAsync(port, ports[1], cancellation);

        var client = KubeConnection.Create(Configuration(address, authority), s_client);
        var version = await ServerVersions.ReadAsync(client, cancellation);
        var managed = options is { ControllerManager: true, Binaries.ControllerManager: not null };
        if (managed)
        {
            await StartControllerManagerAsync(client, address, authority, version, cancellation);
        }

        var ended = Task.WhenAny(_children.Select(child => child.EndedAsync())).Unwrap();
        return new ControlPlane(
            () => Configuration(address, authority), () => Kubeconfig.Text(address, File.ReadAllText(authority), _admin), EndAsync, ended)
        {
            Folder = folder.Path,
            Address = address,
            AdminToken = _admin,
            CertificateAuthorityPath = authority,
            ServerVersion = version,
            HasControllerManager = managed,
            ProcessIds = [.. _children.Select(child => child.Id)],
        };
    }

    private IEnumerable<StaticUser> Users() =>
    [
        new(_admin, "admin", "system:masters"),
        new(_manager, "system:kube-controller-manager"),
        .. options.Users,
    ];

    private KubernetesClientConfiguration Configuration(Uri address, string authority) =>
        new() { Host = address.ToString(), AccessToken = _admin, SslCaCerts = TrustedHandler.Authorities(authority) };

    private async Task StartEtcdAsync(int port, int peerPort, CancellationToken cancellation)
    {
        var etcd = await ChildAsync(options.Binaries.Etcd, ProgramArguments.Etcd(folder, port, peerPort), ProgramArguments.EtcdEnvironment);
        using var http = new HttpClient { Timeout = s_patience };
        var health = new Uri($"http://127.0.0.1:{port}/health");
        await etcd.WaitAsync(token => IsWellAsync(() => http.GetStringAsync(health, token)), "it answered", s_deadline, options.Time, cancellation);
    }

    private async Task<(Uri Address, string Authority)> StartApiServerAsync(int port, int etcdPort, CancellationToken cancellation)
    {
        var server = await ChildAsync(options.Binaries.ApiServer, ProgramArguments.ApiServer(folder, port, etcdPort, options.ApiServerArguments));
        var address = new Uri($"https://127.0.0.1:{port}/");
        // The server makes its own authority and certificate and writes both into one file.
        var authority = Path.Combine(folder["certificates"], "apiserver.crt");
        await server.WaitAsync(_ => Task.FromResult(File.Exists(authority)), "it had a certificate", s_deadline, options.Time, cancellation);
        using var http = new HttpClient(TrustedHandler.Create(Configuration(address, authority))) { Timeout = s_patience };
        http.DefaultRequestHeaders.Authorization = new("Bearer", _admin);
        var ready = new Uri(address, "readyz");
        await server.WaitAsync(token => IsWellAsync(() => http.GetStringAsync(ready, token)), "it was ready", s_deadline, options.Time, cancellation);
        return (address, authority);
    }

    private async Task StartControllerManagerAsync(KubeClient client, Uri address, string authority, Version version, CancellationToken cancellation)
    {
        folder.Write("controller-manager.kubeconfig", Kubeconfig.Text(address, await File.ReadAllTextAsync(authority, cancellation), _manager));
        var arguments = ProgramArguments.ControllerManager(folder, folder["controller-manager.kubeconfig"], authority, version, options.Controllers);
        var manager = await ChildAsync(options.Binaries.ControllerManager!, arguments);
        var account = ResourcePath.Core("serviceaccounts", "default", "default");
        await manager.WaitAsync(
            token => IsWellAsync(async () => _ = await client.GetAsync(account, token) ?? throw new HttpRequestException("there is none yet")),
            "the namespace default had its service account",
            s_deadline,
            options.Time,
            cancellation);
    }

    private async Task<ChildProcess> ChildAsync(string program, string[] arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var child = await ChildProcess.StartAsync(program, arguments, folder[Path.GetFileName(program) + ".log"], environment);
        _children.Push(child);
        return child;
    }

    private async ValueTask EndAsync()
    {
        await EndChildrenAsync();
        folder.Close();
    }

    private async Task EndChildrenAsync()
    {
        while (_children.TryPop(out var child))
        {
            await child.DisposeAsync();
        }
    }

    private static async Task<bool> IsWellAsync(Func<Task> ask)
    {
        try
        {
            await ask();
            return true;
        }
        catch (Exception error) when (error is HttpRequestException or ApiException or TaskCanceledException { InnerException: TimeoutException })
        {
            return false;
        }
    }

    private static string Token() => RandomNumberGenerator.GetHexString(48, lowercase: true);

    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        try
        {
            listeners.ForEach(listener => listener.Start());
            return [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        }
        finally
        {
            listeners.ForEach(listener => listener.Dispose());
        }
    }
}
