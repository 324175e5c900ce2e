using GitOpsToolkit.Sandbox;
using GitOpsToolkit.Sandbox.Clusters;
using GitOpsToolkit.TestKit;

namespace GitOpsToolkit.Integration.Tests;

/// <summary>
/// Which cluster these tests run on: the embedded API server, or with <c>GITOPS_TEST_CLUSTER=real</c> a real control plane, which is the one of
/// <c>KUBECONFIG</c> if that is set. The tests themselves are the same.
/// </summary>
internal static class TestCluster
{
    private const string Variable = "GITOPS_TEST_CLUSTER";

    public static ClusterChoice Choice { get; } = Environment.GetEnvironmentVariable(Variable) switch
    {
        null or "" or "sandbox" => ClusterChoice.Embedded,
        "real" => ClusterChoice.Real,
        var other => throw new InvalidOperationException($"{Variable} is '{other}': leave it unset for the sandbox's own API server, or set it to real"),
    };

    public static string? Kubeconfig { get; } = SharedKubeconfig.OfEnvironment();

    /// <summary>Whether the cluster was there before the tests and stays.</summary>
    public static bool IsGiven => Choice == ClusterChoice.Real && Kubeconfig is not null;

    /// <summary>For a condition that many hops have to come true before.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Where log lines go, for the one who looks for a fault: the file that <c>GITOPS_TEST_LOG</c> names.</summary>
    private static Stream? Log { get; } = Environment.GetEnvironmentVariable("GITOPS_TEST_LOG") is { Length: > 0 } file
        ? new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.ReadWrite, bufferSize: 1)
        : null;

    public static SandboxOptions Options(TempDirectory state) => new() { StateDirectory = state.Path, Cluster = Choice, Kubeconfig = Kubeconfig, Log = Log };
}
