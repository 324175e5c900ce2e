using System.Text.Json.Serialization;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Api.Schema;

namespace GitOpsToolkit.Api.Image.V1;

/// <summary>ImagePolicy elects one of the tags that an ImageRepository found.</summary>
public sealed record ImagePolicy : ToolkitObject<ImagePolicySpec, ImagePolicyStatus>, IToolkitKind
{
    /// <summary>The names of the kind.</summary>
    public static ResourceKind ResourceKind { get; } = new()
    {
        Group = Groups.Image,
        Version = "v1",
        Kind = "ImagePolicy",
        Plural = "imagepolicies",
        Controller = ControllerNames.ImageReflector,
        ShortNames = ["imgpol", "imagepol"],
        Categories = ["all", "fluxcd", "fluxcd-images"],
        Columns =
        [
            new("Image", ".status.latestRef.name"), new("Tag", ".status.latestRef.tag"), PrinterColumn.Ready, PrinterColumn.Status, PrinterColumn.Age,
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

/// <summary>Which tags to consider, and how to elect one.</summary>
[CelRule(
    "!has(self.interval) || (has(self.digestReflectionPolicy) && self.digestReflectionPolicy == 'Always')",
    "spec.interval is only accepted when spec.digestReflectionPolicy is set to 'Always'")]
[CelRule(
    "has(self.interval) || !has(self.digestReflectionPolicy) || self.digestReflectionPolicy != 'Always'",
    "spec.interval must be set when spec.digestReflectionPolicy is set to 'Always'")]
public sealed record ImagePolicySpec : Extensible
{
    /// <summary>The ImageRepository whose tags are considered.</summary>
    [Required]
    public NamespacedObjectReference ImageRepositoryRef { get => field ?? new(); init; }

    /// <summary>How to elect a tag: the first of semver, alphabetical and numerical that is set.</summary>
    [Required]
    public ImagePolicyChoice Policy { get => field ?? new(); init; }

    /// <summary>Which tags to consider, and which part of them; all, whole, when absent.</summary>
    public TagFilter? FilterTags { get; init; }

    /// <summary>When to look up the digest of the elected tag: Never; IfNotPresent, once; or Always, again at each interval.</summary>
    [Default("\"Never\""), Enum("Always", "IfNotPresent", "Never")]
    public string? DigestReflectionPolicy { get; init; }

    /// <summary>How often to look up the digest again; only with the policy Always, and then required.</summary>
    [Pattern(Patterns.Duration)]
    public GoDuration? Interval { get; init; }

    /// <summary>Whether the controller leaves the object alone.</summary>
    public bool Suspend { get; init; }
}

/// <summary>How to elect a tag.</summary>
public sealed record ImagePolicyChoice : Extensible
{
    /// <summary>Elects the highest version in a range.</summary>
    [JsonPropertyName("semver")]
    public SemVerPolicy? SemVer { get; init; }

    /// <summary>Elects by the order of the bytes.</summary>
    public AlphabeticalPolicy? Alphabetical { get; init; }

    /// <summary>Elects by the order of numbers.</summary>
    public NumericalPolicy? Numerical { get; init; }
}

/// <summary>Elects the highest version in a range.</summary>
public sealed record SemVerPolicy : Extensible
{
    /// <summary>The range of versions, such as ^1.2 or &gt;=1.0.0 &lt;2.0.0.</summary>
    [Required]
    public string Range { get => field ?? ""; init; }
}

/// <summary>Elects by the order of the bytes.</summary>
public sealed record AlphabeticalPolicy : Extensible
{
    /// <summary>With asc the last one in the order is elected, with desc the first.</summary>
    [Default("\"asc\""), Enum("asc", "desc")]
    public string? Order { get; init; }
}

/// <summary>Elects by the order of numbers.</summary>
public sealed record NumericalPolicy : Extensible
{
    /// <summary>With asc the largest number is elected, with desc the smallest.</summary>
    [Default("\"asc\""), Enum("asc", "desc")]
    public string? Order { get; init; }
}

/// <summary>Which tags to consider, and which part of them.</summary>
public sealed record TagFilter : Extensible
{
    /// <summary>Regular expression that the tags must match.</summary>
    public string? Pattern { get; init; }

    /// <summary>What the policy compares, made of the groups of the pattern, such as $timestamp; the whole tag when absent.</summary>
    public string? Extract { get; init; }
}

/// <summary>What was elected.</summary>
public sealed record ImagePolicyStatus : ToolkitStatus
{
    /// <summary>The elected image.</summary>
    public ImageRef? LatestRef { get; init; }

    /// <summary>The image that was elected before.</summary>
    public ImageRef? ObservedPreviousRef { get; init; }

    /// <summary>The last election in numbers.</summary>
    public ElectionSummary? Election { get; init; }
}

/// <summary>An election in numbers; gitops image explain tells the same tag by tag.</summary>
public sealed record ElectionSummary : Extensible
{
    /// <summary>The tags of the ImageRepository.</summary>
    public int Considered { get; init; }

    /// <summary>Those that could have been elected.</summary>
    public int Eligible { get; init; }

    /// <summary>The others by the reason that refused them, in the order of the checks.</summary>
    public IReadOnlyList<RefusedTags> Refused { get => field ?? []; init; }

    /// <summary>When the elected tag was first seen; only where the annotation newest is set.</summary>
    public DateTimeOffset? FirstSeen { get; init; }
}

/// <summary>How many tags were refused for a reason.</summary>
public sealed record RefusedTags : Extensible
{
    /// <summary>The reason.</summary>
    [Required]
    public string Reason { get => field ?? ""; init; }

    /// <summary>How many.</summary>
    [Required]
    public int Tags { get; init; }
}

/// <summary>An image by name, tag and, where known, digest.</summary>
public sealed record ImageRef : Extensible
{
    /// <summary>The name of the image, without tag.</summary>
    [Required]
    public string Name { get => field ?? ""; init; }

    /// <summary>The tag.</summary>
    [Required]
    public string Tag { get => field ?? ""; init; }

    /// <summary>The digest, in the form sha256:….</summary>
    public string? Digest { get; init; }
}
