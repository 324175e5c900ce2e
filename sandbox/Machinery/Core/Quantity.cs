using System.Globalization;

namespace GitOpsToolkit.Sandbox.Machinery;

/// <summary>Quantities such as <c>100m</c>, <c>1.5Gi</c> or <c>2e3</c>, and the canonical form that the server stores.</summary>
public static class Quantity
{
    /// <summary>The server's message for a text that is no quantity.</summary>
    public const string Rule = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

    private static readonly string[] BinarySuffixes = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    private static readonly string[] DecimalSuffixes = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];

    private enum Format
    {
        Decimal,
        Binary,
        Exponent,
    }

    /// <summary>Whether the text is a quantity.</summary>
    public static bool IsValid(string text) => Canonical(text) is not null;

    /// <summary>The canonical form, or null if the text is no quantity.</summary>
    public static string? Canonical(string text)
    {
        if (!TryParse(text, out var value, out var format))
        {
            return null;
        }

        if (format == Format.Binary && decimal.Truncate(value) == value && Math.Abs(value) >= 1024)
        {
            return Binary(value);
        }

        return format == Format.Exponent ? Exponent(value) : Decimal(value);
    }

    /// <summary>The value as a number, or null if the text is no quantity.</summary>
    public static decimal? Value(string text) => TryParse(text, out var value, out _) ? value : null;

    private static bool TryParse(string text, out decimal value, out Format format)
    {
        format = Format.Decimal;
        value = 0;
        var end = 0;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] == '.' || (end == 0 && text[end] is '+' or '-')))
        {
            end++;
        }

        const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        if (end == 0 || end > 28 || !decimal.TryParse(text.AsSpan(0, end), style, CultureInfo.InvariantCulture, out var number)
            || Multiplier(text[end..], ref format) is not { } multiplier)
        {
            return false;
        }

        try
        {
            // Finer than nano is rounded up, away from zero.
            var scaled = number * multiplier * 1_000_000_000m;
            value = (scaled < 0 ? decimal.Floor(scaled) : decimal.Ceiling(scaled)) / 1_000_000_000m;
            return true;
        }
        catch (OverflowException)
        {
            value = number < 0 ? long.MinValue : long.MaxValue;
            return true;
        }
    }

    private static decimal? Multiplier(string suffix, ref Format format)
    {
        var binary = Array.IndexOf(BinarySuffixes, suffix);
        if (binary >= 0)
        {
            format = Format.Binary;
            return Power(1024m, binary + 1);
        }

        var step = Array.IndexOf(DecimalSuffixes, suffix);
        if (step >= 0)
        {
            return step >= 3 ? Power(1000m, step - 3) : 1m / Power(1000m, 3 - step);
        }

        if (suffix.Length > 1 && suffix[0] is 'e' or 'E'
            && int.TryParse(suffix.AsSpan(1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exponent)
            && exponent is >= -18 and <= 18)
        {
            format = Format.Exponent;
            return exponent >= 0 ? Power(10m, exponent) : 1m / Power(10m, -exponent);
        }

        return null;
    }

    private static string Binary(decimal value)
    {
        var step = 0;
        while (step < BinarySuffixes.Length && value % 1024 == 0)
        {
            value /= 1024;
            step++;
        }

        return Digits(value) + (step == 0 ? "" : BinarySuffixes[step - 1]);
    }

    private static string Decimal(decimal value)
    {
        if (value == 0)
        {
            return "0";
        }

        var step = 3;
        while (decimal.Truncate(value) != value && step > 0)
        {
            value *= 1000;
            step--;
        }

        while (value % 1000 == 0 && step is >= 3 and < 9)
        {
            value /= 1000;
            step++;
        }

        return Digits(value) + DecimalSuffixes[step];
    }

    private static string Exponent(decimal value)
    {
        var exponent = 0;
        while (decimal.Truncate(value) != value)
        {
            value *= 1000;
            exponent -= 3;
        }

        while (value != 0 && value % 1000 == 0)
        {
            value /= 1000;
            exponent += 3;
        }

        return exponent == 0 ? Digits(value) : $"{Digits(value)}e{exponent}";
    }

    private static string Digits(decimal value) => decimal.Truncate(value).ToString("0", CultureInfo.InvariantCulture);

    private static decimal Power(decimal number, int exponent)
    {
        var result = 1m;
        for (var i = 0; i < exponent; i++)
        {
            result *= number;
        }

        return result;
    }
}
