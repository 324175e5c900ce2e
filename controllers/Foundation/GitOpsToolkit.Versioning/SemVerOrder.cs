namespace GitOpsToolkit.Versioning;

/// <summary>Orders tags by the versions they name.</summary>
public static class SemVerOrder
{
    /// <summary>
    /// The tags that name a version (read with <see cref="SemVer.TryParseThreeParts"/>) within the range, highest first; equal versions
    /// in the order of the input. Where only the highest is wanted, <see cref="SemVerRange.Highest"/> is cheaper.
    /// </summary>
    /// <param name="tags">The tags, in any order.</param>
    /// <param name="range">Only versions in this range; null for all.</param>
    public static IReadOnlyList<string> Descending(IEnumerable<string> tags, SemVerRange? range = null)
    {
        var versions = new List<SemVer>();
        foreach (var tag in tags)
        {
            if (SemVer.TryParseThreeParts(tag, out var version) && (range is null || range.Contains(version)))
            {
                versions.Add(version);
            }
        }

        return [.. versions.OrderDescending().Select(version => version.Original)];
    }
}
