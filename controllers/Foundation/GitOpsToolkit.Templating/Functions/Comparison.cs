using GitOpsToolkit.Templating.Printing;

namespace GitOpsToolkit.Templating.Functions;

/// <summary>eq, lt and the like: they compare values of like kinds, whatever their types.</summary>
internal static class Comparison
{
    private const string Incompatible = "incompatible types for comparison";
    private const string Invalid = "invalid type for comparison";

    private enum Basic
    {
        None,
        Bool,
        Integer,
        Unsigned,
        Float,
        String,
    }

    /// <summary>Whether the first argument equals any of the others.</summary>
    internal static bool IsAny(CallContext call, GoValue[] arguments)
    {
        if (arguments.Length == 1)
        {
            throw new GoException("missing argument for comparison");
        }

        var first = arguments[0].Unwrapped;
        foreach (var argument in arguments.AsSpan(1))
        {
            if (AreEqual(call, first, argument.Unwrapped))
            {
                return true;
            }
        }

        return false;
    }

    internal static bool IsLess(GoValue[] arguments)
    {
        var (left, right) = (arguments[0].Unwrapped, arguments[1].Unwrapped);
        var (leftBasic, rightBasic) = (Of(left), Of(right));
        if (leftBasic == Basic.None || rightBasic == Basic.None)
        {
            throw new GoException(Invalid);
        }

        return (leftBasic, rightBasic) switch
        {
            (Basic.Integer, Basic.Unsigned) => left.Integer < 0 || (ulong)left.Integer < right.Unsigned,
            (Basic.Unsigned, Basic.Integer) => right.Integer >= 0 && left.Unsigned < (ulong)right.Integer,
            (Basic.Integer, Basic.Integer) => left.Integer < right.Integer,
            (Basic.Unsigned, Basic.Unsigned) => left.Unsigned < right.Unsigned,
            (Basic.Float, Basic.Float) => left.Float < right.Float,
            (Basic.String, Basic.String) => string.CompareOrdinal(left.Bytes, right.Bytes) < 0,
            (Basic.Bool, Basic.Bool) => throw new GoException(Invalid),
            _ => throw new GoException(Incompatible),
        };
    }

    private static bool AreEqual(CallContext call, GoValue left, GoValue right)
    {
        switch (Of(left), Of(right))
        {
            case (Basic.Integer, Basic.Unsigned):
                return left.Integer >= 0 && (ulong)left.Integer == right.Unsigned;
            case (Basic.Unsigned, Basic.Integer):
                return right.Integer >= 0 && left.Unsigned == (ulong)right.Integer;
            case (Basic.None, Basic.None):
                return AreEqualOthers(call, left, right);
            case var (a, b) when a != b:
                return left.IsValid && right.IsValid ? throw new GoException(Incompatible) : false;
            default:
                return left.Kind == GoKind.Float64 ? left.Float == right.Float : Equals(left.Data, right.Data);
        }
    }

    private static bool AreEqualOthers(CallContext call, GoValue left, GoValue right)
    {
        if (left.Kind != right.Kind && left.IsValid && right.IsValid)
        {
            throw new GoException(
                $"non-comparable types {GoPrinter.Text(call, left)}: {left.Type}, {right.Type}: {GoPrinter.Text(call, right)}");
        }

        var (leftNil, rightNil) = (!left.IsValid || left.IsNil, !right.IsValid || right.IsNil);
        if (leftNil || rightNil)
        {
            return leftNil == rightNil;
        }

        return right.Type!.IsComparable
            ? GoOrder.AreSame(left, right)
            : throw new GoException($"non-comparable type {GoPrinter.Text(call, right)}: {right.Type}");
    }

    private static Basic Of(GoValue value) => value.Kind switch
    {
        GoKind.Bool => Basic.Bool,
        GoKind.Int or GoKind.Int32 or GoKind.Int64 => Basic.Integer,
        GoKind.Uint or GoKind.Uint8 or GoKind.Uint64 => Basic.Unsigned,
        GoKind.Float64 => Basic.Float,
        GoKind.String => Basic.String,
        _ => Basic.None,
    };
}
