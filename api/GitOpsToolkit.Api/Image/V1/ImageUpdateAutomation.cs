using System.Text.Json.Serialization;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Api.Schema;
using GitOpsToolkit.Api.Source.V1;

namespace GitOpsToolkit.Api.Image.V1;

/// <summary>ImageUpdateAutomation writes the images that policies elected into a Git repository.</summary>
public sealed record ImageUpdateAutomation : ToolkitObject<ImageUpdateAutomationSpec, ImageUpdateAutomationStatus>, IToolkitKind
{
    /// <summary>The names of the kind.</summary>
    public static ResourceKind ResourceKind { get; } = new()
    {
        Group = Groups.Image,
        Version = "v1",
        Kind = "ImageUpdateAutomation",
        Plural = "imageupdateautomations",
        Controller = ControllerNames.ImageAutomation,
        ShortNames = ["iua", "imgupd", "imgauto"],
        Categories = ["all", "fluxcd", "fluxcd-images"],
        Columns =
        [
            PrinterColumn.Ready, PrinterColumn.Status, new("Last run", ".status.lastAutomationRunTime", Priority: 1), PrinterColumn.Age,
        ],
    };

    /// <inheritdoc/>
    [JsonIgnore]
    public override ResourceKind Names => ResourceKind;

    /// <inheritdoc/>
    [JsonIgnore]
    public override bool IsSuspended => Spec.Suspend;
}

/// <summary>Which repository to update, from which policies, and how to commit and push.</summary>
public sealed record ImageUpdateAutomationSpec : Extensible
{
    /// <summary>The source with the address and credentials of the Git repository.</summary>
    [Required]
    public AutomationSourceReference SourceRef { get => field ?? new(); init; }

    /// <summary>What to check out, and how to commit and push. In practice always needed.</summary>
    public GitSpec? Git { get; init; }

    /// <summary>The least time between two runs.</summary>
    [Required, Pattern(Patterns.Duration)]
    public GoDuration Interval { get; init; }

    /// <summary>Which policies of the namespace take part; all when absent.</summary>
    [Atomic]
    public LabelSelector? PolicySelector { get; init; }

    /// <summary>How and where to update the files.</summary>
    [Default("""{"strategy":"Setters"}""")]
    public UpdateStrategy? Update { get; init; }

    /// <summary>Whether the controller leaves the object alone.</summary>
    public bool Suspend { get; init; }
}

/// <summary>The source of an automation, optionally in another namespace.</summary>
public sealed record AutomationSourceReference : Extensible
{
    /// <summary>Group and version of the source; it does not take part in the lookup.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>Kind of the source.</summary>
    [Required, Default("\"GitRepository\""), Enum("GitRepository")]
    public string Kind { get => field ?? ""; init; }

    /// <summary>Name of the source.</summary>
    [Required]
    public string Name { get => field ?? ""; init; }

    /// <summary>Namespace of the source; when absent, that of the automation.</summary>
    public string? Namespace { get; init; }
}

/// <summary>What to check out, and how to commit and push.</summary>
public sealed record GitSpec : Extensible
{
    /// <summary>What to build commits on; when absent, what the GitRepository checks out.</summary>
    public GitCheckoutSpec? Checkout { get; init; }

    /// <summary>How to make commits.</summary>
    [Required]
    public CommitSpec Commit { get => field ?? new(); init; }

    /// <summary>Where to push commits; to the branch that was checked out when absent.</summary>
    public PushSpec? Push { get; init; }
}

/// <summary>What to build commits on.</summary>
public sealed record GitCheckoutSpec : Extensible
{
    /// <summary>The reference to check out.</summary>
    [Required]
    [JsonPropertyName("ref")]
    public GitRepositoryRef Ref { get => field ?? new(); init; }
}

/// <summary>How to make commits.</summary>
public sealed record CommitSpec : Extensible
{
    private static readonly Dictionary<string, string> NoEntries = [];

    /// <summary>The author, who is the committer too.</summary>
    [Required]
    public CommitUser Author { get => field ?? new(); init; }

    /// <summary>The key to sign commits with.</summary>
    public SigningKey? SigningKey { get; init; }

    /// <summary>Template of the commit message; "Update from image update automation" when absent.</summary>
    public string? MessageTemplate { get; init; }

    /// <summary>Values for the template, which finds them under .Values.</summary>
    public IReadOnlyDictionary<string, string> MessageTemplateValues { get => field ?? NoEntries; init; }
}

/// <summary>A person or program that commits.</summary>
public sealed record CommitUser : Extensible
{
    /// <summary>Name.</summary>
    public string? Name { get; init; }

    /// <summary>Mail address.</summary>
    [Required]
    public string Email { get => field ?? ""; init; }
}

/// <summary>A key to sign commits with.</summary>
public sealed record SigningKey : Extensible
{
    /// <summary>Secret with the key, in the same namespace: git.asc with passphrase for gpg, identity with password for ssh.</summary>
    [Required]
    public LocalObjectReference SecretRef { get => field ?? new(); init; }

    /// <summary>Kind of the key: gpg, which is implied, or ssh.</summary>
    [Enum("gpg", "ssh")]
    public string? Type { get; init; }
}

/// <summary>Where to push commits.</summary>
public sealed record PushSpec : Extensible
{
    private static readonly Dictionary<string, string> NoEntries = [];

    /// <summary>The branch to push to; it is created when the remote does not have it.</summary>
    public string? Branch { get; init; }

    /// <summary>A refspec to push in addition to the branch, or alone when no branch is given.</summary>
    public string? Refspec { get; init; }

    /// <summary>Push options that are sent to the server.</summary>
    public IReadOnlyDictionary<string, string> Options { get => field ?? NoEntries; init; }
}

/// <summary>How and where to update the files.</summary>
public sealed record UpdateStrategy : Extensible
{
    /// <summary>The way to find what to update: Setters, by the markers in comments.</summary>
    [Default("\"Setters\""), Enum("Setters")]
    public string? Strategy { get; init; }

    /// <summary>The directory with the files to update; the root of the repository when absent.</summary>
    public string? Path { get; init; }
}

/// <summary>What the last run did.</summary>
public sealed record ImageUpdateAutomationStatus : ToolkitStatus
{
    private static readonly Dictionary<string, ImageRef> NoPolicies = [];

    /// <summary>When the last run began.</summary>
    public DateTimeOffset? LastAutomationRunTime { get; init; }

    /// <summary>Hash of the last commit that was pushed.</summary>
    public string? LastPushCommit { get; init; }

    /// <summary>When a commit was last pushed.</summary>
    public DateTimeOffset? LastPushTime { get; init; }

    /// <summary>The images of the policies that the last run considered, by the name of the policy.</summary>
    public IReadOnlyDictionary<string, ImageRef> ObservedPolicies { get => field ?? NoPolicies; init; }

    /// <summary>The revision of the source that the last run considered.</summary>
    public string? ObservedSourceRevision { get; init; }

    /// <summary>The tip of the push branch that the last run left, where that is another branch than the source's.</summary>
    public string? ObservedPushRevision { get; init; }

    /// <summary>Versions that are not written, because people took them back; at most 100.</summary>
    public IReadOnlyList<ImageUpdateHold> Holds { get => field ?? []; init; }

    /// <summary>Markers whose value went to and fro lately; at most 50.</summary>
    public IReadOnlyList<ValueReversal> Reversals { get => field ?? []; init; }

    /// <summary>The value of the annotation gitopstoolkit.dev/release that the controller acted on last.</summary>
    public string? LastHandledRelease { get; init; }

    /// <summary>The pull requests that the automation opened last, one for each of its branches; see the annotation gitopstoolkit.dev/pull-request.</summary>
    public IReadOnlyList<ImageUpdatePullRequest> PullRequests { get => field ?? []; init; }

    /// <summary>The markers that the last run met, every one accounted for. A run that changes nothing and meets the same ones leaves it as it is.</summary>
    public MarkerStatus? Markers { get; init; }
}
