using System.Globalization;

namespace GitOpsToolkit.Templating.Parsing;

/// <summary>Go's integer and float constants.</summary>
internal static class NumberConstant
{
    /// <summary>A long, a double, or null if the text is no number.</summary>
    internal static object? Parse(string text)
    {
        var plain = text.Replace("_", "");
        var negative = plain.StartsWith('-');
        var digits = plain.TrimStart('+', '-');
        if (plain.Length - digits.Length > 1 || digits.Length == 0)
        {
            return null;
        }

        if (digits.Length > 2 && digits[0] == '0' && char.IsLetter(digits[1]) && digits[1] is not ('e' or 'E'))
        {
            var radix = char.ToLowerInvariant(digits[1]) switch
            {
                'x' => 16,
                'o' => 8,
                'b' => 2,
                _ => 0,
            };
            return radix == 0 ? null : InRadix(digits[2..], radix, negative);
        }

        if (digits.Length > 1 && digits[0] == '0' && digits.All(char.IsAsciiDigit))
        {
            return InRadix(digits[1..], 8, negative);
        }

        if (long.TryParse(plain, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
        {
            return whole;
        }

        return double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number) ? number : null;
    }

    private static object? InRadix(string digits, int radix, bool negative)
    {
        long value = 0;
        foreach (var c in digits)
        {
            var digit = char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : radix;
            if (digit >= radix || value > (long.MaxValue - digit) / radix)
            {
                return null;
            }

            value = (value * radix) + digit;
        }

        return negative ? -value : value;
    }
}
