using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Api.Schema;

namespace GitOpsToolkit.Api.Image.V1;

/// <summary>The markers of a repository: found = changed + upToDate + unresolved.</summary>
public sealed record MarkerStatus : Extensible
{
    private static readonly UnresolvedMarkerStatus[] NoProblems = [];

    /// <summary>How many there are; a file that has some and cannot be read counts as one.</summary>
    [Required]
    public int Found { get; init; }

    /// <summary>How many values were replaced by the last run that replaced any, if the markers are still the same.</summary>
    [Required]
    public int Changed { get; init; }

    /// <summary>How many had their value.</summary>
    [Required]
    public int UpToDate { get; init; }

    /// <summary>How many nothing could be done about.</summary>
    [Required]
    public int Unresolved { get; init; }

    /// <summary>The first 50 of the unresolved ones, in the order of their files.</summary>
    public IReadOnlyList<UnresolvedMarkerStatus> Problems { get => field ?? NoProblems; init; }
}

/// <summary>A marker that nothing could be done about.</summary>
public sealed record UnresolvedMarkerStatus : Extensible
{
    /// <summary>The file, from the root of the repository.</summary>
    [Required]
    public string File { get => field ?? ""; init; }

    /// <summary>The line, from 1.</summary>
    [Required]
    public int Line { get; init; }

    /// <summary>What the marker names; absent where a whole file is meant.</summary>
    public string? Setter { get; init; }

    /// <summary>Why, in one word: NoSuchPolicy, NotSelected, NoImage, MalformedSetter, IllegalPlace, Unparsable and others.</summary>
    [Required]
    public string Reason { get => field ?? ""; init; }

    /// <summary>Why, in words.</summary>
    [Required]
    public string Message { get => field ?? ""; init; }
}
