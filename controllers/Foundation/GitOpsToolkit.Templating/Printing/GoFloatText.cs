using System.Globalization;
using System.Numerics;

namespace GitOpsToolkit.Templating.Printing;

/// <summary>Go's strconv.FormatFloat for 64 bits: the decimal formats e, E, f, g and G.</summary>
internal static class GoFloatText
{
    private const int MantissaBits = 52;
    private const int ExponentBias = 1075;

    /// <summary>Writes a number.</summary>
    /// <param name="number">The number.</param>
    /// <param name="format">e, E, f, g or G.</param>
    /// <param name="precision">
    /// Digits behind the point, for g significant digits; -1 for the fewest that tell the number from its neighbours.
    /// </param>
    internal static string Format(double number, char format, int precision)
    {
        if (!double.IsFinite(number))
        {
            return double.IsNaN(number) ? "NaN" : number > 0 ? "+Inf" : "-Inf";
        }

        var sign = double.IsNegative(number) ? "-" : "";
        var shortest = precision < 0;
        var (digits, point) = shortest ? Shortest(Math.Abs(number)) : Rounded(Math.Abs(number), format, precision);
        switch (format)
        {
            case 'f':
                return sign + Fixed(digits, point, shortest ? Math.Max(digits.Length - point, 0) : precision);
            case 'e' or 'E':
                return sign + Exponent(digits, point, shortest ? digits.Length - 1 : precision, format);
            default:
                var limit = shortest ? 6 : Math.Max(precision, 1);
                if (!shortest && limit > digits.Length && digits.Length >= point)
                {
                    limit = digits.Length;
                }

                var exponent = point - 1;
                return exponent < -4 || exponent >= limit
                    ? sign + Exponent(digits, point, digits.Length - 1, format == 'g' ? 'e' : 'E')
                    : sign + Fixed(digits, point, Math.Max(digits.Length - point, 0));
        }
    }

    /// <summary>The fewest digits that tell a number from its neighbours, and where the point stands among them.</summary>
    internal static (string Digits, int Point) Shortest(double number)
    {
        var text = number.ToString("E16", CultureInfo.InvariantCulture);
        var round = number.ToString("R", CultureInfo.InvariantCulture);
        var mark = round.IndexOf('E', StringComparison.Ordinal);
        var all = (mark < 0 ? round : round[..mark]).Replace(".", "").Trim('0');
        if (number == 0)
        {
            return ("0", 1);
        }

        // The two notations agree on the exponent, unless the fewest digits round up to the next power of ten.
        var exponent = int.Parse(text[(text.IndexOf('E', StringComparison.Ordinal) + 1)..], CultureInfo.InvariantCulture);
        if (all == "1" && text[0] == '9')
        {
            exponent++;
        }

        return (all, exponent + 1);
    }

    /// <summary>
    /// The number's exact decimal value, rounded half to even: for f to a number of decimals, otherwise to a number of digits. The digits have
    /// no zeros at their end but for a single 0.
    /// </summary>
    private static (string Digits, int Point) Rounded(double number, char format, int precision)
    {
        if (number == 0)
        {
            return ("0", 1);
        }

        var bits = BitConverter.DoubleToInt64Bits(number);
        var power = (int)(bits >> MantissaBits);
        var mantissa = new BigInteger(bits & ((1L << MantissaBits) - 1));
        mantissa = power == 0 ? mantissa : mantissa + (BigInteger.One << MantissaBits);
        var exponent = Math.Max(power, 1) - ExponentBias;
        var decimals = precision;
        if (format != 'f')
        {
            var significant = format is 'g' or 'G' ? Math.Max(precision, 1) : precision + 1;
            decimals = significant - Shortest(number).Point;
        }

        var scaled = Scale(mantissa, exponent, decimals);
        if (format != 'f' && scaled.ToString(CultureInfo.InvariantCulture).Length > DigitsWanted(format, precision))
        {
            // Rounding carried into one more digit.
            scaled = Scale(mantissa, exponent, --decimals);
        }

        var digits = scaled.ToString(CultureInfo.InvariantCulture);
        var point = digits.Length - decimals;
        digits = digits.TrimEnd('0');
        return digits.Length == 0 ? ("0", 1) : (digits, point);
    }

    private static int DigitsWanted(char format, int precision) => format is 'g' or 'G' ? Math.Max(precision, 1) : precision + 1;

    /// <summary>mantissa × 2^exponent × 10^decimals, rounded half to even.</summary>
    private static BigInteger Scale(BigInteger mantissa, int exponent, int decimals)
    {
        var numerator = mantissa;
        var denominator = BigInteger.One;
        if (exponent >= 0)
        {
            numerator <<= exponent;
        }
        else
        {
            denominator <<= -exponent;
        }

        if (decimals >= 0)
        {
            numerator *= BigInteger.Pow(10, decimals);
        }
        else
        {
            denominator *= BigInteger.Pow(10, -decimals);
        }

        var whole = BigInteger.DivRem(numerator, denominator, out var rest);
        var order = (rest * 2).CompareTo(denominator);
        return order > 0 || (order == 0 && !whole.IsEven) ? whole + 1 : whole;
    }

    private static string Fixed(string digits, int point, int decimals)
    {
        var whole = point <= 0 ? "0" : digits.Length >= point ? digits[..point] : digits.PadRight(point, '0');
        if (decimals == 0)
        {
            return whole;
        }

        var fraction = point < 0 ? new string('0', Math.Min(-point, decimals)) + digits
            : digits.Length > point ? digits[point..] : "";
        fraction = fraction.Length > decimals ? fraction[..decimals] : fraction.PadRight(decimals, '0');
        return $"{whole}.{fraction}";
    }

    private static string Exponent(string digits, int point, int decimals, char mark)
    {
        var exponent = digits == "0" ? 0 : point - 1;
        var fraction = decimals > 0 ? "." + digits[1..].PadRight(decimals, '0') : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"{digits[0]}{fraction}{mark}{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
    }
}
