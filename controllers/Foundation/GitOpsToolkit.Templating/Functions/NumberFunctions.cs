using System.Globalization;
using GitOpsToolkit.Templating.Execution;

namespace GitOpsToolkit.Templating.Functions;

/// <summary>sprig's functions on integers.</summary>
internal static class NumberFunctions
{
    private const int Any = int.MaxValue;

    internal static IEnumerable<Function> All { get; } =
    [
        new("int", 1, 1, call => ToLong(call[0])),
        new("int64", 1, 1, call => ToLong(call[0])),
        new("atoi", 1, 1, call => ToLong(call.Text(0))),
        new("add", 0, Any, call => call.All.Aggregate(0L, (sum, value) => unchecked(sum + ToLong(value)))),
        new("add1", 1, 1, call => unchecked(ToLong(call[0]) + 1)),
        new("sub", 2, 2, call => unchecked(ToLong(call[0]) - ToLong(call[1]))),
        new("mul", 1, Any, call => call.All.Aggregate(1L, (product, value) => unchecked(product * ToLong(value)))),
        new("div", 2, 2, call => Divide(ToLong(call[0]), ToLong(call[1]))),
        new("mod", 2, 2, call => ToLong(call[1]) is var by and not 0 ? (by == -1 ? 0 : ToLong(call[0]) % by)
            : throw new ValueException("division by zero")),
        new("max", 1, Any, call => call.All.Max(ToLong)),
        new("min", 1, Any, call => call.All.Min(ToLong)),
        new("until", 1, 1, Until),
    ];

    private static long Divide(long left, long right)
    {
        if (right == 0)
        {
            throw new ValueException("division by zero");
        }

        return right == -1 ? unchecked(-left) : left / right;
    }

    private static List<object?> Until(FunctionArguments call)
    {
        var count = call.Count32(0);
        return count is >= 0 and <= 100_000
            ? Enumerable.Range(0, count).Select(index => (object?)(long)index).ToList()
            : throw new ValueException($"until {count} is not between 0 and 100000");
    }

    /// <summary>As sprig: what is no number counts as 0.</summary>
    private static long ToLong(object? value) => value switch
    {
        long number => number,
        double number => double.IsFinite(number) && Math.Abs(number) < 9e18 ? (long)number : 0,
        bool truth => truth ? 1 : 0,
        string text => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : 0,
        _ => 0,
    };
}
