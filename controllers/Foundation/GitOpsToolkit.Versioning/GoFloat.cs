using System.Globalization;
using System.Numerics;

namespace GitOpsToolkit.Versioning;

/// <summary>
/// Go's strconv.ParseFloat(text, 64): decimal and hexadecimal, underscores between digits, Inf and NaN; overflow is an error.
/// </summary>
public static class GoFloat
{
    private const int MaxLength = 512;

    /// <summary>Reads a number; false where Go would refuse it.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out double value)
    {
        value = 0;
        if (text.Length is 0 or > MaxLength)
        {
            return false;
        }

        var signed = text[0] is '+' or '-';
        var negative = text[0] == '-';
        var body = text[(signed ? 1 : 0)..];
        if (TrySpecial(body, signed, out value))
        {
            value = negative ? -value : value;
            return true;
        }

        var hex = body.Length > 2 && body[0] == '0' && body[1] is 'x' or 'X';
        if (!UnderscoresSeparateDigits(body, hex))
        {
            return false;
        }

        var digits = body.ToString().Replace("_", "");
        var read = hex ? TryHex(digits.AsSpan(2), out value) : TryDecimal(digits, out value);
        value = negative ? -value : value;
        return read && !double.IsInfinity(value);
    }

    private static bool TrySpecial(ReadOnlySpan<char> body, bool signed, out double value)
    {
        var infinite = body.Equals("inf", StringComparison.OrdinalIgnoreCase)
            || body.Equals("infinity", StringComparison.OrdinalIgnoreCase);
        value = infinite ? double.PositiveInfinity : double.NaN;
        return infinite || (!signed && body.Equals("nan", StringComparison.OrdinalIgnoreCase));
    }

    private static bool UnderscoresSeparateDigits(ReadOnlySpan<char> body, bool hex)
    {
        if (!body.Contains('_'))
        {
            return true;
        }

        // The prefix counts as a digit: 0x_1 is fine.
        var afterDigit = hex;
        var afterUnderscore = false;
        foreach (var c in hex ? body[2..] : body)
        {
            if (c == '_' ? !afterDigit : afterUnderscore && !IsDigit(c, hex))
            {
                return false;
            }

            afterUnderscore = c == '_';
            afterDigit = !afterUnderscore && IsDigit(c, hex);
        }

        return !afterUnderscore;
    }

    private static bool IsDigit(char c, bool hex) => hex ? char.IsAsciiHexDigit(c) : char.IsAsciiDigit(c);

    private static bool TryDecimal(string digits, out double value)
    {
        const NumberStyles Styles = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        value = 0;

        // .NET takes an exponent without digits as text that ends early; Go refuses it, and so does this: the last character is a digit
        // or the point.
        return digits is [.., (>= '0' and <= '9') or '.']
            && double.TryParse(digits, Styles, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Hexadecimal digits with an optional point and a mandatory binary exponent.</summary>
    private static bool TryHex(ReadOnlySpan<char> text, out double value)
    {
        value = 0;
        var mark = text.IndexOfAny('p', 'P');
        if (mark < 0)
        {
            return false;
        }

        var mantissaText = text[..mark];
        var point = mantissaText.IndexOf('.');
        var digits = point < 0 ? mantissaText.ToString() : $"{mantissaText[..point]}{mantissaText[(point + 1)..]}";
        if (digits.Length == 0 || !digits.All(char.IsAsciiHexDigit) || !TryExponent(text[(mark + 1)..], out var exponent))
        {
            return false;
        }

        var mantissa = BigInteger.Parse("0" + digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        var fraction = point < 0 ? 0 : mantissaText.Length - point - 1;
        value = Scale(mantissa, exponent - (4 * fraction));
        return true;
    }

    private static bool TryExponent(ReadOnlySpan<char> text, out int exponent)
    {
        exponent = 0;
        var signed = text is ['+' or '-', ..];
        var digits = text[(signed ? 1 : 0)..];
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        // Beyond 10 000 the value is 0 or an overflow whatever the mantissa.
        exponent = digits.TrimStart('0').Length > 5 ? 100_000 : int.Parse(digits, CultureInfo.InvariantCulture);
        exponent = text[0] == '-' ? -exponent : exponent;
        return true;
    }

    /// <summary>mantissa × 2^exponent, rounded half to even, subnormals included.</summary>
    private static double Scale(BigInteger mantissa, int exponent)
    {
        if (mantissa.IsZero)
        {
            return 0;
        }

        const int Precision = 53;
        const int LowestExponent = -1074;
        var drop = Math.Max((int)mantissa.GetBitLength() - Precision, LowestExponent - exponent);
        if (drop > 0)
        {
            // Too small for half of the lowest bit: nothing is left, and a huge shift is not worth doing.
            if (drop > mantissa.GetBitLength() + 1)
            {
                return 0;
            }

            var half = BigInteger.One << (drop - 1);
            var rest = mantissa & ((BigInteger.One << drop) - 1);
            mantissa >>= drop;
            exponent += drop;
            mantissa += rest > half || (rest == half && !mantissa.IsEven) ? 1 : 0;
        }

        return Math.ScaleB((double)mantissa, exponent);
    }
}
