using System.Globalization;
using System.Text;
using GitOpsToolkit.Templating.Printing;
using GitOpsToolkit.Versioning;

namespace GitOpsToolkit.Templating.Functions;

/// <summary>Go's json.Unmarshal into an interface {}: all numbers are float64, the last of several equal names counts.</summary>
internal sealed class JsonReader(CallContext call, string text)
{
    private int at;

    internal GoValue Read()
    {
        var value = Value();
        Blank();
        return at == text.Length ? value : throw Wrong("after top-level value");
    }

    private GoValue Value()
    {
        call.Descend();
        Blank();
        switch (at < text.Length ? text[at] : '\0')
        {
            case '{':
                return Map();
            case '[':
                return List();
            case '"':
                return GoValue.OfBytes(Text());
            case 't':
                return Word("true", GoValue.Of(true));
            case 'f':
                return Word("false", GoValue.Of(false));
            case 'n':
                return Word("null", new GoValue(GoType.Interface, null));
            case '-' or (>= '0' and <= '9'):
                return Number();
            default:
                throw Wrong("looking for beginning of value");
        }
    }

    private GoValue Map()
    {
        var map = new GoMap();
        at++;
        Blank();
        if (Take('}'))
        {
            return new GoValue(GoType.Dictionary, map);
        }

        while (true)
        {
            Blank();
            if (at >= text.Length || text[at] != '"')
            {
                throw Wrong("looking for beginning of object key string");
            }

            var name = Text();
            Blank();
            if (!Take(':'))
            {
                throw Wrong("after object key");
            }

            map[GoValue.OfBytes(name)] = Value();
            Blank();
            if (Take('}'))
            {
                return new GoValue(GoType.Dictionary, map);
            }

            if (!Take(','))
            {
                throw Wrong("after object key:value pair");
            }
        }
    }

    private GoValue List()
    {
        var items = new List<GoValue>();
        at++;
        Blank();
        if (Take(']'))
        {
            return GoValue.ListOf(items);
        }

        while (true)
        {
            items.Add(Value().Unwrapped);
            Blank();
            if (Take(']'))
            {
                return GoValue.ListOf(items);
            }

            if (!Take(','))
            {
                throw Wrong("after array element");
            }
        }
    }

    private GoValue Word(string word, GoValue value)
    {
        for (var i = 0; i < word.Length; i++, at++)
        {
            if (at >= text.Length || text[at] != word[i])
            {
                throw Wrong($"in literal {word} (expecting '{word[i]}')", mayBlank: false);
            }
        }

        return value;
    }

    private GoValue Number()
    {
        var start = at;
        Take('-');
        if (!Take('0'))
        {
            Digits("in numeric literal");
        }

        if (Take('.'))
        {
            Digits("after decimal point in numeric literal");
        }

        if (Take('e') || Take('E'))
        {
            _ = Take('+') || Take('-');
            Digits("in exponent of numeric literal");
        }

        return GoFloat.TryParse(text.AsSpan(start, at - start), out var number)
            ? GoValue.Of(number)
            : throw new GoException($"json: cannot unmarshal number {text[start..at]} into Go value of type float64");
    }

    private void Digits(string where)
    {
        var start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        if (at == start)
        {
            throw Wrong(where, mayBlank: false);
        }
    }

    private string Text()
    {
        var bytes = new StringBuilder();
        for (at++; ;)
        {
            if (at >= text.Length || text[at] < ' ')
            {
                throw Wrong("in string literal");
            }

            if (Take('"'))
            {
                return bytes.ToString();
            }

            if (Take('\\'))
            {
                Escape(bytes);
                continue;
            }

            var (rune, size) = GoText.Decode(text, at);
            bytes.Append(GoText.FromRune(rune));
            at += size;
        }
    }

    private void Escape(StringBuilder bytes)
    {
        var letter = at < text.Length ? text[at] : '\0';
        var plain = letter switch
        {
            '"' or '\\' or '/' => letter,
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            _ => '\0',
        };
        if (plain != '\0')
        {
            at++;
            bytes.Append(plain);
            return;
        }

        if (letter != 'u')
        {
            throw Wrong("in string escape code", mayBlank: false);
        }

        at++;
        var code = Hex();
        if (char.IsHighSurrogate(code) && at + 1 < text.Length && text[at] == '\\' && text[at + 1] == 'u')
        {
            var place = at;
            at += 2;
            var low = Hex();
            if (char.IsLowSurrogate(low))
            {
                bytes.Append(GoText.FromRune(char.ConvertToUtf32(code, low)));
                return;
            }

            at = place;
        }

        bytes.Append(GoText.FromRune(code));
    }

    private char Hex()
    {
        for (var end = at + 4; at < end; at++)
        {
            if (at >= text.Length || !char.IsAsciiHexDigit(text[at]))
            {
                throw Wrong("in \\u hexadecimal character escape", mayBlank: false);
            }
        }

        return (char)int.Parse(text.AsSpan(at - 4, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }

    private bool Take(char expected)
    {
        var isThere = at < text.Length && text[at] == expected;
        at += isThere ? 1 : 0;
        return isThere;
    }

    private void Blank()
    {
        while (at < text.Length && text[at] is ' ' or '\t' or '\r' or '\n')
        {
            at++;
        }
    }

    /// <summary>An error at the next character. Go takes the end for a blank; only where one may stand is it called the end.</summary>
    private GoException Wrong(string where, bool mayBlank = true) => new(at >= text.Length && mayBlank
        ? "unexpected end of JSON input"
        : $"invalid character {Shown(at < text.Length ? text[at] : ' ')} {where}");

    /// <summary>Go's json names bytes, each as the character of its number.</summary>
    private static string Shown(char c) => c switch
    {
        '\'' => @"'\''",
        '"' => "'\"'",
        _ => GoQuote.QuoteRune(c),
    };
}
