using System.Globalization;
using System.Text;

namespace GitOpsToolkit.Sandbox.Machinery.Cel;

/// <summary>Kinds of tokens.</summary>
internal enum CelTokenKind
{
    /// <summary>End of the text.</summary>
    End,

    /// <summary>Name.</summary>
    Name,

    /// <summary>Literal; its value stands in the token.</summary>
    Literal,

    /// <summary>Operator or bracket.</summary>
    Sign,
}

/// <summary>A token.</summary>
internal readonly record struct CelToken(CelTokenKind Kind, string Text, object? Value, int Position);

/// <summary>Splits CEL text into tokens.</summary>
internal sealed class CelLexer(string text)
{
    private static readonly string[] Signs =
    [
        "==", "!=", "<=", ">=", "&&", "||", "<", ">", "+", "-", "*", "/", "%", "!", "?", ":", ".", ",", "(", ")", "[", "]", "{", "}",
    ];

    private int position;

    public List<CelToken> Tokens()
    {
        var tokens = new List<CelToken>();
        while (true)
        {
            Skip();
            if (position >= text.Length)
            {
                tokens.Add(new CelToken(CelTokenKind.End, "<EOF>", null, position));
                return tokens;
            }

            tokens.Add(Next());
        }
    }

    private CelToken Next()
    {
        var start = position;
        var c = text[position];
        if (char.IsAsciiDigit(c) || (c == '.' && position + 1 < text.Length && char.IsAsciiDigit(text[position + 1])))
        {
            return new CelToken(CelTokenKind.Literal, "", Number(), start);
        }

        if (StringPrefix() is { } prefix)
        {
            return new CelToken(CelTokenKind.Literal, "", Text(prefix), start);
        }

        if (char.IsAsciiLetter(c) || c == '_')
        {
            while (position < text.Length && (char.IsAsciiLetterOrDigit(text[position]) || text[position] == '_'))
            {
                position++;
            }

            return Word(text[start..position], start);
        }

        var sign = Array.Find(Signs, s => text.AsSpan(position).StartsWith(s))
            ?? throw new CelException($"Syntax error: token recognition error at: '{c}'");
        position += sign.Length;
        return new CelToken(CelTokenKind.Sign, sign, null, start);
    }

    private static CelToken Word(string word, int start) => word switch
    {
        "true" => new CelToken(CelTokenKind.Literal, word, true, start),
        "false" => new CelToken(CelTokenKind.Literal, word, false, start),
        "null" => new CelToken(CelTokenKind.Literal, word, null, start),
        "in" => new CelToken(CelTokenKind.Sign, word, null, start),
        _ => new CelToken(CelTokenKind.Name, word, null, start),
    };

    private object Number()
    {
        var start = position;
        if (text.AsSpan(position).StartsWith("0x"))
        {
            position += 2;
            while (position < text.Length && char.IsAsciiHexDigit(text[position]))
            {
                position++;
            }

            return long.TryParse(text.AsSpan(start + 2, position - start - 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex)
                ? hex : throw new CelException("invalid int literal");
        }

        while (position < text.Length && (char.IsAsciiDigit(text[position]) || text[position] is '.' or 'e' or 'E'
            || (text[position] is '+' or '-' && text[position - 1] is 'e' or 'E')))
        {
            position++;
        }

        var number = text[start..position];
        if (position < text.Length && text[position] is 'u' or 'U')
        {
            position++;
        }

        if (number.AsSpan().ContainsAny(".eE"))
        {
            return double.TryParse(number, CultureInfo.InvariantCulture, out var real) ? real : throw new CelException("invalid double literal");
        }

        return long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var integer)
            ? integer : throw new CelException("invalid int literal");
    }

    // r for raw, b for bytes, in either order; then one or three quotes.
    private string? StringPrefix()
    {
        var end = position;
        while (end < text.Length && end - position < 2 && text[end] is 'r' or 'R' or 'b' or 'B')
        {
            end++;
        }

        return end < text.Length && text[end] is '"' or '\'' ? text[position..end] : null;
    }

    private object Text(string prefix)
    {
        position += prefix.Length;
        var quote = text[position];
        var closing = text.AsSpan(position).StartsWith(new string(quote, 3)) ? new string(quote, 3) : quote.ToString();
        position += closing.Length;
        var raw = prefix.Contains('r', StringComparison.OrdinalIgnoreCase);
        var builder = new StringBuilder();
        while (!text.AsSpan(Math.Min(position, text.Length)).StartsWith(closing))
        {
            if (position >= text.Length || (closing.Length == 1 && text[position] == '\n'))
            {
                throw new CelException("Syntax error: unterminated string literal");
            }

            if (text[position] == '\\' && !raw)
            {
                position++;
                Escape(builder);
            }
            else
            {
                builder.Append(text[position++]);
            }
        }

        position += closing.Length;
        return prefix.Contains('b', StringComparison.OrdinalIgnoreCase) ? Encoding.UTF8.GetBytes(builder.ToString()) : builder.ToString();
    }

    private void Escape(StringBuilder builder)
    {
        var c = position < text.Length ? text[position++] : throw new CelException("Syntax error: unterminated string literal");
        var digits = c switch
        {
            'x' or 'X' => 2,
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        if (digits > 0)
        {
            if (position + digits > text.Length || !int.TryParse(text.AsSpan(position, digits), NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture, out var code) || !Rune.IsValid(code))
            {
                throw new CelException("Syntax error: invalid escape in string literal");
            }

            position += digits;
            builder.Append(new Rune(code).ToString());
            return;
        }

        builder.Append(c switch
        {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'a' => '\a',
            'b' => '\b',
            'f' => '\f',
            'v' => '\v',
            '\\' or '"' or '\'' or '?' or '`' => c,
            _ => throw new CelException($"Syntax error: invalid escape \\{c} in string literal"),
        });
    }

    private void Skip()
    {
        while (position < text.Length)
        {
            if (char.IsWhiteSpace(text[position]))
            {
                position++;
            }
            else if (text.AsSpan(position).StartsWith("//"))
            {
                var end = text.IndexOf('\n', position);
                position = end < 0 ? text.Length : end;
            }
            else
            {
                return;
            }
        }
    }
}
