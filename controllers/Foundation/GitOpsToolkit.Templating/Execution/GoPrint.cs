using System.Globalization;
using System.Text;

namespace GitOpsToolkit.Templating.Execution;

/// <summary>How Go prints values with <c>%v</c>.</summary>
internal static class GoPrint
{
    internal static string Text(object? value)
    {
        var text = new StringBuilder();
        Append(text, value, 0);
        return text.ToString();
    }

    /// <summary>Go's <c>%v</c> of a float: the shortest digits, an exponent below 1e-4 and from 1e6 on (<c>1e+06</c>).</summary>
    internal static string Float(double value)
    {
        if (double.IsNaN(value))
        {
            return "NaN";
        }

        if (double.IsInfinity(value))
        {
            return value > 0 ? "+Inf" : "-Inf";
        }

        var (sign, digits, exponent) = Decompose(value.ToString("R", CultureInfo.InvariantCulture));
        if (exponent < -4 || exponent >= 6)
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

    /// <summary>The sign, the significant digits, and the exponent of the first of them.</summary>
    private static (string Sign, string Digits, int Exponent) Decompose(string number)
    {
        var sign = number.StartsWith('-') ? "-" : "";
        var parts = number[sign.Length..].Split('E');
        var whole = parts[0].IndexOf('.', StringComparison.Ordinal);
        var all = parts[0].Replace(".", "");
        var digits = all.Trim('0');
        if (digits.Length == 0)
        {
            return (sign, "0", 0);
        }

        var written = parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0;
        var exponent = written + (whole < 0 ? parts[0].Length : whole) - 1;
        return (sign, digits, exponent - (all.Length - all.TrimStart('0').Length));
    }

    private static void Append(StringBuilder text, object? value, int depth)
    {
        if (depth > 32)
        {
            throw new ValueException("value is nested too deep to print");
        }

        switch (value)
        {
            case null:
                text.Append("<nil>");
                break;
            case Missing:
                text.Append("<no value>");
                break;
            case string plain:
                text.Append(plain);
                break;
            case bool truth:
                text.Append(truth ? "true" : "false");
                break;
            case long number:
                text.Append(CultureInfo.InvariantCulture, $"{number}");
                break;
            case double number:
                text.Append(Float(number));
                break;
            case TemplateRecord { Text: { } own }:
                text.Append(own);
                break;
            case TemplateRecord record:
                AppendAll(text, '{', '}', record.Fields.Select(field => field.Value), depth);
                break;
            case TemplateMap map:
                AppendMap(text, map.Entries, depth);
                break;
            case IReadOnlyDictionary<string, object?> map:
                AppendMap(text, map.OrderBy(entry => entry.Key, StringComparer.Ordinal)
                    .Select(entry => new KeyValuePair<object, object?>(entry.Key, entry.Value)), depth);
                break;
            case IEnumerable<object?> list:
                AppendAll(text, '[', ']', list, depth);
                break;
            default:
                throw new ValueException($"can't print {value.GetType().Name}");
        }
    }

    private static void AppendAll(StringBuilder text, char open, char close, IEnumerable<object?> items, int depth)
    {
        text.Append(open);
        var first = true;
        foreach (var item in items)
        {
            if (!first)
            {
                text.Append(' ');
            }

            first = false;
            Append(text, item, depth + 1);
        }

        text.Append(close);
    }

    private static void AppendMap(StringBuilder text, IEnumerable<KeyValuePair<object, object?>> entries, int depth)
    {
        text.Append("map[");
        var first = true;
        foreach (var (key, value) in entries)
        {
            if (!first)
            {
                text.Append(' ');
            }

            first = false;
            Append(text, key, depth + 1);
            text.Append(':');
            Append(text, value, depth + 1);
        }

        text.Append(']');
    }
}
