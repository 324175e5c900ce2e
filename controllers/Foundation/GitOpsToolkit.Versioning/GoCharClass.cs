using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace GitOpsToolkit.Versioning;

/// <summary>Reads Go's character classes and escapes, and writes them as .NET classes of explicit ranges.</summary>
internal static class GoCharClass
{
    private static readonly FrozenDictionary<string, string> PosixClasses = new Dictionary<string, string>
    {
        ["alnum"] = "09AZaz",
        ["alpha"] = "AZaz",
        ["ascii"] = "\0\x7f",
        ["blank"] = "\t\t  ",
        ["cntrl"] = "\0\x1f\x7f\x7f",
        ["digit"] = "09",
        ["graph"] = "!~",
        ["lower"] = "az",
        ["print"] = " ~",
        ["punct"] = "!/:@[`{~",
        ["space"] = "\t\r  ",
        ["upper"] = "AZ",
        ["word"] = "09AZ__az",
        ["xdigit"] = "09AFaf",
    }.ToFrozenDictionary();

    // The general categories that mean the same to both; scripts are not among them.
    private static readonly FrozenSet<string> Categories = FrozenSet.Create(
        "C", "Cc", "Cf", "Co", "Cs", "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn", "N", "Nd", "Nl", "No",
        "P", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm", "So", "Z", "Zl", "Zp", "Zs");

    /// <summary>A literal character: letters and digits as they are, everything else by its code.</summary>
    internal static string Quote(Rune rune) => rune.IsAscii && char.IsAsciiLetterOrDigit((char)rune.Value)
        ? rune.ToString()
        : string.Concat(rune.ToString().Select(Code));

    /// <summary>Reads a class in brackets, from its opening bracket to behind its closing one.</summary>
    internal static string Parse(string pattern, ref int position)
    {
        var start = position++;
        var output = new StringBuilder("[");
        if (position < pattern.Length && pattern[position] == '^')
        {
            output.Append('^');
            position++;
        }

        for (var first = true; ; first = false)
        {
            if (position >= pattern.Length)
            {
                throw new GoRegexException($"missing closing ]: `{pattern[start..]}`");
            }

            if (pattern[position] == ']' && !first)
            {
                position++;
                return output.Append(']').ToString();
            }

            Member(pattern, ref position, output);
        }
    }

    /// <summary>Reads \d, \s, \w, \pL, \p{Lu} or their negations, as a whole class.</summary>
    internal static string ParseEscapedClass(string pattern, ref int position) => $"[{EscapedClass(pattern, ref position)}]";

    /// <summary>Reads an escape that stands for one character.</summary>
    internal static Rune ParseEscape(string pattern, ref int position)
    {
        var start = position++;
        var c = position < pattern.Length ? pattern[position++] : '\0';
        switch (c)
        {
            case 'a': return new Rune('\a');
            case 'f': return new Rune('\f');
            case 'n': return new Rune('\n');
            case 'r': return new Rune('\r');
            case 't': return new Rune('\t');
            case 'v': return new Rune('\v');
            case 'x': return Hex(pattern, start, ref position);
            case >= '0' and <= '7' when c == '0' || (position < pattern.Length && pattern[position] is >= '0' and <= '7'):
                return Octal(c, pattern, ref position);
            case < '\x80' when c != '\0' && !char.IsAsciiLetterOrDigit(c):
                return new Rune(c);
            default:
                throw new GoRegexException($"invalid escape sequence: `{pattern[start..Math.Min(pattern.Length, position)]}`");
        }
    }

    private static void Member(string pattern, ref int position, StringBuilder output)
    {
        if (pattern[position] == '[' && TryPosix(pattern, ref position, output))
        {
            return;
        }

        if (pattern[position] == '\\'
            && position + 1 < pattern.Length
            && pattern[position + 1] is 'd' or 'D' or 's' or 'S' or 'w' or 'W' or 'p' or 'P')
        {
            output.Append(EscapedClass(pattern, ref position));
            return;
        }

        var start = position;
        var low = Character(pattern, ref position);
        var high = low;
        if (position + 1 < pattern.Length && pattern[position] == '-' && pattern[position + 1] != ']')
        {
            position++;
            high = Character(pattern, ref position);
        }

        if (high < low)
        {
            throw new GoRegexException($"invalid character class range: `{pattern[start..position]}`");
        }

        if (!low.IsBmp)
        {
            throw new GoRegexException($"characters above U+FFFF in a class are not supported: `{pattern[start..position]}`");
        }

        AppendRange(output, (char)low.Value, high.IsBmp ? (char)high.Value : '\uffff');
    }

    private static Rune Character(string pattern, ref int position)
    {
        if (pattern[position] == '\\')
        {
            return ParseEscape(pattern, ref position);
        }

        var rune = Rune.TryGetRuneAt(pattern, position, out var whole) ? whole : throw new GoRegexException("invalid UTF-8");
        position += rune.Utf16SequenceLength;
        return rune;
    }

    private static bool TryPosix(string pattern, ref int position, StringBuilder output)
    {
        var end = pattern.AsSpan(position).StartsWith("[:") ? pattern.IndexOf(":]", position + 2, StringComparison.Ordinal) : -1;
        if (end < 0)
        {
            return false;
        }

        var negated = pattern[position + 2] == '^';
        var name = pattern[(position + (negated ? 3 : 2))..end];
        if (!PosixClasses.TryGetValue(name, out var ranges))
        {
            throw new GoRegexException($"invalid character class range: `{pattern[position..(end + 2)]}`");
        }

        AppendRanges(output, ranges, negated);
        position = end + 2;
        return true;
    }

    private static string EscapedClass(string pattern, ref int position)
    {
        var start = position;
        var kind = pattern[position + 1];
        position += 2;
        if (kind is 'p' or 'P')
        {
            return UnicodeClass(pattern, start, ref position);
        }

        var ranges = char.ToLowerInvariant(kind) switch
        {
            'd' => "09",
            's' => "\t\n\f\r  ",
            _ => PosixClasses["word"],
        };
        var output = new StringBuilder();
        AppendRanges(output, ranges, char.IsUpper(kind));
        return output.ToString();
    }

    private static string UnicodeClass(string pattern, int start, ref int position)
    {
        var close = position < pattern.Length && pattern[position] == '{' ? pattern.IndexOf('}', position) : position;
        if (close < 0 || close >= pattern.Length)
        {
            throw new GoRegexException($"invalid character class range: `{pattern[start..]}`");
        }

        var name = pattern[position..(close + 1)].Trim('{', '}');
        var negated = (pattern[start + 1] == 'P') != name.StartsWith('^');
        name = name.TrimStart('^');
        position = close + 1;
        if (!Categories.Contains(name))
        {
            throw new GoRegexException(
                $"invalid character class range: `{pattern[start..position]}` (only Unicode general categories such as L or Lu are supported)");
        }

        return $"\\{(negated ? 'P' : 'p')}{{{name}}}";
    }

    private static void AppendRanges(StringBuilder output, string ranges, bool negated)
    {
        var next = '\0';
        for (var i = 0; i < ranges.Length; i += 2)
        {
            if (!negated)
            {
                AppendRange(output, ranges[i], ranges[i + 1]);
                continue;
            }

            if (next < ranges[i])
            {
                AppendRange(output, next, (char)(ranges[i] - 1));
            }

            next = (char)(ranges[i + 1] + 1);
        }

        if (negated)
        {
            AppendRange(output, next, '\uffff');
        }
    }

    private static void AppendRange(StringBuilder output, char low, char high) =>
        output.Append(Code(low)).Append(low == high ? "" : "-" + Code(high));

    private static string Code(char c) => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");

    private static Rune Hex(string pattern, int start, ref int position)
    {
        var rest = pattern.AsSpan(position);
        var close = rest is ['{', ..] ? rest.IndexOf('}') : -1;
        var digits = close > 0 ? rest[1..close] : rest[..Math.Min(2, rest.Length)];
        position += close > 0 ? close + 1 : digits.Length;
        return (close > 0 || digits.Length == 2)
            && digits.Length <= 8
            && int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            && Rune.IsValid(value)
                ? new Rune(value)
                : throw new GoRegexException($"invalid escape sequence: `{pattern[start..position]}`");
    }

    private static Rune Octal(char first, string pattern, ref int position)
    {
        var value = first - '0';
        for (var i = 1; i < 3 && position < pattern.Length && pattern[position] is >= '0' and <= '7'; i++)
        {
            value = (value * 8) + pattern[position++] - '0';
        }

        return new Rune(value);
    }
}
