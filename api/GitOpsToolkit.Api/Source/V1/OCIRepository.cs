using System.Text.Json.Serialization;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Api.Schema;

namespace GitOpsToolkit.Api.Source.V1;

/// <summary>OCIRepository pulls an artifact from a container registry and publishes its files.</summary>
public sealed record OCIRepository : ToolkitObject<OCIRepositorySpec, OCIRepositoryStatus>, IToolkitKind
{
    /// <summary>The names of the kind.</summary>
    public static ResourceKind ResourceKind { get; } = new()
    {
        Group = Groups.Source,
        Version = "v1",
        Kind = "OCIRepository",
        Plural = "ocirepositories",
        Controller = ControllerNames.Source,
        ShortNames = ["ocirepo"],
        Categories = ["all", "fluxcd", "fluxcd-sources"],
        Columns = [new("URL", ".spec.url"), PrinterColumn.Ready, PrinterColumn.Status, PrinterColumn.Age],
    };

    /// <inheritdoc/>
    [JsonIgnore]
    public override ResourceKind Names => ResourceKind;

    /// <inheritdoc/>
    [JsonIgnore]
    public override bool IsSuspended => Spec.Suspend;
}

/// <summary>Which artifact to pull, and how.</summary>
public sealed record OCIRepositorySpec : Extensible
{
    /// <summary>Address of the repository in the registry, with the scheme oci and without a tag.</summary>
    [Required, Pattern("^oci://.*$")]
    public string Url { get => field ?? ""; init; }

    /// <summary>Which manifest to pull; the tag latest when absent.</summary>
    [JsonPropertyName("ref")]
    public OCIRepositoryRef? Ref { get; init; }

    /// <summary>Which layer of the manifest to take, and how; the first one, unpacked, when absent.</summary>
    public OCILayerSelector? LayerSelector { get; init; }

    /// <summary>Where registry credentials come from.</summary>
    [Default("\"generic\""), Enum("generic", "aws", "azure", "gcp")]
    public string? Provider { get; init; }

    /// <summary>Secret of the type kubernetes.io/dockerconfigjson with the registry login, in the same namespace.</summary>
    public LocalObjectReference? SecretRef { get; init; }

    /// <summary>How to verify the signature of the artifact.</summary>
    public OCIRepositoryVerification? Verify { get; init; }

    /// <summary>ServiceAccount whose image pull secrets, or workload identity, authenticate.</summary>
    public string? ServiceAccountName { get; init; }

    /// <summary>Secret with ca.crt, and tls.crt with tls.key for a client certificate, in the same namespace.</summary>
    public LocalObjectReference? CertSecretRef { get; init; }

    /// <summary>Secret with address, username and password of a proxy, in the same namespace.</summary>
    public LocalObjectReference? ProxySecretRef { get; init; }

    /// <summary>How often to look for a new revision; a little jitter is applied.</summary>
    [Required, Pattern(Patterns.Duration)]
    public GoDuration Interval { get; init; }

    /// <summary>The most time that the remote operations may take.</summary>
    [Default("\"60s\""), Pattern(Patterns.ShortDuration)]
    public GoDuration? Timeout { get; init; }

    /// <summary>Exclusions in .gitignore syntax. They replace the default exclusions and are applied after those of .sourceignore files.</summary>
    public string? Ignore { get; init; }

    /// <summary>Whether plain HTTP is allowed.</summary>
    public bool Insecure { get; init; }

    /// <summary>Whether the controller leaves the object alone; its artifact stays available.</summary>
    public bool Suspend { get; init; }
}

/// <summary>Which manifest to pull. Where several fields are set, digest wins, then semver and tag.</summary>
public sealed record OCIRepositoryRef : Extensible
{
    /// <summary>Digest of the manifest, in the form sha256:….</summary>
    public string? Digest { get; init; }

    /// <summary>Range of versions; the highest matching tag is taken.</summary>
    [JsonPropertyName("semver")]
    public string? SemVer { get; init; }

    /// <summary>Regular expression; only tags that match it are compared with the range.</summary>
    [JsonPropertyName("semverFilter")]
    public string? SemVerFilter { get; init; }

    /// <summary>Tag; latest when nothing else is set.</summary>
    public string? Tag { get; init; }
}

/// <summary>Which layer to take, and how.</summary>
public sealed record OCILayerSelector : Extensible
{
    /// <summary>The first layer of this media type is taken; the first of all when absent.</summary>
    public string? MediaType { get; init; }

    /// <summary>Extract, which is implied, unpacks the layer and packs its files anew; copy keeps the layer as it is.</summary>
    [Enum("extract", "copy")]
    public string? Operation { get; init; }
}

/// <summary>The tool and the keys or identities that verify an artifact.</summary>
public sealed record OCIRepositoryVerification : Extensible
{
    /// <summary>The tool that made the signature.</summary>
    [Required, Default("\"cosign\""), Enum("cosign", "notation")]
    public string Provider { get => field ?? ""; init; }

    /// <summary>Secret with the trusted keys, in the same namespace; without it cosign verifies keyless signatures.</summary>
    public LocalObjectReference? SecretRef { get; init; }

    /// <summary>The identities accepted for keyless signatures; one of them must match.</summary>
    [JsonPropertyName("matchOIDCIdentity")]
    public IReadOnlyList<OIDCIdentityMatch> MatchOIDCIdentity { get => field ?? []; init; }

    /// <summary>Secret with trusted_root.json of a Sigstore installation of one's own, in the same namespace.</summary>
    public LocalObjectReference? TrustedRootSecretRef { get; init; }
}

/// <summary>An identity in the certificate of a keyless signature.</summary>
public sealed record OIDCIdentityMatch : Extensible
{
    /// <summary>Regular expression for the issuer.</summary>
    [Required]
    public string Issuer { get => field ?? ""; init; }

    /// <summary>Regular expression for the subject.</summary>
    [Required]
    public string Subject { get => field ?? ""; init; }
}

/// <summary>What was pulled.</summary>
public sealed record OCIRepositoryStatus : ToolkitStatus
{
    /// <summary>Address of the latest artifact.</summary>
    public string? Url { get; init; }

    /// <summary>The artifact of the last successful pull.</summary>
    public Artifact? Artifact { get; init; }

    /// <summary>The exclusions which the artifact was built with.</summary>
    public string? ObservedIgnore { get; init; }

    /// <summary>The layer selector which the artifact was built with.</summary>
    public OCILayerSelector? ObservedLayerSelector { get; init; }
}
