namespace GitOpsToolkit.Benchmarks;

/// <summary>The `gitops-toolkit` that is measured.</summary>
internal static class Manager
{
    /// <summary>The program that MANAGER names, for one that was published; otherwise the one that was built with the benchmarks.</summary>
    public static string Path { get; } =
        Environment.GetEnvironmentVariable("MANAGER") is { Length: > 0 } named ? named : System.IO.Path.Combine(AppContext.BaseDirectory, "gitops-toolkit");
}
