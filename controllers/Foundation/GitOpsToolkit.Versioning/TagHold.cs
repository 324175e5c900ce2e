namespace GitOpsToolkit.Versioning;

/// <summary>A version that somebody holds back.</summary>
/// <param name="Version">A tag; or, for a semver policy, a version or range of versions.</param>
/// <param name="Reason">Why.</param>
/// <param name="Author">Who says so.</param>
/// <param name="Until">When the hold ends; null for never.</param>
public sealed record TagHold(string Version, string? Reason = null, string? Author = null, DateTimeOffset? Until = null)
{
    private readonly SemVerRange? range = SemVerRange.TryParse(Version, out var parsed, out _) ? parsed : null;

    /// <summary>Whether the hold is on at a time.</summary>
    public bool IsOn(DateTimeOffset now) => Until is null || now < Until;

    internal bool Holds(ReadOnlySpan<char> tag, SemVer? version) =>
        tag.SequenceEqual(Version) || (version is { } given && range?.Contains(given, includePrerelease: true) == true);
}
