using GitOpsToolkit.Templating.Execution;
using GitOpsToolkit.Templating.Parsing;
using GitOpsToolkit.Versioning;

namespace GitOpsToolkit.Templating.Functions;

/// <summary>How sprig makes numbers of anything: what is none counts as 0.</summary>
internal static class Cast
{
    internal static long ToInteger(GoValue value)
    {
        var held = Executor.Indirect(value).Value;
        return held.Kind switch
        {
            GoKind.Int or GoKind.Int32 or GoKind.Int64 => held.Integer,
            GoKind.Uint or GoKind.Uint8 or GoKind.Uint64 => (long)held.Unsigned,
            GoKind.Float64 => Truncate(held.Float),
            GoKind.Bool => held.Truth ? 1 : 0,
            GoKind.String => held.Bytes.Length == 0 ? 0 : NumberReader.Integer(WithoutZeroDecimals(held.Bytes), 0) ?? 0,
            _ => 0,
        };
    }

    internal static double ToFloat(GoValue value)
    {
        var held = Executor.Indirect(value).Value;
        return held.Kind switch
        {
            GoKind.Float64 => held.Float,
            GoKind.String => GoFloat.TryParse(held.Bytes, out var number) ? number : 0,
            GoKind.Uint or GoKind.Uint8 or GoKind.Uint64 => held.Unsigned,
            _ => ToInteger(held),
        };
    }

    /// <summary>Go's conversion on amd64: what does not fit is the lowest integer.</summary>
    private static long Truncate(double number) =>
        number is >= -9223372036854775808.0 and < 9223372036854775808.0 ? (long)number : long.MinValue;

    private static string WithoutZeroDecimals(string number)
    {
        var end = number.Length;
        while (end > 0 && number[end - 1] == '0')
        {
            end--;
        }

        return end > 0 && end < number.Length && number[end - 1] == '.' && end > 1 ? number[..(end - 1)] : number;
    }
}
