using System.Text;
using GitOpsToolkit.Templating.Printing;

namespace GitOpsToolkit.Templating.Parsing;

/// <summary>
/// Cuts a template into text and the tokens of its actions. Trim marks and comments are done away with here. What is no token ends the list as
/// an error, for the parser to tell: it may find something wrong before that.
/// </summary>
internal sealed class Lexer(string input)
{
    private const string Open = "{{";
    private const string Close = "}}";
    private static readonly char[] Blank = [' ', '\t', '\r', '\n'];
    private static readonly Dictionary<string, TokenKind> Keywords = new(StringComparer.Ordinal)
    {
        ["block"] = TokenKind.Block,
        ["break"] = TokenKind.Break,
        ["continue"] = TokenKind.Continue,
        ["define"] = TokenKind.Define,
        ["else"] = TokenKind.Else,
        ["end"] = TokenKind.EndAction,
        ["false"] = TokenKind.Bool,
        ["if"] = TokenKind.If,
        ["nil"] = TokenKind.Nil,
        ["range"] = TokenKind.Range,
        ["template"] = TokenKind.Template,
        ["true"] = TokenKind.Bool,
        ["with"] = TokenKind.With,
    };

    private readonly List<Token> tokens = [];
    private int at;
    private int start;

    internal List<Token> Tokens()
    {
        while (TextUpToAction() && Action())
        {
        }

        if (tokens is not [.., { Kind: TokenKind.Error }])
        {
            Add(TokenKind.End);
        }

        return tokens;
    }

    /// <summary>Reads text; false where no action follows.</summary>
    private bool TextUpToAction()
    {
        var open = input.IndexOf(Open, at, StringComparison.Ordinal);
        at = open < 0 ? input.Length : open;
        var end = open >= 0 && HasLeftTrim(open + 2) ? start + input.AsSpan(start, at - start).TrimEnd(Blank).Length : at;
        if (end > start)
        {
            tokens.Add(new Token(TokenKind.Text, start, input[start..end]));
        }

        start = at;
        return open >= 0;
    }

    /// <summary>Reads an action or a comment; false where it is faulty.</summary>
    private bool Action()
    {
        var body = at + 2 + (HasLeftTrim(at + 2) ? 2 : 0);
        if (Starts(body, "/*"))
        {
            start = at = body;
            return Comment();
        }

        at += 2;
        Add(TokenKind.LeftDelimiter);
        start = at = body;
        var depth = 0;
        while (true)
        {
            var (closes, trims) = AtClose();
            if (closes && depth > 0)
            {
                return Error("unclosed left paren");
            }

            if (closes)
            {
                start = at += trims ? 2 : 0;
                at += 2;
                Add(TokenKind.RightDelimiter);
                SkipBlank(trims);
                return true;
            }

            if (!Next(ref depth))
            {
                return false;
            }
        }
    }

    private bool Comment()
    {
        var end = input.IndexOf("*/", at + 2, StringComparison.Ordinal);
        if (end < 0)
        {
            return Error("unclosed comment");
        }

        at = end + 2;
        var (closes, trims) = AtClose();
        if (!closes)
        {
            return Error("comment ends before closing delimiter");
        }

        at += trims ? 4 : 2;
        SkipBlank(trims);
        return true;
    }

    private void SkipBlank(bool trims)
    {
        while (trims && at < input.Length && IsBlank(input[at]))
        {
            at++;
        }

        start = at;
    }

    private bool Next(ref int depth)
    {
        if (at >= input.Length)
        {
            return Error("unclosed action");
        }

        var (rune, size) = GoText.Decode(input, at);
        if (rune < 0x80 && IsBlank((char)rune))
        {
            Space();
            return true;
        }

        if (rune is '+' or '-' or (>= '0' and <= '9') || (rune == '.' && (at + 1 == input.Length || char.IsAsciiDigit(input[at + 1]))))
        {
            return Number();
        }

        if (IsAlphaNumeric(rune))
        {
            return Word();
        }

        at += size;
        switch (rune)
        {
            case '=':
                return Add(TokenKind.Assign);
            case ':':
                at++;
                return at <= input.Length && input[at - 1] == '=' ? Add(TokenKind.Declare) : Error("expected :=");
            case '|':
                return Add(TokenKind.Pipe);
            case '"':
                return Quoted('"', TokenKind.String, "unterminated quoted string");
            case '\'':
                return Quoted('\'', TokenKind.CharacterConstant, "unterminated character constant");
            case '`':
                return Raw();
            case '.':
                return FieldOrVariable(TokenKind.Field, TokenKind.Dot);
            case '$':
                return FieldOrVariable(TokenKind.Variable, TokenKind.Variable);
            case '(':
                depth++;
                return Add(TokenKind.LeftParen);
            case ')':
                depth--;
                return depth < 0 ? Error("unexpected right paren") : Add(TokenKind.RightParen);
            case > ' ' and < 0x7F:
                return Add(TokenKind.Character);
            default:
                return Error("unrecognized character in action: " + Show(rune));
        }
    }

    private void Space()
    {
        while (at < input.Length && IsBlank(input[at]))
        {
            at++;
        }

        // The last blank may be the one of a trim mark.
        if (Starts(at, "-" + Close))
        {
            at--;
        }

        if (at > start)
        {
            Add(TokenKind.Space);
        }
    }

    private bool Word()
    {
        SkipAlphaNumeric();
        if (!AtTerminator())
        {
            return BadCharacter();
        }

        return Add(Keywords.GetValueOrDefault(input[start..at], TokenKind.Identifier));
    }

    private bool FieldOrVariable(TokenKind kind, TokenKind alone)
    {
        if (AtTerminator())
        {
            return Add(alone);
        }

        SkipAlphaNumeric();
        return AtTerminator() ? Add(kind) : BadCharacter();
    }

    private bool BadCharacter() => Error("bad character " + Show(at < input.Length ? GoText.Decode(input, at).Rune : -1));

    private bool Quoted(char quote, TokenKind kind, string unclosed)
    {
        while (at < input.Length && input[at] != '\n')
        {
            if (input[at] == quote)
            {
                at++;
                return Add(kind);
            }

            if (input[at] == '\\')
            {
                at++;
                if (at >= input.Length || input[at] == '\n')
                {
                    break;
                }
            }

            at += GoText.Decode(input, at).Size;
        }

        return Error(unclosed);
    }

    private bool Raw()
    {
        var end = input.IndexOf('`', at);
        if (end < 0)
        {
            return Error("unterminated raw quoted string");
        }

        at = end + 1;
        return Add(TokenKind.RawString);
    }

    private bool Number()
    {
        if (!ScanNumber())
        {
            return Error("bad number syntax: " + GoQuote.Quote(input[start..at]));
        }

        if (at >= input.Length || input[at] is not ('+' or '-'))
        {
            return Add(TokenKind.Number);
        }

        return ScanNumber() && input[at - 1] == 'i'
            ? Add(TokenKind.Complex)
            : Error("bad number syntax: " + GoQuote.Quote(input[start..at]));
    }

    private bool ScanNumber()
    {
        Accept("+-");
        var digits = "0123456789_";
        if (Accept("0"))
        {
            digits = Accept("xX") ? "0123456789abcdefABCDEF_" : Accept("oO") ? "01234567_" : Accept("bB") ? "01_" : digits;
        }

        AcceptRun(digits);
        if (Accept("."))
        {
            AcceptRun(digits);
        }

        if ((digits.Length == 11 && Accept("eE")) || (digits.Length == 23 && Accept("pP")))
        {
            Accept("+-");
            AcceptRun("0123456789_");
        }

        Accept("i");
        if (at < input.Length && GoText.Decode(input, at) is var (rune, size) && IsAlphaNumeric(rune))
        {
            at += size;
            return false;
        }

        return true;
    }

    private bool Accept(string valid)
    {
        if (at >= input.Length || !valid.Contains(input[at], StringComparison.Ordinal))
        {
            return false;
        }

        at++;
        return true;
    }

    private void AcceptRun(string valid)
    {
        while (Accept(valid))
        {
        }
    }

    private void SkipAlphaNumeric()
    {
        while (at < input.Length && GoText.Decode(input, at) is var (rune, size) && IsAlphaNumeric(rune))
        {
            at += size;
        }
    }

    /// <summary>Whether what follows may stand behind a word.</summary>
    private bool AtTerminator() =>
        at >= input.Length || IsBlank(input[at]) || input[at] is '.' or ',' or '|' or ':' or ')' or '(' || Starts(at, Close);

    private (bool Closes, bool Trims) AtClose()
    {
        var trims = at < input.Length && IsBlank(input[at]) && Starts(at + 1, "-" + Close);
        return (trims || Starts(at, Close), trims);
    }

    private bool HasLeftTrim(int place) => place + 1 < input.Length && input[place] == '-' && IsBlank(input[place + 1]);

    private bool Starts(int place, string with) => string.CompareOrdinal(input, place, with, 0, with.Length) == 0;

    private bool Add(TokenKind kind)
    {
        tokens.Add(new Token(kind, start, input[start..at]));
        start = at;
        return true;
    }

    private bool Error(string problem)
    {
        tokens.Add(new Token(TokenKind.Error, start, problem));
        return false;
    }

    private static bool IsBlank(char c) => c is ' ' or '\t' or '\r' or '\n';

    private static bool IsAlphaNumeric(int rune) =>
        rune == '_' || (Rune.IsValid(rune) && (Rune.IsLetter(new Rune(rune))
            || Rune.GetUnicodeCategory(new Rune(rune)) == System.Globalization.UnicodeCategory.DecimalDigitNumber));

    /// <summary>Go's %#U.</summary>
    private static string Show(int rune)
    {
        var code = rune < 0 ? "U+FFFFFFFFFFFFFFFF" : $"U+{rune:X4}";
        return rune >= 0 && GoQuote.IsPrint(rune) ? $"{code} '{GoText.FromRune(rune)}'" : code;
    }
}
