using System.Text.Json.Serialization;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Api.Schema;

namespace GitOpsToolkit.Api.Image.V1;

/// <summary>ImageRepository scans a container image repository for its tags.</summary>
public sealed record ImageRepository : ToolkitObject<ImageRepositorySpec, ImageRepositoryStatus>, IToolkitKind
{
    /// <summary>The names of the kind.</summary>
    public static ResourceKind ResourceKind { get; } = new()
    {
        Group = Groups.Image,
        Version = "v1",
        Kind = "ImageRepository",
        Plural = "imagerepositories",
        Controller = ControllerNames.ImageReflector,
        ShortNames = ["imgrepo", "imagerepo"],
        Categories = ["all", "fluxcd", "fluxcd-images"],
        Columns =
        [
            new("Image", ".spec.image"), new("Tags", ".status.lastScanResult.tagCount"), PrinterColumn.Ready, PrinterColumn.Status,
            new("Last scan", ".status.lastScanResult.scanTime", Priority: 1), PrinterColumn.Age,
        ],
        SubstituteDisabled = false,
    };

    /// <inheritdoc/>
    [JsonIgnore]
    public override ResourceKind Names => ResourceKind;

    /// <inheritdoc/>
    [JsonIgnore]
    public override bool IsSuspended => Spec.Suspend;
}

/// <summary>Which repository to scan, and how.</summary>
public sealed record ImageRepositorySpec : Extensible
{
    /// <summary>Name of the image repository, with its registry unless that is Docker Hub; without scheme and tag.</summary>
    [Required]
    public string Image { get => field ?? ""; init; }

    /// <summary>The time between two scans.</summary>
    [Required, Pattern(Patterns.Duration)]
    public GoDuration Interval { get; init; }

    /// <summary>The most time that a scan may take; the interval when absent.</summary>
    [Pattern(Patterns.ShortDuration)]
    public GoDuration? Timeout { get; init; }

    /// <summary>Secret of the type kubernetes.io/dockerconfigjson with the registry login, in the same namespace.</summary>
    public LocalObjectReference? SecretRef { get; init; }

    /// <summary>Secret with address, username and password of a proxy, in the same namespace.</summary>
    public LocalObjectReference? ProxySecretRef { get; init; }

    /// <summary>ServiceAccount whose image pull secrets, or workload identity, authenticate.</summary>
    [Length(Max = 253)]
    public string? ServiceAccountName { get; init; }

    /// <summary>Secret with ca.crt, and tls.crt with tls.key for a client certificate, in the same namespace.</summary>
    public LocalObjectReference? CertSecretRef { get; init; }

    /// <summary>Whether the controller leaves the object alone.</summary>
    public bool Suspend { get; init; }

    /// <summary>Which namespaces may use the result of the scan, besides that of the object.</summary>
    public AccessFrom? AccessFrom { get; init; }

    /// <summary>Regular expressions for the tags that are dropped from the result.</summary>
    [Default("""["^.*\\.sig$"]"""), MaxItems(25)]
    public IReadOnlyList<string> ExclusionList { get => field ?? []; init; }

    /// <summary>Where registry credentials come from.</summary>
    [Default("\"generic\""), Enum("generic", "aws", "azure", "gcp")]
    public string? Provider { get; init; }

    /// <summary>Whether plain HTTP is allowed.</summary>
    public bool Insecure { get; init; }
}

/// <summary>Who may refer to an object from other namespaces.</summary>
public sealed record AccessFrom : Extensible
{
    /// <summary>Namespaces are let in when one of these selectors matches their labels.</summary>
    [Required]
    public IReadOnlyList<NamespaceSelector> NamespaceSelectors { get => field ?? []; init; }
}

/// <summary>Selects namespaces by their labels.</summary>
public sealed record NamespaceSelector : Extensible
{
    private static readonly Dictionary<string, string> NoEntries = [];

    /// <summary>Labels that must be present with exactly these values; without any, all namespaces match.</summary>
    public IReadOnlyDictionary<string, string> MatchLabels { get => field ?? NoEntries; init; }
}

/// <summary>What the last scan found.</summary>
public sealed record ImageRepositoryStatus : ToolkitStatus
{
    /// <summary>The full name of the image repository, with its registry.</summary>
    public string? CanonicalImageName { get; init; }

    /// <summary>The result of the last scan.</summary>
    public ScanResult? LastScanResult { get; init; }

    /// <summary>The exclusions that were used in the last scan.</summary>
    public IReadOnlyList<string> ObservedExclusionList { get => field ?? []; init; }
}

/// <summary>The result of a scan.</summary>
public sealed record ScanResult : Extensible
{
    /// <summary>Checksum of the tags found.</summary>
    public string? Revision { get; init; }

    /// <summary>Number of tags found, without the excluded ones.</summary>
    [Required]
    public int TagCount { get; init; }

    /// <summary>When a scan first found these tags; one that finds the same ones does not move it.</summary>
    public DateTimeOffset? ScanTime { get; init; }

    /// <summary>A sample of the tags: the first ten in descending order of their bytes.</summary>
    public IReadOnlyList<string> LatestTags { get => field ?? []; init; }
}
