using System.Security.Cryptography.X509Certificates;
using k8s;
using SandboxServer = GitOpsToolkit.Sandbox.ApiServer.ApiServer;

namespace GitOpsToolkit.ApiServerFidelity.Tests.Running;

/// <summary>The two servers of a test run.</summary>
internal sealed class Servers : IAsyncDisposable
{
    private readonly SandboxServer server;

    private Servers(SandboxServer server, Target sandbox)
    {
        this.server = server;
        Sandbox = sandbox;
    }

    public Target Sandbox { get; }

    /// <summary>The real server; null where there is none, for the reason in <see cref="WhyNoReference"/>.</summary>
    public Target? Reference { get; private init; }

    public string WhyNoReference { get; private init; } = "";

    public static async Task<Servers> StartAsync(string id, CancellationToken ct)
    {
        var started = await SandboxServer.StartAsync(ct: ct);
        X509Certificate2Collection authorities = [];
        authorities.ImportFromPem(started.CertificateAuthorityPem);
        var sandbox = await Target.ConnectAsync("sandbox", started.Url, Target.Trusting(authorities), started.Token, ct);
        await sandbox.ProbeAsync("fid-probe-" + id, ct);
        if (Environment.GetEnvironmentVariable("KUBECONFIG") is not { Length: > 0 } path || Environment.GetEnvironmentVariable("GITOPS_TEST_CLUSTER") != "real")
        {
            return new(started, sandbox) { WhyNoReference = "there is no real API server to compare with: set GITOPS_TEST_CLUSTER=real and KUBECONFIG" };
        }

        var configuration = KubernetesClientConfiguration.BuildConfigFromConfigFile(new FileInfo(path));
        var reference = await Target.ConnectAsync(
            "reference", new(configuration.Host), Target.Trusting(configuration.SslCaCerts), configuration.AccessToken, ct);
        await reference.ProbeAsync("fid-probe-" + id, ct);
        return new(started, sandbox) { Reference = reference };
    }

    public async ValueTask DisposeAsync()
    {
        Sandbox.Dispose();
        Reference?.Dispose();
        await server.DisposeAsync();
    }
}
