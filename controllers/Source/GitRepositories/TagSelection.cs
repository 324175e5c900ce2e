using GitOpsToolkit.Versioning;

namespace GitOpsToolkit.Controllers.Source.GitRepositories;

/// <summary>Picks tags by a range of versions.</summary>
internal static class TagSelection
{
    /// <summary>The tags that name the highest version in the range; several where they differ by build metadata alone.</summary>
    /// <exception cref="FormatException">The range is none.</exception>
    public static IReadOnlyList<string> Highest(string range, IReadOnlyList<string> tags)
    {
        var ordered = SemVerOrder.Descending(tags, SemVerRange.Parse(range));
        if (ordered.Count == 0 || !SemVer.TryParseThreeParts(ordered[0], out var highest))
        {
            return [];
        }

        return [.. ordered.TakeWhile(tag => SemVer.TryParseThreeParts(tag, out var version) && version == highest)];
    }
}
