namespace GitOpsToolkit.Kustomize;

/// <summary>Caps that bound what one build may read and hold, whatever the input.</summary>
public sealed record BuildLimits
{
    /// <summary>The largest single file, in bytes.</summary>
    /// <value>10 MiB by default.</value>
    public int MaxFileBytes { get; init; } = 10 * 1024 * 1024;

    /// <summary>All files of one build together, in bytes.</summary>
    /// <value>128 MiB by default.</value>
    public long MaxTotalBytes { get; init; } = 128L * 1024 * 1024;

    /// <summary>How many files and directories one build may look at.</summary>
    /// <value>50 000 by default.</value>
    public int MaxFiles { get; init; } = 50_000;

    /// <summary>How many kustomizations one build may include, each as often as it is included.</summary>
    /// <value>5 000 by default.</value>
    public int MaxKustomizations { get; init; } = 5_000;

    /// <summary>How many objects one build may hold.</summary>
    /// <value>100 000 by default.</value>
    public int MaxResources { get; init; } = 100_000;

    /// <summary>How deep kustomizations may include each other, and directories may nest.</summary>
    /// <value>64 by default.</value>
    public int MaxDepth { get; init; } = 64;
}
