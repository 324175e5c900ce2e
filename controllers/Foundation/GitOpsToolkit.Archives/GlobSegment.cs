using System.Text;

namespace GitOpsToolkit.Archives;

/// <summary>One path segment of a pattern with Go's <c>filepath.Match</c> rules: <c>*</c>, <c>?</c>, <c>[a-z]</c>, <c>[^a]</c>, backslash escapes.
/// A malformed segment matches nothing.</summary>
internal sealed class GlobSegment
{
    private readonly Token[]? _tokens;

    public GlobSegment(string text) => _tokens = Parse([.. text.EnumerateRunes()]);

    /// <summary>False for a segment with an open bracket, a dangling escape or a bad range.</summary>
    public bool IsValid => _tokens is not null;

    public bool IsMatch(string name)
    {
        if (_tokens is null)
        {
            return false;
        }

        // Linear backtracking: only the last star seen ever needs another try.
        var (runes, at, token, starToken, starAt) = (name.EnumerateRunes().ToArray(), 0, 0, -1, 0);
        while (at < runes.Length)
        {
            if (token < _tokens.Length && _tokens[token].Kind == TokenKind.Star)
            {
                (starToken, starAt) = (token++, at);
            }
            else if (token < _tokens.Length && _tokens[token].Accepts(runes[at]))
            {
                token++;
                at++;
            }
            else if (starToken >= 0)
            {
                (token, at) = (starToken + 1, ++starAt);
            }
            else
            {
                return false;
            }
        }

        while (token < _tokens.Length && _tokens[token].Kind == TokenKind.Star)
        {
            token++;
        }

        return token == _tokens.Length;
    }

    private static Token[]? Parse(Rune[] text)
    {
        var tokens = new List<Token>();
        for (var at = 0; at < text.Length;)
        {
            switch (text[at].Value)
            {
                case '*':
                    tokens.Add(new Token(TokenKind.Star));
                    at++;
                    break;
                case '?':
                    tokens.Add(new Token(TokenKind.Any));
                    at++;
                    break;
                case '[':
                    at++;
                    if (ParseClass(text, ref at) is not { } set)
                    {
                        return null;
                    }

                    tokens.Add(set);
                    break;
                default:
                    if (ParseRune(text, ref at) is not { } rune)
                    {
                        return null;
                    }

                    tokens.Add(new Token(TokenKind.Ranges, [(rune, rune)]));
                    break;
            }
        }

        return [.. tokens];
    }

    private static Token? ParseClass(Rune[] text, ref int at)
    {
        var negated = at < text.Length && text[at].Value == '^';
        if (negated)
        {
            at++;
        }

        var ranges = new List<(Rune, Rune)>();
        while (at < text.Length && !(text[at].Value == ']' && ranges.Count > 0))
        {
            if (ParseClassRune(text, ref at) is not { } low)
            {
                return null;
            }

            var high = low;
            if (at < text.Length && text[at].Value == '-')
            {
                at++;
                if (ParseClassRune(text, ref at) is not { } end)
                {
                    return null;
                }

                high = end;
            }

            ranges.Add((low, high));
        }

        return at++ < text.Length ? new Token(TokenKind.Ranges, [.. ranges], negated) : null;
    }

    private static Rune? ParseClassRune(Rune[] text, ref int at) =>
        at < text.Length && text[at].Value is not ('-' or ']') ? ParseRune(text, ref at) : null;

    private static Rune? ParseRune(Rune[] text, ref int at)
    {
        if (text[at].Value == '\\' && ++at == text.Length)
        {
            return null;
        }

        return text[at++];
    }

    private enum TokenKind
    {
        Star,
        Any,
        Ranges,
    }

    private sealed record Token(TokenKind Kind, (Rune Low, Rune High)[]? Ranges = null, bool Negated = false)
    {
        public bool Accepts(Rune rune) => Kind switch
        {
            TokenKind.Any => true,
            TokenKind.Ranges => Ranges!.Any(range => range.Low <= rune && rune <= range.High) != Negated,
            _ => false,
        };
    }
}
