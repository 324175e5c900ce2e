namespace GitOpsToolkit.Templating;

/// <summary>Go's == and the order in which Go prints the keys of maps.</summary>
internal static class GoOrder
{
    /// <summary>Go's == of two values.</summary>
    internal static bool AreSame(GoValue left, GoValue right)
    {
        (left, right) = (left.Unwrapped, right.Unwrapped);
        if (!ReferenceEquals(left.Type, right.Type))
        {
            return false;
        }

        return left.Kind switch
        {
            GoKind.Invalid => true,
            GoKind.Struct when left.Struct.Opaque is { } opaque => opaque.Equals(right.Struct.Opaque),
            GoKind.Struct => left.Struct.Fields.Zip(right.Struct.Fields).All(pair => AreSame(pair.First, pair.Second)),
            GoKind.Float64 => left.Float == right.Float,
            GoKind.Pointer => ReferenceEquals(left.Data, right.Data),
            GoKind.Slice or GoKind.Map or GoKind.Func =>
                throw new GoException($"runtime error: comparing uncomparable type {left.Type}"),
            _ => Equals(left.Data, right.Data),
        };
    }

    /// <summary>The order of keys: numbers and strings by value, false before true, structs field by field, nil first.</summary>
    internal static int Compare(GoValue left, GoValue right)
    {
        (left, right) = (left.Unwrapped, right.Unwrapped);
        if (left.Kind != right.Kind)
        {
            return left.Kind.CompareTo(right.Kind);
        }

        return left.Kind switch
        {
            GoKind.Bool => left.Truth.CompareTo(right.Truth),
            GoKind.Int or GoKind.Int32 or GoKind.Int64 => left.Integer.CompareTo(right.Integer),
            GoKind.Uint or GoKind.Uint8 or GoKind.Uint64 => left.Unsigned.CompareTo(right.Unsigned),
            GoKind.Float64 => left.Float.CompareTo(right.Float),
            GoKind.String => string.CompareOrdinal(left.Bytes, right.Bytes),
            GoKind.Struct => left.Struct.Fields.Zip(right.Struct.Fields)
                .Select(pair => Compare(pair.First, pair.Second)).FirstOrDefault(order => order != 0),
            _ => 0,
        };
    }
}
