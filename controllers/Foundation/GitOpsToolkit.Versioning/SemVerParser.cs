using System.Globalization;

namespace GitOpsToolkit.Versioning;

/// <summary>Reads versions by hand: tags come by the hundred thousand, and a regular expression would allocate for each of them.</summary>
internal static class SemVerParser
{
    /// <param name="text">What to read.</param>
    /// <param name="original">The text as a string where one is at hand.</param>
    /// <param name="version">The version.</param>
    /// <param name="error">What is wrong; told only where there is an original.</param>
    internal static bool TryParse(ReadOnlySpan<char> text, string? original, out SemVer version, out string error)
    {
        version = default;
        error = "";
        if (!TrySplit(text, out var parts))
        {
            error = original is null ? "" : $"'{Shorten(text)}' is no semantic version (expected for example 1.2.3, v1.2 or 1.2.3-rc.1)";
            return false;
        }

        if (!TryNumber(parts.Major, out var major) || !TryNumber(parts.Minor, out var minor) || !TryNumber(parts.Patch, out var patch))
        {
            error = original is null ? "" : $"'{Shorten(text)}' has a number above {ulong.MaxValue}";
            return false;
        }

        if (HasLeadingZero(parts.Prerelease))
        {
            error = original is null ? "" : $"'{Shorten(text)}' has a numeric prerelease identifier that starts with 0";
            return false;
        }

        version = new SemVer(major, minor, patch, parts.Prerelease.ToString(), parts.Metadata.ToString(), original);
        return true;
    }

    internal static bool TryParseStrict(string? text, out SemVer version)
    {
        version = default;
        if (text is null || !TrySplit(text, out var parts) || text[0] == 'v' || parts.Patch.IsEmpty)
        {
            return false;
        }

        return !HasLeadingZero(parts.Major) && !HasLeadingZero(parts.Minor) && !HasLeadingZero(parts.Patch)
            && TryParse(text, text, out version, out _);
    }

    /// <summary>
    /// Takes the length of a dot-separated list of non-empty identifiers [0-9A-Za-z-] at the start of the text, 0 for none.
    /// </summary>
    internal static int IdentifiersLength(ReadOnlySpan<char> text)
    {
        var length = 0;
        while (true)
        {
            var run = RunLength(text[length..], static c => char.IsAsciiLetterOrDigit(c) || c == '-');
            if (run == 0)
            {
                // The dot before a missing identifier is not part of the list.
                return Math.Max(0, length - 1);
            }

            length += run;
            if (length == text.Length || text[length] != '.')
            {
                return length;
            }

            length++;
        }
    }

    internal static int RunLength(ReadOnlySpan<char> text, Func<char, bool> accept)
    {
        var length = 0;
        while (length < text.Length && accept(text[length]))
        {
            length++;
        }

        return length;
    }

    private static bool TrySplit(ReadOnlySpan<char> text, out Parts parts)
    {
        parts = default;
        if (text.Length is 0 or > SemVer.MaxLength)
        {
            return false;
        }

        var rest = text[(text[0] == 'v' ? 1 : 0)..];
        parts.Major = TakeDigits(ref rest);
        parts.Minor = TakeDotDigits(ref rest);
        parts.Patch = parts.Minor.IsEmpty ? default : TakeDotDigits(ref rest);
        parts.Prerelease = TakeIdentifiers(ref rest, '-');
        parts.Metadata = TakeIdentifiers(ref rest, '+');
        return !parts.Major.IsEmpty && rest.IsEmpty;
    }

    private static ReadOnlySpan<char> TakeDigits(scoped ref ReadOnlySpan<char> rest)
    {
        var length = RunLength(rest, char.IsAsciiDigit);
        var digits = rest[..length];
        rest = rest[length..];
        return digits;
    }

    private static ReadOnlySpan<char> TakeDotDigits(scoped ref ReadOnlySpan<char> rest)
    {
        if (rest.Length < 2 || rest[0] != '.' || !char.IsAsciiDigit(rest[1]))
        {
            return default;
        }

        rest = rest[1..];
        return TakeDigits(ref rest);
    }

    private static ReadOnlySpan<char> TakeIdentifiers(scoped ref ReadOnlySpan<char> rest, char mark)
    {
        if (rest.IsEmpty || rest[0] != mark)
        {
            return default;
        }

        var length = IdentifiersLength(rest[1..]);
        if (length == 0)
        {
            return default;
        }

        var identifiers = rest.Slice(1, length);
        rest = rest[(1 + length)..];
        return identifiers;
    }

    private static bool TryNumber(ReadOnlySpan<char> digits, out ulong number)
    {
        number = 0;
        return digits.IsEmpty || ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    private static bool HasLeadingZero(ReadOnlySpan<char> identifiers)
    {
        foreach (var range in identifiers.Split('.'))
        {
            var identifier = identifiers[range];
            if (identifier.Length > 1 && identifier[0] == '0' && !identifier.ContainsAnyExceptInRange('0', '9'))
            {
                return true;
            }
        }

        return false;
    }

    private static string Shorten(ReadOnlySpan<char> text) => text.Length > 64 ? $"{text[..64]}…" : text.ToString();

    private ref struct Parts
    {
        public ReadOnlySpan<char> Major;
        public ReadOnlySpan<char> Minor;
        public ReadOnlySpan<char> Patch;
        public ReadOnlySpan<char> Prerelease;
        public ReadOnlySpan<char> Metadata;
    }
}
