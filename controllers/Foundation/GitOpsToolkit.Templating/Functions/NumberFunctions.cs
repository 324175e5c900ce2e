using System.Globalization;
using GitOpsToolkit.Templating.Parsing;
using GitOpsToolkit.Templating.Printing;
using static GitOpsToolkit.Templating.Functions.Signature;

namespace GitOpsToolkit.Templating.Functions;

/// <summary>sprig's functions on integers and on ranges of them.</summary>
internal static class NumberFunctions
{
    internal static IReadOnlyList<GoFunction> All { get; } =
    [
        Of("atoi", [Text], a => GoValue.Of(NumberReader.Integer(a[0].Bytes, 10) ?? Saturated(a[0].Bytes))),
        Of("int", [Any], a => GoValue.Of(Cast.ToInteger(a[0]))),
        Of("int64", [Any], a => GoValue.OfInt64(Cast.ToInteger(a[0]))),
        Of("float64", [Any], a => GoValue.Of(Cast.ToFloat(a[0]))),
        Of("toDecimal", [Any], (call, a) =>
            GoValue.OfInt64(GoPrinter.Text(call, a[0]) is { Length: > 0 } text ? NumberReader.Integer(text, 8) ?? 0 : 0)),
        Of("add1", [Any], a => GoValue.OfInt64(unchecked(Cast.ToInteger(a[0]) + 1))),
        Variadic("add", [Any], a => GoValue.OfInt64(a.Aggregate(0L, (sum, value) => unchecked(sum + Cast.ToInteger(value))))),
        Of("sub", [Any, Any], a => GoValue.OfInt64(unchecked(Cast.ToInteger(a[0]) - Cast.ToInteger(a[1])))),
        Of("div", [Any, Any], a => GoValue.OfInt64(Divide(Cast.ToInteger(a[0]), Cast.ToInteger(a[1])))),
        Of("mod", [Any, Any], a => GoValue.OfInt64(Remainder(Cast.ToInteger(a[0]), Cast.ToInteger(a[1])))),
        Variadic("mul", [Any, Any], a => GoValue.OfInt64(a.Aggregate(1L, (product, value) => unchecked(product * Cast.ToInteger(value))))),
        Variadic("max", [Any, Any], a => GoValue.OfInt64(a.Max(value => Cast.ToInteger(value)))),
        Variadic("biggest", [Any, Any], a => GoValue.OfInt64(a.Max(value => Cast.ToInteger(value)))),
        Variadic("min", [Any, Any], a => GoValue.OfInt64(a.Min(value => Cast.ToInteger(value)))),
        Variadic("maxf", [Any, Any], a => GoValue.Of(a.Select(Cast.ToFloat).Aggregate(Math.Max))),
        Variadic("minf", [Any, Any], a => GoValue.Of(a.Select(Cast.ToFloat).Aggregate(Math.Min))),
        Of("ceil", [Any], a => GoValue.Of(Math.Ceiling(Cast.ToFloat(a[0])))),
        Of("floor", [Any], a => GoValue.Of(Math.Floor(Cast.ToFloat(a[0])))),
        Variadic("round", [Any, Int, GoType.Float64], a => GoValue.Of(Round(Cast.ToFloat(a[0]), a[1].Integer, a.Length > 2 ? a[2].Float : .5))),
        Of("until", [Int], (call, a) => Ints(Range(call, 0, a[0].Integer, a[0].Integer < 0 ? -1 : 1))),
        Of("untilStep", [Int, Int, Int], (call, a) => Ints(Range(call, a[0].Integer, a[1].Integer, a[2].Integer))),
        Variadic("seq", [Int], (call, a) => GoValue.OfBytes(Sequence(call, a))),
    ];

    private static GoValue Ints(List<long> numbers) => GoValue.ListOf(numbers.Select(number => GoValue.Of(number)), GoType.SliceOf(GoType.Int));

    /// <summary>strconv.Atoi tells of numbers that do not fit, and sprig takes the nearest that does.</summary>
    private static long Saturated(string text)
    {
        var digits = text is ['+' or '-', ..] ? text[1..] : text;
        if (digits.Length == 0 || !digits.All(char.IsAsciiDigit))
        {
            return 0;
        }

        return text[0] == '-' ? long.MinValue : long.MaxValue;
    }

    private static long Divide(long left, long right)
    {
        if (right == 0)
        {
            throw new GoException("runtime error: integer divide by zero");
        }

        return right == -1 ? unchecked(-left) : left / right;
    }

    private static long Remainder(long left, long right)
    {
        if (right == 0)
        {
            throw new GoException("runtime error: integer divide by zero");
        }

        return right == -1 ? 0 : left % right;
    }

    private static double Round(double value, long places, double roundOn)
    {
        var power = Math.Pow(10, places);
        var digits = power * value;
        var fraction = digits - Math.Truncate(digits);
        return (fraction >= roundOn ? Math.Ceiling(digits) : Math.Floor(digits)) / power;
    }

    private static List<long> Range(CallContext call, long start, long stop, long step)
    {
        var numbers = new List<long>();
        if (step == 0 || (stop < start && step > 0) || (stop >= start && step < 0))
        {
            return numbers;
        }

        for (var i = (Int128)start; step > 0 ? i < stop : i > stop; i += step)
        {
            call.Spend(1);
            numbers.Add((long)i);
        }

        return numbers;
    }

    private static string Sequence(CallContext call, GoValue[] bounds)
    {
        if (bounds.Length is 0 or > 3)
        {
            return "";
        }

        var start = bounds.Length == 1 ? 1 : bounds[0].Integer;
        var end = bounds[^1].Integer;
        var direction = end < start ? -1 : 1;
        var step = bounds.Length == 3 ? bounds[1].Integer : direction;
        if (bounds.Length == 3 && direction < 0 && step > 0)
        {
            return "";
        }

        return string.Join(' ', Range(call, start, end + direction, step).Select(number => number.ToString(CultureInfo.InvariantCulture)));
    }
}
