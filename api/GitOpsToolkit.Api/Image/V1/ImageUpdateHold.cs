using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Api.Schema;

namespace GitOpsToolkit.Api.Image.V1;

/// <summary>A version of a policy's image that an automation does not write, nor any below it; a higher one ends the hold.</summary>
public sealed record ImageUpdateHold : Extensible
{
    /// <summary>Somebody reverted the automation's commit.</summary>
    public const string Reverted = "Reverted";

    /// <summary>Somebody set the value to a lower one.</summary>
    public const string Lowered = "Lowered";

    /// <summary>The pull request with the version was closed without being merged.</summary>
    public const string PullRequestClosed = "PullRequestClosed";

    /// <summary>The value went to and fro between two versions.</summary>
    public const string Flapping = "Flapping";

    /// <summary>The name of the policy.</summary>
    [Required]
    public string Policy { get => field ?? ""; init; }

    /// <summary>The version: a tag; with @ and a digest where that image alone is held; a name or digest where the marker asks for that part.</summary>
    [Required]
    public string Version { get => field ?? ""; init; }

    /// <summary>The other version where the value went to and fro between two: it is not written either.</summary>
    public string? Other { get; init; }

    /// <summary>Why: Reverted, Lowered, PullRequestClosed or Flapping.</summary>
    [Required]
    public string Reason { get => field ?? ""; init; }

    /// <summary>Who took the version back, as name and mail address; absent where that could not be found out.</summary>
    public string? By { get; init; }

    /// <summary>When that was; when it was seen, where nobody is named.</summary>
    [Required]
    public DateTimeOffset At { get; init; }

    /// <summary>The commit which did so, or the one in which it was seen where nobody is named.</summary>
    public string? Commit { get; init; }

    /// <summary>The address of the pull request that was closed.</summary>
    public string? Url { get; init; }

    /// <summary>The markers that the hold is for; every marker of the policy when absent.</summary>
    public IReadOnlyList<HeldMarker> Markers { get => field ?? []; init; }
}

/// <summary>Where a held marker stands, in a form that outlives moved lines.</summary>
public sealed record HeldMarker : Extensible
{
    /// <summary>The file, from the root of the repository.</summary>
    [Required]
    public string File { get => field ?? ""; init; }

    /// <summary>Kind, namespace and name of the object as far as the file says them, # and the JSON pointer to the value.</summary>
    [Required]
    public string Path { get => field ?? ""; init; }
}

/// <summary>A marker whose value went back to what it was before.</summary>
public sealed record ValueReversal : Extensible
{
    /// <summary>The name of the policy.</summary>
    [Required]
    public string Policy { get => field ?? ""; init; }

    /// <summary>The marker.</summary>
    [Required]
    public HeldMarker Marker { get => field ?? new(); init; }

    /// <summary>The two values, the one that stands there now first.</summary>
    [Required]
    public IReadOnlyList<string> Values { get => field ?? []; init; }

    /// <summary>How often the value went back.</summary>
    [Required]
    public int Times { get; init; }

    /// <summary>When it did so last.</summary>
    [Required]
    public DateTimeOffset At { get; init; }
}
