using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace GitOpsToolkit.Versioning;

/// <summary>
/// A semantic version with 64-bit numbers, read the way image tags and Git tags are written: an optional <c>v</c>, missing parts
/// and leading zeros are fine unless <see cref="TryParseStrict"/> is asked. Ordered by SemVer 2 precedence, build metadata ignored.
/// </summary>
public readonly struct SemVer : IEquatable<SemVer>, IComparable<SemVer>
{
    /// <summary>Longer input is no version; it bounds the work a hostile tag or range can ask for.</summary>
    public const int MaxLength = 256;

    private readonly string? prerelease;
    private readonly string? metadata;
    private readonly string? original;

    internal SemVer(ulong major, ulong minor, ulong patch, string prerelease, string metadata, string? original)
    {
        Major = major;
        Minor = minor;
        Patch = patch;
        this.prerelease = prerelease;
        this.metadata = metadata;
        this.original = original;
    }

    /// <summary>The first number.</summary>
    public ulong Major { get; }

    /// <summary>The second number, 0 where it was left out.</summary>
    public ulong Minor { get; }

    /// <summary>The third number, 0 where it was left out.</summary>
    public ulong Patch { get; }

    /// <summary>The dot-separated identifiers after <c>-</c>; empty for a release.</summary>
    public string Prerelease => prerelease ?? "";

    /// <summary>The build metadata after <c>+</c>; empty where there is none. It never takes part in a comparison.</summary>
    public string Metadata => metadata ?? "";

    /// <summary>The text as it was given, for example <c>v1.2</c>.</summary>
    public string Original => original ?? ToString();

    /// <summary>True for a version with a prerelease part.</summary>
    public bool IsPrerelease => prerelease is { Length: > 0 };

    /// <summary>Whether the two are of equal precedence.</summary>
    public static bool operator ==(SemVer left, SemVer right) => left.CompareTo(right) == 0;

    /// <summary>Whether the two differ in precedence.</summary>
    public static bool operator !=(SemVer left, SemVer right) => left.CompareTo(right) != 0;

    /// <summary>Whether the left one has lower precedence.</summary>
    public static bool operator <(SemVer left, SemVer right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left one has higher precedence.</summary>
    public static bool operator >(SemVer left, SemVer right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left one has lower or equal precedence.</summary>
    public static bool operator <=(SemVer left, SemVer right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the left one has higher or equal precedence.</summary>
    public static bool operator >=(SemVer left, SemVer right) => left.CompareTo(right) >= 0;

    /// <summary>
    /// Reads a version leniently: <c>v1</c>, <c>1.2</c> and <c>01.2.3</c> are versions, <c>V1</c> and <c>1.2.3.4</c> are not.
    /// </summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out SemVer version) => SemVerParser.TryParse(text, text, out version, out _);

    /// <summary>Reads a version by the letter of SemVer 2: three numbers, no <c>v</c>, no leading zeros.</summary>
    public static bool TryParseStrict([NotNullWhen(true)] string? text, out SemVer version) =>
        SemVerParser.TryParseStrict(text, out version);

    /// <summary>
    /// Reads a version as Flux reads tags: leniently, but only where the text has at least two dots. So <c>1.2</c> is none, and
    /// <c>v1-rc.1.2</c> is 1.0.0-rc.1.2.
    /// </summary>
    public static bool TryParseThreeParts([NotNullWhen(true)] string? text, out SemVer version)
    {
        version = default;
        return text is not null && text.AsSpan().Count('.') >= 2 && TryParse(text, out version);
    }

    /// <summary>As <see cref="TryParseThreeParts"/>, without a string for the text: <see cref="Original"/> is the canonical form then.</summary>
    internal static bool TryReadThreeParts(ReadOnlySpan<char> text, out SemVer version)
    {
        version = default;
        return text.Count('.') >= 2 && SemVerParser.TryParse(text, original: null, out version, out _);
    }

    /// <summary>Reads a version leniently, as <see cref="TryParse"/>.</summary>
    /// <exception cref="FormatException">The text is no version; the message says why.</exception>
    public static SemVer Parse(string text) =>
        SemVerParser.TryParse(text, text, out var version, out var error) ? version : throw new FormatException(error);

    /// <inheritdoc/>
    public int CompareTo(SemVer other)
    {
        var order = Major.CompareTo(other.Major);
        order = order != 0 ? order : Minor.CompareTo(other.Minor);
        order = order != 0 ? order : Patch.CompareTo(other.Patch);
        return order != 0 ? order : ComparePrereleases(Prerelease, other.Prerelease);
    }

    /// <inheritdoc/>
    public bool Equals(SemVer other) => CompareTo(other) == 0;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is SemVer other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Major, Minor, Patch, Prerelease);

    /// <summary>The canonical form: three numbers, prerelease, metadata, no <c>v</c>.</summary>
    public override string ToString()
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}.{Patch}");
        text = IsPrerelease ? $"{text}-{Prerelease}" : text;
        return Metadata.Length > 0 ? $"{text}+{Metadata}" : text;
    }

    internal static int ComparePrereleases(string left, string right)
    {
        if (left.Length == 0 || right.Length == 0)
        {
            // A release ranks above its prereleases.
            return Math.Sign(right.Length.CompareTo(left.Length));
        }

        var lefts = left.AsSpan().Split('.');
        var rights = right.AsSpan().Split('.');
        while (true)
        {
            var hasLeft = lefts.MoveNext();
            var hasRight = rights.MoveNext();
            if (!hasLeft || !hasRight)
            {
                return hasLeft.CompareTo(hasRight);
            }

            var order = CompareIdentifiers(left.AsSpan()[lefts.Current], right.AsSpan()[rights.Current]);
            if (order != 0)
            {
                return order;
            }
        }
    }

    private static int CompareIdentifiers(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        var leftIsNumber = ulong.TryParse(left, NumberStyles.None, CultureInfo.InvariantCulture, out var leftNumber);
        var rightIsNumber = ulong.TryParse(right, NumberStyles.None, CultureInfo.InvariantCulture, out var rightNumber);
        return (leftIsNumber, rightIsNumber) switch
        {
            (true, true) => leftNumber.CompareTo(rightNumber),
            (true, false) => -1,
            (false, true) => 1,
            _ => Math.Sign(left.SequenceCompareTo(right)),
        };
    }
}
