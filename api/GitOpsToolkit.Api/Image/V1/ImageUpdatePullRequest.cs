using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Api.Schema;

namespace GitOpsToolkit.Api.Image.V1;

/// <summary>A pull request that an automation opened.</summary>
public sealed record ImageUpdatePullRequest : Extensible
{
    /// <summary>It waits for a decision.</summary>
    public const string Open = "Open";

    /// <summary>It was merged.</summary>
    public const string Merged = "Merged";

    /// <summary>It was closed without being merged: its versions are held.</summary>
    public const string Closed = "Closed";

    private static readonly Dictionary<string, string> NoPolicies = [];

    /// <summary>The branch whose commits it offers.</summary>
    [Required]
    public string Branch { get => field ?? ""; init; }

    /// <summary>The branch that they are offered to.</summary>
    [Required]
    public string Base { get => field ?? ""; init; }

    /// <summary>Its number within the repository.</summary>
    [Required]
    public long Number { get; init; }

    /// <summary>Its page.</summary>
    [Required]
    public string Url { get => field ?? ""; init; }

    /// <summary>Open, Merged or Closed.</summary>
    [Required]
    public string State { get => field ?? ""; init; }

    /// <summary>The versions that it offers, by the name of the policy: a tag, with @ and the digest where that is written.</summary>
    public IReadOnlyDictionary<string, string> Policies { get => field ?? NoPolicies; init; }
}
