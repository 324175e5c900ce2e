using GitOpsToolkit.Kustomize;
using GitOpsToolkit.Reconciling.Queue;

namespace GitOpsToolkit.Controllers.Kustomize;

/// <summary>The settings of the kustomize-controller: Flux's flags of the same meaning stand in brackets.</summary>
public sealed record KustomizeOptions
{
    /// <summary>How many Kustomizations are reconciled at a time (<c>--concurrent</c>).</summary>
    /// <value>4</value>
    public int Concurrent { get; init; } = 4;

    /// <summary>How many objects of one Kustomization are compared and applied at a time (<c>--concurrent-ssa</c>).</summary>
    /// <value>4</value>
    public int ConcurrentSsa { get; init; } = 4;

    /// <summary>How often the download of an artifact is tried again (<c>--http-retry</c>).</summary>
    /// <value>9</value>
    public int HttpRetry { get; init; } = 9;

    /// <summary>How long to wait for a source or a dependency before looking again, unless its change wakes us
    /// (<c>--requeue-dependency</c>).</summary>
    /// <value>30 seconds</value>
    public TimeSpan RequeueDependency { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>By how many per cent intervals vary (<c>--interval-jitter-percentage</c>).</summary>
    /// <value>5</value>
    public int IntervalJitterPercentage { get; init; } = 5;

    /// <summary>Whether references to other namespaces are refused (<c>--no-cross-namespace-refs</c>).</summary>
    /// <value>false</value>
    public bool NoCrossNamespaceRefs { get; init; }

    /// <summary>The service account to impersonate where a Kustomization names none (<c>--default-service-account</c>); empty for
    /// none.</summary>
    public string DefaultServiceAccount { get; init; } = "";

    /// <summary>Prefixes of further field managers whose changes are undone (<c>--override-manager</c>).</summary>
    public IReadOnlyList<string> OverrideManagers { get; init; } = [];

    /// <summary>Kinds as <c>group/Kind</c> that are applied in a stage of their own (<c>--custom-apply-stage-kinds</c>).</summary>
    public IReadOnlySet<string> CustomApplyStageKinds { get; init; } = new HashSet<string>();

    /// <summary>Only objects and sources with these labels are seen (<c>--watch-label-selector</c>); null for all.</summary>
    public string? WatchLabelSelector { get; init; }

    /// <summary>Only this namespace is seen (<c>--watch-all-namespaces=false</c>); null for all.</summary>
    public string? WatchNamespace { get; init; }

    /// <summary>The back-off of errors (<c>--min-retry-delay</c>, <c>--max-retry-delay</c>).</summary>
    public WorkQueueOptions Retries { get; init; } = new();

    /// <summary>Whether ExternalArtifact is accepted as a source (feature gate <c>ExternalArtifact</c>).</summary>
    /// <value>false</value>
    public bool ExternalArtifact { get; init; }

    /// <summary>A host, with or without a port, to fetch artifacts from in place of the advertised one
    /// (<c>SOURCE_CONTROLLER_LOCALHOST</c>); empty for none.</summary>
    public string SourceHost { get; init; } = "";

    /// <summary>Where artifacts are unpacked; this process's own, emptied at the start and removed at the end.</summary>
    /// <value>A folder of this process in the system's one for temporary files.</value>
    public string CacheDirectory { get; init; } = Path.Combine(Path.GetTempPath(), $"gitops-toolkit-kustomize-{Environment.ProcessId}");

    /// <summary>The largest artifact that is downloaded, in bytes.</summary>
    /// <value>1 GiB</value>
    public long MaxArtifactBytes { get; init; } = 1L << 30;

    /// <summary>How many unpacked artifacts are kept.</summary>
    /// <value>32</value>
    public int MaxCachedArtifacts { get; init; } = 32;

    /// <summary>How often every object is compared with the server although nothing seems to have changed: the net under the
    /// watches.</summary>
    /// <value>1 hour</value>
    public TimeSpan AuditInterval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long definitions may take to become current before the rest is applied.</summary>
    /// <value>60 seconds</value>
    public TimeSpan StageTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The caps of a build.</summary>
    public BuildLimits BuildLimits { get; init; } = new();

    /// <summary>Which of several instances reports in events.</summary>
    /// <value>The name of the host.</value>
    public string Instance { get; init; } = Environment.MachineName;
}
