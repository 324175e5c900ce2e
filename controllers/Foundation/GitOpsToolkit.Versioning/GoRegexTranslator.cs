using System.Globalization;
using System.Text;

namespace GitOpsToolkit.Versioning;

/// <summary>
/// What a pattern became: a .NET pattern whose groups carry Go's numbers, and the groups' names in order ("" for unnamed).
/// </summary>
internal sealed record GoRegexTranslation(string Pattern, IReadOnlyList<string> GroupNames);

/// <summary>
/// Rewrites a Go pattern for .NET's non-backtracking engine. Every literal is written escaped, every class as explicit ranges, every
/// capturing group with its explicit number, so that nothing depends on where the two dialects read the same text differently.
/// </summary>
internal sealed class GoRegexTranslator(string pattern)
{
    private const int MaxDepth = 250;
    private const int MaxRepeat = 1000;

    private readonly StringBuilder output = new();
    private readonly List<string> groupNames = [];
    private readonly Stack<Flags> outerFlags = new();
    private Flags flags;
    private int position;

    [Flags]
    private enum Flags
    {
        None = 0,
        IgnoreCase = 1,
        Multiline = 2,
        DotAll = 4,
        Ungreedy = 8,
    }

    internal GoRegexTranslation Translate()
    {
        // Whether the item before can be repeated, and whether it is itself a repetition.
        var repeatable = false;
        var repeated = false;
        while (position < pattern.Length)
        {
            var start = position;
            var c = pattern[position];
            if (TryRepetition(c, out var repetition))
            {
                if (!repeatable)
                {
                    throw new GoRegexException($"missing argument to repetition operator: `{pattern[start..position]}`");
                }

                if (repeated)
                {
                    throw new GoRegexException($"invalid nested repetition operator: `{pattern[start..position]}`");
                }

                output.Append(repetition);
                repeated = true;
                continue;
            }

            repeated = false;
            repeatable = Item(c);
        }

        if (outerFlags.Count > 0)
        {
            throw new GoRegexException($"missing closing ): `{pattern}`");
        }

        return new GoRegexTranslation(output.ToString(), groupNames);
    }

    /// <summary>Translates one item that is no repetition; true where it may be repeated.</summary>
    private bool Item(char c)
    {
        switch (c)
        {
            case '(':
                return Open();
            case ')':
                return Close();
            case '|':
                Emit("|", 1);
                return false;
            case '^':
                return Emit(flags.HasFlag(Flags.Multiline) ? "(?m:^)" : @"\A", 1);
            case '$':
                return Emit(flags.HasFlag(Flags.Multiline) ? "(?m:$)" : @"\z", 1);
            case '.':
                return Emit(flags.HasFlag(Flags.DotAll) ? @"[\u0000-\uFFFF]" : @"[^\n]", 1);
            case '[':
                return Emit(GoCharClass.Parse(pattern, ref position), 0);
            case '\\':
                return Escape();
            default:
                return Literal();
        }
    }

    private bool Emit(string text, int consumed)
    {
        output.Append(text);
        position += consumed;
        return true;
    }

    private bool Literal()
    {
        var rune = Rune.TryGetRuneAt(pattern, position, out var whole) ? whole : throw new GoRegexException("invalid UTF-8");
        output.Append(GoCharClass.Quote(rune));
        position += rune.Utf16SequenceLength;
        return true;
    }

    private bool Escape()
    {
        if (position + 1 == pattern.Length)
        {
            throw new GoRegexException("trailing backslash at end of expression");
        }

        var next = pattern[position + 1];
        switch (next)
        {
            case 'A' or 'z' or 'b' or 'B':
                return Emit($"\\{next}", 2);
            case 'C':
                throw new GoRegexException(@"invalid escape sequence: `\C`");
            case 'Q':
                return QuotedLiteral();
            case 'd' or 'D' or 's' or 'S' or 'w' or 'W' or 'p' or 'P':
                return Emit(GoCharClass.ParseEscapedClass(pattern, ref position), 0);
            default:
                return Emit(GoCharClass.Quote(GoCharClass.ParseEscape(pattern, ref position)), 0);
        }
    }

    private bool QuotedLiteral()
    {
        var end = pattern.IndexOf(@"\E", position + 2, StringComparison.Ordinal);
        var literal = end < 0 ? pattern[(position + 2)..] : pattern[(position + 2)..end];
        foreach (var rune in literal.EnumerateRunes())
        {
            output.Append(GoCharClass.Quote(rune));
        }

        position = end < 0 ? pattern.Length : end + 2;
        return literal.Length > 0;
    }

    private bool Open()
    {
        if (outerFlags.Count >= MaxDepth)
        {
            throw new GoRegexException($"expression nests deeper than {MaxDepth} groups");
        }

        if (position + 1 == pattern.Length || pattern[position + 1] != '?')
        {
            OpenCapture("", 1);
            return false;
        }

        var rest = pattern.AsSpan(position);
        if (rest.StartsWith("(?P<") || (rest.StartsWith("(?<") && rest is not [_, _, _, '=' or '!', ..]))
        {
            OpenNamed(rest);
            return false;
        }

        return OpenFlags();
    }

    private void OpenNamed(ReadOnlySpan<char> rest)
    {
        var close = rest.IndexOf('>');
        var start = rest[2] == 'P' ? 4 : 3;
        if (close < 0)
        {
            throw new GoRegexException($"invalid named capture: `{rest}`");
        }

        var name = rest[start..close].ToString();
        if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
        {
            throw new GoRegexException($"invalid named capture: `{rest[..(close + 1)]}`");
        }

        if (groupNames.Contains(name))
        {
            throw new GoRegexException($"duplicate capture group name: `{name}`");
        }

        OpenCapture(name, close + 1);
    }

    private void OpenCapture(string name, int consumed)
    {
        groupNames.Add(name);
        outerFlags.Push(flags);
        Emit(string.Create(CultureInfo.InvariantCulture, $"(?<{groupNames.Count}>"), consumed);
    }

    /// <summary>(?flags) changes the rest of the group, (?flags:…) a group of its own.</summary>
    private bool OpenFlags()
    {
        var start = position;
        var changed = flags;
        var on = true;
        for (position += 2; position < pattern.Length; position++)
        {
            switch (pattern[position])
            {
                case 'i' or 'm' or 's' or 'U':
                    var flag = FlagOf(pattern[position]);
                    changed = on ? changed | flag : changed & ~flag;
                    continue;
                case '-' when on && pattern.Length > position + 1 && pattern[position + 1] is not (':' or ')'):
                    on = false;
                    continue;
                case ':':
                    outerFlags.Push(flags);
                    flags = changed;
                    Emit(CaseFlag(":"), 1);
                    return false;
                case ')' when position > start + 2:
                    flags = changed;
                    Emit(CaseFlag(")"), 1);
                    return false;
            }

            break;
        }

        var shown = pattern[start..Math.Min(pattern.Length, position + 1)];
        throw new GoRegexException($"invalid or unsupported Perl syntax: `{shown}`");
    }

    // Only the case flag is left to the engine: the others are decided while translating.
    private string CaseFlag(string end) => (flags.HasFlag(Flags.IgnoreCase) ? "(?i" : "(?-i") + end;

    private static Flags FlagOf(char c) => c switch
    {
        'i' => Flags.IgnoreCase,
        'm' => Flags.Multiline,
        's' => Flags.DotAll,
        _ => Flags.Ungreedy,
    };

    private bool Close()
    {
        if (outerFlags.Count == 0)
        {
            throw new GoRegexException($"unexpected ): `{pattern}`");
        }

        flags = outerFlags.Pop();
        return Emit(")", 1);
    }

    private bool TryRepetition(char c, out string repetition)
    {
        repetition = "";
        if (c is '*' or '+' or '?')
        {
            repetition = c.ToString();
            position++;
        }
        else if (c != '{' || !TryCounts(out repetition))
        {
            return false;
        }

        var lazy = position < pattern.Length && pattern[position] == '?';
        position += lazy ? 1 : 0;
        repetition += lazy != flags.HasFlag(Flags.Ungreedy) ? "?" : "";
        return true;
    }

    /// <summary>{n}, {n,} or {n,m}; anything else after a brace makes it a literal brace.</summary>
    private bool TryCounts(out string counts)
    {
        counts = "";
        var close = pattern.IndexOf('}', position);
        if (close < 0)
        {
            return false;
        }

        counts = pattern[position..(close + 1)];
        var parts = counts[1..^1].Split(',');
        if (parts.Length > 2 || !IsCount(parts[0]) || (parts.Length == 2 && parts[1].Length > 0 && !IsCount(parts[1])))
        {
            return false;
        }

        var (low, high) = (Count(parts[0]), parts.Length == 2 && parts[1].Length > 0 ? Count(parts[1]) : -1);
        if (low > MaxRepeat || high > MaxRepeat || (high >= 0 && low > high))
        {
            throw new GoRegexException($"invalid repeat count: `{counts}`");
        }

        position = close + 1;
        return true;
    }

    private static bool IsCount(string text) => text.Length > 0 && text.All(char.IsAsciiDigit) && (text.Length == 1 || text[0] != '0');

    private static int Count(string text) => text.Length > 4 ? MaxRepeat + 1 : int.Parse(text, CultureInfo.InvariantCulture);
}
