namespace GitOpsToolkit.Templating.Functions;

/// <summary>Go's reflect.DeepEqual: values of the same type with the same content; a nil list is not an empty one.</summary>
internal static class DeepEquality
{
    internal static bool AreEqual(CallContext call, GoValue left, GoValue right)
    {
        call.Descend();
        (left, right) = (left.Unwrapped, right.Unwrapped);
        if (!ReferenceEquals(left.Type, right.Type))
        {
            return false;
        }

        switch (left.Kind)
        {
            case GoKind.Invalid:
                return true;
            case GoKind.Slice:
                return left.IsNil == right.IsNil && left.Items.Length == right.Items.Length
                    && left.Items.Zip(right.Items).All(pair => AreEqual(call, pair.First, pair.Second));
            case GoKind.Map:
                return left.IsNil == right.IsNil && AreEqual(call, left.Map, right.Map);
            case GoKind.Struct when left.Struct.Opaque is { } opaque:
                return opaque.Equals(right.Struct.Opaque);
            case GoKind.Struct:
                return left.Struct.Fields.Zip(right.Struct.Fields).All(pair => AreEqual(call, pair.First, pair.Second));
            case GoKind.Pointer:
                return ReferenceEquals(left.Data, right.Data) || (!left.IsNil && !right.IsNil && AreEqual(call, left.Inner, right.Inner));
            case GoKind.Func:
                return left.IsNil && right.IsNil;
            default:
                return GoOrder.AreSame(left, right);
        }
    }

    private static bool AreEqual(CallContext call, GoMap? left, GoMap? right)
    {
        if (ReferenceEquals(left, right))
        {
            return true;
        }

        return left!.Count == right!.Count && left.Sorted().TrueForAll(entry =>
            right.TryGet(entry.Key, out var other) && AreEqual(call, entry.Value, other));
    }
}
