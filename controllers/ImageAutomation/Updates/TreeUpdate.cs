using GitOpsToolkit.Controllers.ImageAutomation.Setters;

namespace GitOpsToolkit.Controllers.ImageAutomation.Updates;

/// <summary>What the edits of a whole tree come to; files are named from the repository's root.</summary>
internal sealed record TreeUpdate
{
    /// <summary>The files whose bytes change, with their content before.</summary>
    public required IReadOnlyList<(FileResult Result, byte[] Before)> Changed { get; init; }

    /// <summary>How many markers were found.</summary>
    public int Found { get; init; }

    /// <summary>How many had their value.</summary>
    public int UpToDate { get; init; }

    /// <summary>The markers nothing could be done about.</summary>
    public IReadOnlyList<UnresolvedMarker> Unresolved { get; init; } = [];

    /// <summary>All replaced values.</summary>
    public IEnumerable<SetterChange> Changes => Changed.SelectMany(file => file.Result.Changes);
}
