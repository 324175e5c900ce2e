using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace GitOpsToolkit.Versioning;

/// <summary>
/// A set of versions written as a range, in the syntax that Flux documents (<c>&gt;=1.0 &lt;2</c>, <c>^1.2</c>, <c>~1.2.x</c>, <c>1.2 -
/// 1.4</c>, <c>1.x || 3.x</c>), or as an interval (<c>[1.2,2.0)</c>). A prerelease version is in the range only if some item of the same
/// group names a prerelease, for example <c>&gt;=1.0.0-0</c>.
/// </summary>
public sealed class SemVerRange
{
    /// <summary>Longer input is refused.</summary>
    public const int MaxLength = 4096;

    private const string Space = @"[\t\n\f\r ]";
    private const string PartialVersion = @"v?[0-9|xX*]+(?:\.[0-9|xX*]+)?(?:\.[0-9|xX*]+)?"
        + @"(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?";

    // The blanks around a hyphen range belong to it: "3 1 - 2" therefore does not parse, while "3, 1 - 2" does.
    private static readonly Regex HyphenRange = new(
        $"{Space}*(?<from>{PartialVersion}){Space}+-{Space}+(?<to>{PartialVersion}){Space}*",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant);

    private readonly RangeGroup[] groups;
    private readonly string text;

    private SemVerRange(string text, RangeGroup[] groups)
    {
        this.text = text;
        this.groups = groups;
    }

    /// <summary>Reads a range.</summary>
    /// <param name="text">The range, for example <c>&gt;=1.0.0 &lt;2.0.0</c>.</param>
    /// <param name="range">The range, or null.</param>
    /// <param name="error">What is wrong with the text, or null.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out SemVerRange? range, [NotNullWhen(false)] out string? error)
    {
        range = null;
        if (text.Length > MaxLength)
        {
            error = $"improper constraint: longer than {MaxLength} characters";
            return false;
        }

        if (VersionInterval.Looks(text))
        {
            if (!VersionInterval.TryParse(text, out var interval, out error))
            {
                return false;
            }

            range = new SemVerRange(text, [interval]);
            return true;
        }

        var alternatives = HyphenRange.Replace(text, ">= ${from}, <= ${to} ").Split("||");
        var parsed = new RangeGroup[alternatives.Length];
        for (var i = 0; i < alternatives.Length; i++)
        {
            if (!RangeParser.TryParse(alternatives[i], out var group, out error))
            {
                return false;
            }

            parsed[i] = group;
        }

        range = new SemVerRange(text, parsed);
        error = null;
        return true;
    }

    /// <summary>Reads a range, as <see cref="TryParse"/>.</summary>
    /// <exception cref="FormatException">The text is no range; the message says why.</exception>
    public static SemVerRange Parse(string text) => TryParse(text, out var range, out var error) ? range : throw new FormatException(error);

    /// <summary>Whether the version is in the range.</summary>
    /// <param name="version">The version to look at.</param>
    /// <param name="includePrerelease">Look at prereleases even where the range names none.</param>
    public bool Contains(SemVer version, bool includePrerelease = false)
    {
        foreach (var group in groups)
        {
            if (group.Contains(version, includePrerelease))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// The tag with the highest version in the range, read with <see cref="SemVer.TryParseThreeParts"/>; of equal versions the first.
    /// Tags that are no versions are passed over; null where none is left. One pass, no sorting.
    /// </summary>
    public string? Highest(IEnumerable<string> tags)
    {
        string? best = null;
        SemVer highest = default;
        foreach (var tag in tags)
        {
            if (SemVer.TryParseThreeParts(tag, out var version) && (best is null || version > highest) && Contains(version))
            {
                best = tag;
                highest = version;
            }
        }

        return best;
    }

    /// <summary>The range as it was written.</summary>
    public override string ToString() => text;
}
