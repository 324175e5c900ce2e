namespace GitOpsToolkit.Sandbox.Clusters;

/// <summary>The kubeconfig file that the environment names.</summary>
public static class SharedKubeconfig
{
    /// <summary>The file of <c>KUBECONFIG</c>, the first one of a list, as it names the current context for kubectl too; null where it is unset or empty.</summary>
    public static string? OfEnvironment() =>
        Environment.GetEnvironmentVariable("KUBECONFIG")?.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
}
