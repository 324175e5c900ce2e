using System.Diagnostics.CodeAnalysis;

namespace GitOpsToolkit.Versioning;

/// <summary>Reads one group of a range: items separated by blanks or commas.</summary>
internal static class RangeParser
{
    // Two-character operators stand first: the first that fits is taken.
    private static readonly (string Text, RangeOperator Operator)[] Operators =
    [
        ("!=", RangeOperator.NotEqual),
        (">=", RangeOperator.GreaterOrEqual),
        ("=>", RangeOperator.GreaterOrEqual),
        ("<=", RangeOperator.LessOrEqual),
        ("=<", RangeOperator.LessOrEqual),
        ("~>", RangeOperator.Tilde),
        ("=", RangeOperator.TildeOrEqual),
        (">", RangeOperator.Greater),
        ("<", RangeOperator.Less),
        ("~", RangeOperator.Tilde),
        ("^", RangeOperator.Caret),
    ];

    internal static bool TryParse(string text, [NotNullWhen(true)] out RangeGroup? group, [NotNullWhen(false)] out string? error)
    {
        group = null;
        var items = new List<RangeItem>();
        var rest = text.AsSpan();
        SkipBlanks(ref rest);
        do
        {
            var @operator = TakeOperator(ref rest);
            SkipBlanks(ref rest);
            if (!TryTakeVersion(ref rest, out var version, out var written))
            {
                error = written is null ? $"improper constraint: \"{text}\"" : $"constraint parser error: \"{text}\" has a bad version";
                return false;
            }

            items.Add(new RangeItem(@operator, version, written.Value));
        }
        while (TakeSeparator(ref rest));

        if (!rest.IsEmpty)
        {
            error = $"improper constraint: \"{text}\"";
            return false;
        }

        error = null;
        group = new RangeGroup([.. items]);
        return true;
    }

    private static RangeOperator TakeOperator(scoped ref ReadOnlySpan<char> rest)
    {
        foreach (var (text, @operator) in Operators)
        {
            if (rest.StartsWith(text, StringComparison.Ordinal))
            {
                rest = rest[text.Length..];
                return @operator;
            }
        }

        return RangeOperator.TildeOrEqual;
    }

    /// <summary>
    /// Takes a version; <paramref name="written"/> is null where there is none, set where there is one whose numbers are bad.
    /// </summary>
    private static bool TryTakeVersion(scoped ref ReadOnlySpan<char> rest, out SemVer version, [NotNullWhen(true)] out Written? written)
    {
        version = default;
        written = null;
        if (rest is ['v', ..])
        {
            rest = rest[1..];
        }

        var major = TakePart(ref rest, dot: false);
        if (major.IsEmpty)
        {
            return false;
        }

        var minor = TakePart(ref rest, dot: true);
        var patch = minor.IsEmpty ? default : TakePart(ref rest, dot: true);
        var prerelease = TakeIdentifiers(ref rest, '-');
        var metadata = TakeIdentifiers(ref rest, '+');
        written = IsWildcard(major) ? Written.Nothing
            : IsWildcard(minor) ? Written.Major
            : IsWildcard(patch) ? Written.MajorMinor
            : Written.Full;
        var numbers = written switch
        {
            Written.Nothing => "0.0.0",
            Written.Major => $"{major}.0.0",
            Written.MajorMinor => $"{major}.{minor}.0",
            _ => $"{major}.{minor}.{patch}",
        };

        // Metadata of a partial version is dropped, as is what stands behind a wildcard.
        var tail = written == Written.Full ? $"{prerelease}{metadata}" : prerelease.ToString();
        return SemVer.TryParse(numbers + tail, out version);
    }

    private static ReadOnlySpan<char> TakePart(scoped ref ReadOnlySpan<char> rest, bool dot)
    {
        if (dot && rest is not ['.', ..])
        {
            return default;
        }

        var start = dot ? 1 : 0;
        var length = SemVerParser.RunLength(rest[start..], static c => char.IsAsciiDigit(c) || c is 'x' or 'X' or '*' or '|');
        if (length == 0)
        {
            return default;
        }

        var part = rest.Slice(start, length);
        rest = rest[(start + length)..];
        return part;
    }

    private static ReadOnlySpan<char> TakeIdentifiers(scoped ref ReadOnlySpan<char> rest, char mark)
    {
        if (rest.IsEmpty || rest[0] != mark)
        {
            return default;
        }

        var length = SemVerParser.IdentifiersLength(rest[1..]);
        if (length == 0)
        {
            return default;
        }

        var identifiers = rest[..(1 + length)];
        rest = rest[(1 + length)..];
        return identifiers;
    }

    private static bool IsWildcard(ReadOnlySpan<char> part) => part is "" or "x" or "X" or "*";

    private static bool TakeSeparator(scoped ref ReadOnlySpan<char> rest)
    {
        var before = rest.Length;
        SkipBlanks(ref rest);
        if (rest.IsEmpty)
        {
            return false;
        }

        if (rest[0] != ',')
        {
            return rest.Length < before;
        }

        rest = rest[1..];
        SkipBlanks(ref rest);
        return true;
    }

    private static void SkipBlanks(scoped ref ReadOnlySpan<char> rest) => rest = rest.TrimStart("\t\n\f\r ");
}
