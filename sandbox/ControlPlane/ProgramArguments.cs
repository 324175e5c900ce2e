namespace GitOpsToolkit.Sandbox.ControlPlanes;

/// <summary>What the three programs are started with: defaults of a cluster wherever there is no reason to depart from them.</summary>
internal static class ProgramArguments
{
    /// <summary>Services get their addresses from here.</summary>
    private const string ServiceNetwork = "10.96.0.0/16";

    /// <summary>
    /// Controllers that have nothing to do on a machine without real nodes, volumes, load balancers and metrics, or that would take simulated
    /// nodes for dead ones. All others run.
    /// </summary>
    private static readonly string[] s_idle =
    [
        "attachdetach", "cloud-node-lifecycle", "csrapproving", "csrcleaner", "csrsigning", "ephemeral-volume", "horizontalpodautoscaling", "nodeipam",
        "nodelifecycle", "persistentvolume-binder", "persistentvolume-expander", "pv-protection", "route", "service", "ttl",
    ];

    public static string[] Etcd(StateFolder folder, int port, int peerPort) =>
    [
        $"--data-dir={folder["etcd"]}",
        $"--listen-client-urls=http://127.0.0.1:{port}",
        $"--advertise-client-urls=http://127.0.0.1:{port}",
        $"--listen-peer-urls=http://127.0.0.1:{peerPort}",
        $"--initial-advertise-peer-urls=http://127.0.0.1:{peerPort}",
        $"--initial-cluster=default=http://127.0.0.1:{peerPort}",
    ];

    /// <summary>
    /// The data is worth no more than the process: speed, not safety from a loss of power. As a variable, since an etcd that does not know it
    /// only warns.
    /// </summary>
    public static readonly IReadOnlyDictionary<string, string> EtcdEnvironment = new Dictionary<string, string> { ["ETCD_UNSAFE_NO_FSYNC"] = "true" };

    public static string[] ApiServer(StateFolder folder, int port, int etcdPort, IEnumerable<string> further) =>
    [
        $"--etcd-servers=http://127.0.0.1:{etcdPort}",
        "--bind-address=127.0.0.1",
        $"--secure-port={port}",
        $"--cert-dir={folder["certificates"]}",
        $"--service-cluster-ip-range={ServiceNetwork}",
        "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
        $"--service-account-key-file={folder.SigningKey()}",
        $"--service-account-signing-key-file={folder.SigningKey()}",
        $"--token-auth-file={folder["tokens.csv"]}",
        "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction",
        "--allow-privileged=true",
        // Addresses on loopback are not allowed in the `kubernetes` Endpoints; without this the log fills with the refusals.
        "--endpoint-reconciler-type=none",
        .. further,
    ];

    public static string[] ControllerManager(
        StateFolder folder, string kubeconfig, string authority, Version server, IReadOnlyList<string> controllers) =>
    [
        $"--kubeconfig={kubeconfig}",
        $"--root-ca-file={authority}",
        $"--service-account-private-key-file={folder.SigningKey()}",
        "--use-service-account-credentials=true",
        "--leader-elect=false",
        "--secure-port=0",
        "--controllers=" + string.Join(',', controllers is [] ? ["*", .. s_idle.Select(name => "-" + name)] : controllers),
        "--kube-api-qps=500",
        "--kube-api-burst=1000",
        // Until 1.23 there is a second, insecure port, open by default and the same for every instance.
        .. server < new Version(1, 24) ? ["--port=0"] : Array.Empty<string>(),
    ];
}
