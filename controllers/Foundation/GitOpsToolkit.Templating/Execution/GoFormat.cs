using System.Globalization;
using System.Text;

namespace GitOpsToolkit.Templating.Execution;

/// <summary>Go's <c>printf</c>: the verbs v T s q d x X o O b c U e f g t %, with flags, width and precision.</summary>
internal static class GoFormat
{
    private const int MaxWidth = 10_000;

    private sealed record Spec(char Verb, bool Minus, bool Plus, bool Sharp, bool Zero, bool Space, int Width, int? Precision);

    internal static string Format(string format, IReadOnlyList<object?> values)
    {
        var text = new StringBuilder();
        var used = 0;
        for (var at = 0; at < format.Length; at++)
        {
            if (format[at] != '%')
            {
                text.Append(format[at]);
                continue;
            }

            at++;
            var spec = ReadSpec(format, ref at);
            if (spec is null)
            {
                text.Append("%!(NOVERB)");
                break;
            }

            if (spec.Verb == '%')
            {
                text.Append('%');
            }
            else if (used >= values.Count)
            {
                text.Append("%!").Append(spec.Verb).Append("(MISSING)");
            }
            else
            {
                text.Append(Pad(spec, One(spec, values[used++])));
            }
        }

        if (used < values.Count)
        {
            var extra = values.Skip(used).Select(value => $"{Values.TypeName(value)}={GoPrint.Text(value)}");
            text.Append("%!(EXTRA ").AppendJoin(", ", extra).Append(')');
        }

        return text.ToString();
    }

    private static Spec? ReadSpec(string format, ref int at)
    {
        bool minus = false, plus = false, sharp = false, zero = false, space = false;
        for (; at < format.Length && "-+# 0".Contains(format[at]); at++)
        {
            minus |= format[at] == '-';
            plus |= format[at] == '+';
            sharp |= format[at] == '#';
            space |= format[at] == ' ';
            zero |= format[at] == '0';
        }

        var width = ReadNumber(format, ref at) ?? 0;
        int? precision = null;
        if (at < format.Length && format[at] == '.')
        {
            at++;
            precision = ReadNumber(format, ref at) ?? 0;
        }

        return at < format.Length ? new Spec(format[at], minus, plus, sharp, zero && !minus, space, width, precision) : null;
    }

    private static int? ReadNumber(string format, ref int at)
    {
        var start = at;
        while (at < format.Length && char.IsAsciiDigit(format[at]))
        {
            at++;
        }

        if (at == start)
        {
            return null;
        }

        return int.TryParse(format.AsSpan(start, at - start), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number <= MaxWidth
            ? number
            : throw new ValueException($"printf width over {MaxWidth}");
    }

    private static string One(Spec spec, object? value)
    {
        var plain = value is Missing ? null : value;
        return (spec.Verb, plain) switch
        {
            ('T', _) => plain is null ? "<nil>" : Values.TypeName(plain),
            ('v', string text) when spec.Sharp => GoQuote.Double(text),
            ('v', double number) => GoPrint.Float(number),
            ('v', long number) => Signed(spec, number.ToString(CultureInfo.InvariantCulture), number < 0),
            ('v', _) => GoPrint.Text(plain),
            ('s', string text) => Cut(spec, text),
            ('s', TemplateRecord { Text: { } text }) => Cut(spec, text),
            (_, IReadOnlyList<object?> list) => $"[{string.Join(' ', list.Select(item => item is null ? "<nil>" : One(spec, item)))}]",
            ('q', string text) => GoQuote.Double(Cut(spec, text)),
            ('q', long rune) => $"'{Rune(rune)}'",
            ('t', bool truth) => truth ? "true" : "false",
            ('d', long number) => Signed(spec, number.ToString(CultureInfo.InvariantCulture), number < 0),
            ('x', long number) => Radix(spec, number, 16, "0x"),
            ('X', long number) => Radix(spec, number, 16, "0X").ToUpperInvariant(),
            ('o', long number) => Radix(spec, number, 8, "0"),
            ('O', long number) => Radix(spec with { Sharp = true }, number, 8, "0o"),
            ('b', long number) => Radix(spec, number, 2, "0b"),
            ('x', string text) => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text)),
            ('X', string text) => Convert.ToHexString(Encoding.UTF8.GetBytes(text)),
            ('c', long rune) => Rune(rune),
            ('U', long rune) => "U+" + rune.ToString("X4", CultureInfo.InvariantCulture),
            ('f' or 'F', double number) => Signed(spec, Fixed(number, spec.Precision ?? 6), number < 0),
            ('e', double number) => Signed(spec, Exponent(number, spec.Precision ?? 6), number < 0),
            ('g', double number) => GoPrint.Float(number),
            (_, null) => $"%!{spec.Verb}(<nil>)",
            _ => $"%!{spec.Verb}({Values.TypeName(plain)}={GoPrint.Text(plain)})",
        };
    }

    private static string Pad(Spec spec, string text)
    {
        var length = text.EnumerateRunes().Count();
        if (length >= spec.Width)
        {
            return text;
        }

        var fill = spec.Width - length;
        if (spec.Minus)
        {
            return text + new string(' ', fill);
        }

        if (!spec.Zero)
        {
            return new string(' ', fill) + text;
        }

        return text is ['+' or '-', ..] ? text[0] + new string('0', fill) + text[1..] : new string('0', fill) + text;
    }

    private static string Signed(Spec spec, string text, bool negative)
    {
        if (negative)
        {
            return text;
        }

        return spec.Plus ? "+" + text : spec.Space ? " " + text : text;
    }

    private static string Cut(Spec spec, string text) =>
        spec.Precision is { } precision ? string.Concat(text.EnumerateRunes().Take(precision)) : text;

    private static string Fixed(double number, int precision) =>
        number.ToString("F" + precision.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static string Exponent(double number, int precision)
    {
        var text = number.ToString("E" + precision.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        var at = text.IndexOf('E', StringComparison.Ordinal);
        var exponent = int.Parse(text[(at + 1)..], CultureInfo.InvariantCulture);
        return $"{text[..at]}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
    }

    private static string Radix(Spec spec, long number, int radix, string prefix)
    {
        var digits = new StringBuilder();
        var rest = number < 0 ? unchecked((ulong)-number) : (ulong)number;
        do
        {
            digits.Insert(0, "0123456789abcdef"[(int)(rest % (ulong)radix)]);
            rest /= (ulong)radix;
        }
        while (rest != 0);
        return Signed(spec, (number < 0 ? "-" : "") + (spec.Sharp ? prefix : "") + digits, number < 0);
    }

    private static string Rune(long rune) =>
        System.Text.Rune.IsValid((int)Math.Clamp(rune, int.MinValue, int.MaxValue)) ? new Rune((int)rune).ToString() : "\uFFFD";
}
