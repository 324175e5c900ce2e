using GitOpsToolkit.Api.Schema;

namespace GitOpsToolkit.Api.Meta;

/// <summary>The output of a source, stored as a file that consumers download.</summary>
public sealed record Artifact : Extensible
{
    private static readonly Dictionary<string, string> NoEntries = [];

    /// <summary>Where the file lies in the storage: kind, namespace, name and file name, separated by slashes.</summary>
    [Required]
    public string Path { get => field ?? ""; init; }

    /// <summary>The HTTP address of the file for consumers in the cluster.</summary>
    [Required]
    public string Url { get => field ?? ""; init; }

    /// <summary>What the artifact was made from, in terms of the upstream: a branch with its commit, a tag with its digest.</summary>
    [Required]
    public string Revision { get => field ?? ""; init; }

    /// <summary>Algorithm and hexadecimal hash of the stored file, such as sha256:….</summary>
    [Required, Pattern(Patterns.Digest)]
    public string Digest { get => field ?? ""; init; }

    /// <summary>When this artifact was stored.</summary>
    [Required]
    public DateTimeOffset LastUpdateTime { get; init; }

    /// <summary>Bytes of the stored file.</summary>
    public long? Size { get; init; }

    /// <summary>What the upstream says about the artifact, such as the annotations of an OCI manifest.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get => field ?? NoEntries; init; }
}

/// <summary>The record of one state that was reconciled, with its outcome.</summary>
public sealed record Snapshot : Extensible
{
    private static readonly Dictionary<string, string> NoEntries = [];

    /// <summary>Digest of the reconciled state.</summary>
    [Required]
    public string Digest { get => field ?? ""; init; }

    /// <summary>When the state was first reconciled.</summary>
    [Required]
    public DateTimeOffset FirstReconciled { get; init; }

    /// <summary>When the state was last reconciled.</summary>
    [Required]
    public DateTimeOffset LastReconciled { get; init; }

    /// <summary>How long the last reconciliation took.</summary>
    [Required]
    public GoDuration LastReconciledDuration { get; init; }

    /// <summary>The reason of the Ready condition after the last reconciliation.</summary>
    [Required]
    public string LastReconciledStatus { get => field ?? ""; init; }

    /// <summary>How often the state was reconciled.</summary>
    [Required]
    public long TotalReconciliations { get; init; }

    /// <summary>What else is known about the state, such as its source revision.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get => field ?? NoEntries; init; }
}
