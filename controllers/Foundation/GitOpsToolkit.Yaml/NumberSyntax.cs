using System.Globalization;

namespace GitOpsToolkit.Yaml;

/// <summary>The number forms of YAML, and how Go prints numbers.</summary>
internal static class NumberSyntax
{
    /// <summary>Go's ParseInt/ParseUint with base 0: decimal, 0x, 0o, 0b, leading 0 for octal; 64 bits. Gives the decimal digits.</summary>
    internal static bool TryInteger(string text, out string digits)
    {
        digits = "";
        var negative = text.StartsWith('-');
        var body = text.AsSpan(negative || text.StartsWith('+') ? 1 : 0);
        if (body.IsEmpty)
        {
            return false;
        }

        var radix = 10;
        if (body.Length > 1 && body[0] == '0')
        {
            (radix, var prefix) = body[1] switch
            {
                'x' or 'X' => (16, 2),
                'o' or 'O' => (8, 2),
                'b' or 'B' => (2, 2),
                _ => (8, 1),
            };
            body = body[prefix..];
        }

        if (!TryMagnitude(body, (ulong)radix, out var magnitude) || (negative && magnitude > 1UL << 63))
        {
            return false;
        }

        digits = (negative && magnitude != 0 ? "-" : "") + magnitude.ToString(CultureInfo.InvariantCulture);
        return true;
    }

    /// <summary>go-yaml's float form: <c>[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?</c>.</summary>
    internal static bool IsFloat(ReadOnlySpan<char> text)
    {
        var at = !text.IsEmpty && text[0] is '+' or '-' ? 1 : 0;
        var whole = Digits(text, ref at);
        var fraction = 0;
        if (at < text.Length && text[at] == '.')
        {
            at++;
            fraction = Digits(text, ref at);
        }

        return whole + fraction > 0 && Exponent(text, at);
    }

    /// <summary>Whether a float form is a JSON number as it stands.</summary>
    internal static bool IsJson(ReadOnlySpan<char> text)
    {
        var at = !text.IsEmpty && text[0] == '-' ? 1 : 0;
        var start = at;
        var whole = Digits(text, ref at);
        if (whole == 0 || (whole > 1 && text[start] == '0'))
        {
            return false;
        }

        if (at < text.Length && text[at] == '.')
        {
            at++;
            if (Digits(text, ref at) == 0)
            {
                return false;
            }
        }

        return Exponent(text, at);
    }

    /// <summary>YAML 1.1's base 60 numbers (<c>1:30</c>), which must be quoted for its readers.</summary>
    internal static bool IsBase60(ReadOnlySpan<char> text)
    {
        var at = !text.IsEmpty && text[0] is '+' or '-' ? 1 : 0;
        if (at >= text.Length || !char.IsAsciiDigit(text[at]))
        {
            return false;
        }

        while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '_'))
        {
            at++;
        }

        var groups = 0;
        while (at < text.Length && text[at] == ':')
        {
            var from = ++at;
            var count = Digits(text, ref at);
            if (count is 0 or > 2 || (count == 2 && text[from] > '5'))
            {
                return false;
            }

            groups++;
        }

        if (at < text.Length && text[at] == '.')
        {
            at++;
            while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '_'))
            {
                at++;
            }
        }

        return groups > 0 && at == text.Length;
    }

    /// <summary>
    /// Go's <c>FormatFloat(value, 'g', -1, 64)</c>, but with <paramref name="plainBelow"/> as the exponent where it turns scientific.
    /// </summary>
    internal static string Go(double value, int plainBelow)
    {
        var (negative, digits, exponent) = Decompose(value.ToString("R", CultureInfo.InvariantCulture));
        var sign = negative ? "-" : "";
        if (digits.Length == 0)
        {
            return sign + "0";
        }

        if (exponent < -4 || exponent >= plainBelow)
        {
            var mantissa = digits.Length == 1 ? digits : $"{digits[0]}.{digits[1..]}";
            return $"{sign}{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
        }

        if (exponent < 0)
        {
            return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        }

        return digits.Length <= exponent + 1
            ? sign + digits.PadRight(exponent + 1, '0')
            : $"{sign}{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
    }

    /// <summary>A double as JSON text.</summary>
    internal static string ToJson(double value) => Go(value, 21);

    /// <summary>Splits a number into sign, significant digits and the exponent of the first of them.</summary>
    private static (bool Negative, string Digits, int Exponent) Decompose(string number)
    {
        var negative = number.StartsWith('-');
        var body = negative ? number[1..] : number;
        var exponentAt = body.IndexOf('E', StringComparison.Ordinal);
        var exponent = exponentAt < 0 ? 0 : int.Parse(body[(exponentAt + 1)..], CultureInfo.InvariantCulture);
        var mantissa = exponentAt < 0 ? body : body[..exponentAt];
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? mantissa.Length : point;
        var all = mantissa.Replace(".", "");
        var leading = all.Length - all.TrimStart('0').Length;
        return (negative, all.Trim('0'), exponent + whole - 1 - leading);
    }

    private static bool TryMagnitude(ReadOnlySpan<char> body, ulong radix, out ulong value)
    {
        value = 0;
        foreach (var c in body)
        {
            var digit = char.IsAsciiHexDigit(c) ? (ulong)Convert.ToInt32(c.ToString(), 16) : ulong.MaxValue;
            if (digit >= radix || value > (ulong.MaxValue - digit) / radix)
            {
                return false;
            }

            value = (value * radix) + digit;
        }

        return !body.IsEmpty;
    }

    private static int Digits(ReadOnlySpan<char> text, ref int at)
    {
        var start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        return at - start;
    }

    private static bool Exponent(ReadOnlySpan<char> text, int at)
    {
        if (at == text.Length)
        {
            return true;
        }

        if (text[at] is not ('e' or 'E'))
        {
            return false;
        }

        at++;
        if (at < text.Length && text[at] is '+' or '-')
        {
            at++;
        }

        return Digits(text, ref at) > 0 && at == text.Length;
    }
}
