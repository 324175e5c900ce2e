using System.Text.Json.Serialization;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Api.Schema;

namespace GitOpsToolkit.Api.Kustomize.V1;

/// <summary>Kustomization builds manifests from a source and keeps the cluster in the state that they describe.</summary>
public sealed record Kustomization : ToolkitObject<KustomizationSpec, KustomizationStatus>, IToolkitKind
{
    /// <summary>The names of the kind.</summary>
    public static ResourceKind ResourceKind { get; } = new()
    {
        Group = Groups.Kustomize,
        Version = "v1",
        Kind = "Kustomization",
        Plural = "kustomizations",
        Controller = ControllerNames.Kustomize,
        ShortNames = ["ks"],
        Categories = ["all", "fluxcd", "fluxcd-appliers"],
        Columns = [PrinterColumn.Age, PrinterColumn.Ready, PrinterColumn.Status],
    };

    /// <inheritdoc/>
    [JsonIgnore]
    public override ResourceKind Names => ResourceKind;

    /// <inheritdoc/>
    [JsonIgnore]
    public override bool IsSuspended => Spec.Suspend;
}

/// <summary>What to build, how to change it on the way, and how to apply it.</summary>
public sealed record KustomizationSpec : Extensible
{
    /// <summary>Labels and annotations for every object; they override those of the manifests.</summary>
    public CommonMetadata? CommonMetadata { get; init; }

    /// <summary>Kustomizations that must be ready before this one is reconciled.</summary>
    public IReadOnlyList<DependencyReference> DependsOn { get => field ?? []; init; }

    /// <summary>How to decrypt manifests before they are applied.</summary>
    public Decryption? Decryption { get; init; }

    /// <summary>How often to reconcile; a little jitter is applied.</summary>
    [Required, Pattern(Patterns.Duration)]
    public GoDuration Interval { get; init; }

    /// <summary>How long to wait after a failed reconcile; the interval when absent.</summary>
    [Pattern(Patterns.Duration)]
    public GoDuration? RetryInterval { get; init; }

    /// <summary>How to reach another cluster and apply there.</summary>
    public KubeConfigReference? KubeConfig { get; init; }

    /// <summary>Directory in the source with a kustomization.yaml, or with plain manifests; the root of the source when absent.</summary>
    public string? Path { get; init; }

    /// <summary>What to do to the manifests after they are built.</summary>
    public PostBuild? PostBuild { get; init; }

    /// <summary>Whether objects that leave the source are deleted from the cluster.</summary>
    [Required]
    public bool Prune { get; init; }

    /// <summary>What happens to the applied objects when the Kustomization is deleted: MirrorPrune, which is implied, does as prune says; Delete removes
    /// them; WaitForTermination also waits until they are gone; Orphan leaves them.</summary>
    [Enum("MirrorPrune", "Delete", "WaitForTermination", "Orphan")]
    public string? DeletionPolicy { get; init; }

    /// <summary>Objects whose health decides on readiness.</summary>
    public IReadOnlyList<NamespacedObjectKindReference> HealthChecks { get => field ?? []; init; }

    /// <summary>Put before the name of every object.</summary>
    [Length(Min = 1, Max = 200)]
    public string? NamePrefix { get; init; }

    /// <summary>Put behind the name of every object.</summary>
    [Length(Min = 1, Max = 200)]
    public string? NameSuffix { get; init; }

    /// <summary>Strategic merge and JSON patches, written inline, for the objects that their targets select.</summary>
    public IReadOnlyList<Patch> Patches { get => field ?? []; init; }

    /// <summary>Names, tags and digests to put in place of those of container images.</summary>
    public IReadOnlyList<ImageOverride> Images { get => field ?? []; init; }

    /// <summary>ServiceAccount in the same namespace that is impersonated for all that is applied.</summary>
    public string? ServiceAccountName { get; init; }

    /// <summary>The source of the manifests.</summary>
    [Required]
    public KustomizationSourceReference SourceRef { get => field ?? new(); init; }

    /// <summary>Whether the controller leaves the object alone, also when it is deleted.</summary>
    public bool Suspend { get; init; }

    /// <summary>Namespace for all namespaced objects in place of that of the manifests; it must exist.</summary>
    [Length(Min = 1, Max = 63)]
    public string? TargetNamespace { get; init; }

    /// <summary>The most time for building, applying and health checks; the interval less 30 seconds when absent, and never under 30 seconds.</summary>
    [Pattern(Patterns.Duration)]
    public GoDuration? Timeout { get; init; }

    /// <summary>Whether objects are recreated when a change of an immutable field is refused.</summary>
    [Default("false")]
    public bool Force { get; init; }

    /// <summary>Whether the health of all applied objects decides on readiness; healthChecks are then ignored.</summary>
    public bool Wait { get; init; }

    /// <summary>What the build notes on objects about their origin: originAnnotations, transformerAnnotations.</summary>
    [Enum("originAnnotations", "transformerAnnotations")]
    public IReadOnlyList<string> BuildMetadata { get => field ?? []; init; }

    /// <summary>Relative paths of kustomize Components to add.</summary>
    public IReadOnlyList<string> Components { get => field ?? []; init; }

    /// <summary>Whether paths in components that do not exist are passed over.</summary>
    public bool IgnoreMissingComponents { get; init; }

    /// <summary>Expressions that tell the health of custom resources; used with wait or healthChecks.</summary>
    public IReadOnlyList<CustomHealthCheck> HealthCheckExprs { get => field ?? []; init; }

    /// <summary>Fields that are neither compared nor applied on existing objects.</summary>
    public IReadOnlyList<IgnoreRule> Ignore { get => field ?? []; init; }
}

/// <summary>What was built and applied.</summary>
public sealed record KustomizationStatus : ToolkitStatus
{
    /// <summary>Revision of the source that was last applied fully.</summary>
    public string? LastAppliedRevision { get; init; }

    /// <summary>Upstream revision of the source that was last applied fully, where the artifact states one.</summary>
    public string? LastAppliedOriginRevision { get; init; }

    /// <summary>Revision of the source that was last tried.</summary>
    public string? LastAttemptedRevision { get; init; }

    /// <summary>The objects that the last apply put into the cluster.</summary>
    public ResourceInventory? Inventory { get; init; }

    /// <summary>The last states that were reconciled, newest first, at most five.</summary>
    public IReadOnlyList<Snapshot> History { get => field ?? []; init; }
}

/// <summary>A list of objects in the cluster.</summary>
public sealed record ResourceInventory : Extensible
{
    /// <summary>The objects.</summary>
    [Required]
    public IReadOnlyList<ResourceRef> Entries { get => field ?? []; init; }
}

/// <summary>An object in the cluster.</summary>
public sealed record ResourceRef : Extensible
{
    /// <summary>Namespace, name, group and kind, joined by underscores.</summary>
    [Required]
    public string Id { get => field ?? ""; init; }

    /// <summary>Version of the API by which the object was applied.</summary>
    [Required]
    public string V { get => field ?? ""; init; }
}
