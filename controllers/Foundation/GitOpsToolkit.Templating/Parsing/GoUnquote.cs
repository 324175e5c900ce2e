using System.Globalization;
using System.Text;

namespace GitOpsToolkit.Templating.Parsing;

/// <summary>Reads Go's string and character constants.</summary>
internal static class GoUnquote
{
    /// <summary>The bytes of a constant with its quotes; null where it is none.</summary>
    internal static string? String(string quoted)
    {
        var body = quoted[1..^1];
        if (quoted[0] == '`')
        {
            return body.Replace("\r", "");
        }

        var bytes = new StringBuilder(body.Length);
        for (var at = 0; at < body.Length;)
        {
            if (body[at] != '\\')
            {
                bytes.Append(body[at++]);
                continue;
            }

            if (Escape(body, ref at, '"') is not { } escaped)
            {
                return null;
            }

            bytes.Append(escaped.IsByte ? ((char)escaped.Code).ToString() : GoText.FromRune(escaped.Code));
        }

        return bytes.ToString();
    }

    /// <summary>The code point of a character constant with its quotes.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    internal static int Character(string quoted)
    {
        var body = quoted[1..^1];
        if (body.Length == 0)
        {
            throw new FormatException("invalid syntax");
        }

        var at = 0;
        int code;
        if (body[0] == '\\')
        {
            code = Escape(body, ref at, '\'')?.Code ?? throw new FormatException("invalid syntax");
        }
        else
        {
            (code, at) = GoText.Decode(body, 0);
        }

        return at == body.Length ? code : throw new FormatException("malformed character constant: " + quoted);
    }

    private static (int Code, bool IsByte)? Escape(string body, ref int at, char quote)
    {
        if (at + 1 >= body.Length)
        {
            return null;
        }

        var letter = body[at + 1];
        at += 2;
        switch (letter)
        {
            case 'a':
                return (7, false);
            case 'b':
                return (8, false);
            case 'f':
                return (12, false);
            case 'n':
                return (10, false);
            case 'r':
                return (13, false);
            case 't':
                return (9, false);
            case 'v':
                return (11, false);
            case '\\':
                return ('\\', false);
            case '\'' or '"':
                return letter == quote ? (letter, false) : null;
            case 'x':
                return Hex(body, ref at, 2) is { } code ? (code, true) : null;
            case 'u' or 'U':
                return Hex(body, ref at, letter == 'u' ? 4 : 8) is { } rune && Rune.IsValid(rune) ? (rune, false) : null;
            case >= '0' and <= '7':
                return Octal(body, ref at, letter);
            default:
                return null;
        }
    }

    private static int? Hex(string body, ref int at, int length)
    {
        if (at + length > body.Length
            || !int.TryParse(body.AsSpan(at, length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
        {
            return null;
        }

        at += length;
        return code;
    }

    private static (int Code, bool IsByte)? Octal(string body, ref int at, char first)
    {
        if (at + 2 > body.Length || body[at] is < '0' or > '7' || body[at + 1] is < '0' or > '7')
        {
            return null;
        }

        var code = ((first - '0') * 64) + ((body[at] - '0') * 8) + body[at + 1] - '0';
        at += 2;
        return code > 255 ? null : (code, true);
    }
}
