using GitOpsToolkit.Versioning;

namespace GitOpsToolkit.Controllers.ImageAutomation.Sources;

/// <summary>Picks tags by a range of versions, as the source controller does.</summary>
internal static class TagSelection
{
    /// <summary>The tags that name the highest version in the range; several where they differ by build metadata alone.</summary>
    /// <exception cref="FormatException">The range is none.</exception>
    internal static IReadOnlyList<string> Highest(string range, IReadOnlyList<string> tags)
    {
        var ordered = SemVerOrder.Descending(tags, SemVerRange.Parse(range));
        return ordered.Count > 0 && SemVer.TryParseThreeParts(ordered[0], out var highest)
            ? [.. ordered.TakeWhile(tag => SemVer.TryParseThreeParts(tag, out var version) && version == highest)]
            : [];
    }
}
