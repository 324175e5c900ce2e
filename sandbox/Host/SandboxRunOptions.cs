using GitOpsToolkit.Sandbox.Clusters;

namespace GitOpsToolkit.Sandbox;

/// <summary>What <c>gitops sandbox</c> was asked to do.</summary>
public sealed record SandboxRunOptions
{
    /// <summary>Tell the story after the start.</summary>
    public bool Story { get; init; }

    /// <summary>End after the story.</summary>
    public bool Once { get; init; }

    /// <summary>The folder that keeps everything between starts; null makes one that is removed at the end.</summary>
    public string? StateDirectory { get; init; }

    /// <summary>As <c>--controllers</c> of the executable; <c>none</c> runs none.</summary>
    /// <value><c>*</c></value>
    public string Controllers { get; init; } = "*";

    /// <summary>Where log lines go; null drops them.</summary>
    public Stream? Log { get; init; }

    /// <summary>Which kind of cluster to work on.</summary>
    /// <value>Embedded</value>
    public ClusterChoice Cluster { get; init; } = ClusterChoice.Embedded;

    /// <summary>The kubeconfig file of the real cluster to work on; null starts a control plane for the purpose.</summary>
    public string? Kubeconfig { get; init; }

    /// <summary>The API server's port; 0 is a free one.</summary>
    public int ApiPort { get; init; }

    /// <summary>The Git server's port; 0 is a free one.</summary>
    public int GitPort { get; init; }

    /// <summary>The registry's port; 0 is a free one.</summary>
    public int RegistryPort { get; init; }
}
