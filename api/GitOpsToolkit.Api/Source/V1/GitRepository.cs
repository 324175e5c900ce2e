using System.Text.Json.Serialization;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Api.Schema;

namespace GitOpsToolkit.Api.Source.V1;

/// <summary>GitRepository fetches a Git repository and publishes its files as an artifact.</summary>
public sealed record GitRepository : ToolkitObject<GitRepositorySpec, GitRepositoryStatus>, IToolkitKind
{
    /// <summary>The names of the kind.</summary>
    public static ResourceKind ResourceKind { get; } = new()
    {
        Group = Groups.Source,
        Version = "v1",
        Kind = "GitRepository",
        Plural = "gitrepositories",
        Controller = ControllerNames.Source,
        ShortNames = ["gitrepo"],
        Categories = ["all", "fluxcd", "fluxcd-sources"],
        Columns = [new("URL", ".spec.url"), PrinterColumn.Age, PrinterColumn.Ready, PrinterColumn.Status],
    };

    /// <inheritdoc/>
    [JsonIgnore]
    public override ResourceKind Names => ResourceKind;

    /// <inheritdoc/>
    [JsonIgnore]
    public override bool IsSuspended => Spec.Suspend;
}

/// <summary>Which repository to fetch, what of it, and how.</summary>
[CelRule(
    "!has(self.serviceAccountName) || (has(self.provider) && (self.provider == 'azure' || self.provider == 'aws'))",
    "serviceAccountName can only be set when provider is 'azure' or 'aws'")]
public sealed record GitRepositorySpec : Extensible
{
    /// <summary>Address of the repository, with the scheme http, https or ssh. The short form host:path is not accepted.</summary>
    [Required, Pattern("^(http|https|ssh)://.*$")]
    public string Url { get => field ?? ""; init; }

    /// <summary>Secret with the credentials, in the same namespace: username and password, or bearerToken, or identity and known_hosts, or a GitHub App.</summary>
    public LocalObjectReference? SecretRef { get; init; }

    /// <summary>Where credentials come from. Generic, which is implied, means the Secret.</summary>
    [Enum("generic", "aws", "azure", "github")]
    public string? Provider { get; init; }

    /// <summary>ServiceAccount whose workload identity authenticates, for the providers azure and aws.</summary>
    public string? ServiceAccountName { get; init; }

    /// <summary>How often to look for a new revision; a little jitter is applied.</summary>
    [Required, Pattern(Patterns.Duration)]
    public GoDuration Interval { get; init; }

    /// <summary>The most time that one operation, such as a fetch, may take.</summary>
    [Default("\"60s\""), Pattern(Patterns.ShortDuration)]
    public GoDuration? Timeout { get; init; }

    /// <summary>What to check out; the branch master when absent.</summary>
    [JsonPropertyName("ref")]
    public GitRepositoryRef? Ref { get; init; }

    /// <summary>How to verify the signature of the fetched commit or tag.</summary>
    public GitRepositoryVerification? Verify { get; init; }

    /// <summary>Secret with address, username and password of a proxy, in the same namespace.</summary>
    public LocalObjectReference? ProxySecretRef { get; init; }

    /// <summary>Exclusions in .gitignore syntax. They replace the default exclusions and are applied after those of .sourceignore files.</summary>
    public string? Ignore { get; init; }

    /// <summary>Whether the controller leaves the object alone; its artifact stays available.</summary>
    public bool Suspend { get; init; }

    /// <summary>Whether submodules are fetched too, with the credentials of the repository.</summary>
    public bool RecurseSubmodules { get; init; }

    /// <summary>Other GitRepository objects whose artifacts are copied into this one's.</summary>
    public IReadOnlyList<GitRepositoryInclude> Include { get => field ?? []; init; }

    /// <summary>The only directories to take; each must exist in the repository.</summary>
    public IReadOnlyList<string> SparseCheckout { get => field ?? []; init; }
}

/// <summary>What to check out. Where several fields are set, commit wins, then name, tag, semver and branch.</summary>
public sealed record GitRepositoryRef : Extensible
{
    /// <summary>Branch; master when nothing else is set.</summary>
    public string? Branch { get; init; }

    /// <summary>Tag.</summary>
    public string? Tag { get; init; }

    /// <summary>Range of versions; the highest matching tag is taken.</summary>
    [JsonPropertyName("semver")]
    public string? SemVer { get; init; }

    /// <summary>Full name of a reference, such as refs/pull/420/head.</summary>
    public string? Name { get; init; }

    /// <summary>Hash of a commit; with a branch, the commit must be on it.</summary>
    public string? Commit { get; init; }
}

/// <summary>Which Git objects must be signed, and by whose keys.</summary>
public sealed record GitRepositoryVerification : Extensible
{
    /// <summary>The objects to verify: HEAD (the commit), Tag, or TagAndHEAD. The form head is an older spelling of HEAD.</summary>
    [Default("\"HEAD\""), Enum("head", "HEAD", "Tag", "TagAndHEAD")]
    public string? Mode { get; init; }

    /// <summary>Secret with the trusted public keys, in the same namespace: *.asc for OpenPGP, *.sshpub for SSH.</summary>
    [Required]
    public LocalObjectReference SecretRef { get => field ?? new(); init; }
}

/// <summary>A part of another GitRepository's artifact, and where to put it.</summary>
public sealed record GitRepositoryInclude : Extensible
{
    /// <summary>The GitRepository to include, in the same namespace.</summary>
    [Required]
    public LocalObjectReference Repository { get => field ?? new(); init; }

    /// <summary>The directory to take from the included artifact; its root when absent.</summary>
    public string? FromPath { get; init; }

    /// <summary>The directory to put it in; the name of the included GitRepository when absent.</summary>
    public string? ToPath { get; init; }
}

/// <summary>What was fetched.</summary>
public sealed record GitRepositoryStatus : ToolkitStatus
{
    /// <summary>The artifact of the last successful fetch.</summary>
    public Artifact? Artifact { get; init; }

    /// <summary>The artifacts that were included, in the order of spec.include.</summary>
    public IReadOnlyList<Artifact> IncludedArtifacts { get => field ?? []; init; }

    /// <summary>The exclusions which the artifact was built with.</summary>
    public string? ObservedIgnore { get; init; }

    /// <summary>Whether the artifact was built with submodules.</summary>
    public bool ObservedRecurseSubmodules { get; init; }

    /// <summary>The includes which the artifact was built with.</summary>
    public IReadOnlyList<GitRepositoryInclude> ObservedInclude { get => field ?? []; init; }

    /// <summary>The directories which the artifact was limited to.</summary>
    public IReadOnlyList<string> ObservedSparseCheckout { get => field ?? []; init; }

    /// <summary>The verification mode that last succeeded.</summary>
    public string? SourceVerificationMode { get; init; }
}
