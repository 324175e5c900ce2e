using System.Security.Cryptography.X509Certificates;
using GitOpsToolkit.Sandbox.ControlPlanes;
using SandboxServer = GitOpsToolkit.Sandbox.ApiServer.ApiServer;

namespace GitOpsToolkit.ApiServerFidelity.Tests.Running;

/// <summary>The servers of a test run.</summary>
internal sealed class Servers : IAsyncDisposable
{
    /// <summary>
    /// Those of a real cluster that the sandbox's API server has itself. Workload controllers stand still on both sides, so that an object
    /// changes only when a case changes it.
    /// </summary>
    private static readonly string[] Controllers =
    [
        "namespace", "garbagecollector", "serviceaccount", "serviceaccount-token", "root-ca-cert-publisher", "clusterrole-aggregation", "pvc-protection",
        "pv-protection",
    ];

    private readonly SandboxServer server;
    private readonly IReadOnlyList<ControlPlane> planes;

    private Servers(SandboxServer server, Target sandbox, params IReadOnlyList<ControlPlane> planes)
    {
        this.server = server;
        this.planes = planes;
        Sandbox = sandbox;
    }

    public Target Sandbox { get; }

    /// <summary>The real server; null where there is none, for the reason in <see cref="WhyNoReference"/>.</summary>
    public Target? Reference { get; private init; }

    public string WhyNoReference { get; private init; } = "";

    /// <summary>The newest server of custom resources; null where there is none.</summary>
    public Target? Extensions { get; private init; }

    /// <summary>The real servers.</summary>
    public IEnumerable<Target> References => new[] { Reference, Extensions }.OfType<Target>();

    /// <summary>Starts the sandbox's server and finds or starts a real one.</summary>
    /// <param name="id">A word for names that no other run has.</param>
    /// <param name="ct">Ends it.</param>
    public static async Task<Servers> StartAsync(string id, CancellationToken ct)
    {
        var found = await FindAsync(ct);
        var started = await SandboxServer.StartAsync(ct: ct);
        X509Certificate2Collection authorities = [];
        authorities.ImportFromPem(started.CertificateAuthorityPem);
        var sandbox = await Target.ConnectAsync("sandbox", started.Url, Target.Trusting(authorities), started.Token, ct);
        await sandbox.ProbeAsync("fid-probe-" + id, ct);
        if (found.Plane is not { } real)
        {
            return new(started, sandbox) { WhyNoReference = found.Why };
        }

        var reference = await Target.ConnectAsync("reference", real.Address, real.CreateHandler(), real.AdminToken, ct);
        await reference.ProbeAsync("fid-probe-" + id, ct);
        reference.IsPassing = !UsesExisting;
        if (await ExtensionsServer.StartAsync(ct) is not { } newest)
        {
            return new(started, sandbox, real) { Reference = reference };
        }

        var extensions = await Target.ConnectAsync("extensions", newest.Address, newest.CreateHandler(), newest.AdminToken, ct, hasNamespaces: false);
        return new(started, sandbox, real, newest) { Reference = reference, Extensions = extensions };
    }

    private static bool UsesExisting =>
        Environment.GetEnvironmentVariable("GITOPS_TEST_CLUSTER") == "real" && Environment.GetEnvironmentVariable("KUBECONFIG") is { Length: > 0 };

    public async ValueTask DisposeAsync()
    {
        Sandbox.Dispose();
        Reference?.Dispose();
        Extensions?.Dispose();
        await server.DisposeAsync();
        foreach (var plane in planes)
        {
            await plane.DisposeAsync();
        }
    }

    /// <summary>A cluster that is there is used only if that is said in so many words: the cases write all over it.</summary>
    private static async Task<(ControlPlane? Plane, string Why)> FindAsync(CancellationToken ct)
    {
        if (UsesExisting)
        {
            return (await ControlPlane.FromKubeconfigAsync(Environment.GetEnvironmentVariable("KUBECONFIG")!, ct), "");
        }

        return ControlPlaneBinaries.Find(out var missing) is { } binaries
            ? (await ControlPlane.StartAsync(new() { Binaries = binaries, Controllers = Controllers }, ct), "")
            : (null, "no real API server to compare with: " + missing);
    }
}
