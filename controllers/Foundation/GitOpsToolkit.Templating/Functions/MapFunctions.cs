using static GitOpsToolkit.Templating.Functions.Signature;

namespace GitOpsToolkit.Templating.Functions;

/// <summary>
/// sprig's functions on maps. Where Go's answer is in no order (keys, values), the order here is that of the keys.
/// </summary>
internal static class MapFunctions
{
    internal static IReadOnlyList<GoFunction> All { get; } =
    [
        Variadic("dict", [Any], Create),
        Of("get", [Dictionary, Text], a => Map(a[0]).TryGet(a[1].Bytes, out var value) ? value : GoValue.OfBytes("")),
        Of("set", [Dictionary, Text, Any], Set),
        Of("unset", [Dictionary, Text], Unset),
        Of("hasKey", [Dictionary, Text], a => GoValue.Of(Map(a[0]).TryGet(a[1].Bytes, out _))),
        Variadic("pluck", [Text, Dictionary], Pluck),
        Variadic("keys", [Dictionary], a => GoValue.OfStrings(a.SelectMany(Entries).Select(entry => entry.Key.Bytes))),
        Of("values", [Dictionary], a => GoValue.ListOf(Entries(a[0]).Select(entry => entry.Value))),
        Variadic("pick", [Dictionary, Text], a => Filter(a, isPicked: true)),
        Variadic("omit", [Dictionary, Text], a => Filter(a, isPicked: false)),
        Variadic("merge", [Dictionary, Dictionary], (call, a) => Merge(call, a, overwrites: false)),
        Variadic("mustMerge", [Dictionary, Dictionary], (call, a) => Merge(call, a, overwrites: false)),
        Variadic("mergeOverwrite", [Dictionary, Dictionary], (call, a) => Merge(call, a, overwrites: true)),
        Variadic("mustMergeOverwrite", [Dictionary, Dictionary], (call, a) => Merge(call, a, overwrites: true)),
        Of("deepCopy", [Any], (call, a) => Copy(call, a[0])),
        Of("mustDeepCopy", [Any], (call, a) => Copy(call, a[0])),
        Variadic("dig", [Any], Dig),
    ];

    private static GoMap Map(GoValue value) => value.Map ?? new GoMap();

    private static List<KeyValuePair<GoValue, GoValue>> Entries(GoValue value) => Map(value).Sorted();

    private static GoValue Create(CallContext call, GoValue[] arguments)
    {
        var map = new GoMap();
        for (var i = 0; i < arguments.Length; i += 2)
        {
            map[GoValue.OfBytes(Plain(call, arguments[i]))] = i + 1 < arguments.Length ? arguments[i + 1] : GoValue.OfBytes("");
        }

        return new GoValue(GoType.Dictionary, map);
    }

    private static GoValue Set(GoValue[] arguments)
    {
        var map = arguments[0].Map ?? throw new GoException("assignment to entry in nil map");
        map[arguments[1]] = arguments[2];
        return arguments[0];
    }

    private static GoValue Unset(GoValue[] arguments)
    {
        arguments[0].Map?.Remove(arguments[1].Bytes);
        return arguments[0];
    }

    private static GoValue Pluck(GoValue[] arguments)
    {
        var found = new List<GoValue>();
        foreach (var map in arguments.AsSpan(1))
        {
            if (Map(map).TryGet(arguments[0].Bytes, out var value))
            {
                found.Add(value);
            }
        }

        return GoValue.ListOf(found);
    }

    private static GoValue Filter(GoValue[] arguments, bool isPicked)
    {
        var keys = arguments.Skip(1).Select(key => key.Bytes).ToHashSet(StringComparer.Ordinal);
        return GoValue.MapOf(Entries(arguments[0]).Where(entry => keys.Contains(entry.Key.Bytes) == isPicked));
    }

    private static GoValue Merge(CallContext call, GoValue[] maps, bool overwrites)
    {
        foreach (var source in maps.AsSpan(1))
        {
            Merge(call, maps[0].Map ?? throw new GoException("assignment to entry in nil map"), Map(source), overwrites);
        }

        return maps[0];
    }

    /// <summary>Takes up what is missing or empty, or everything; maps inside are merged in turn.</summary>
    private static void Merge(CallContext call, GoMap into, GoMap from, bool overwrites)
    {
        foreach (var (key, value) in from.Sorted())
        {
            call.Descend();
            var isThere = into.TryGet(key, out var present);
            if (isThere && present.Kind == GoKind.Map && value.Kind == GoKind.Map && present.Map is { } inner
                && ReferenceEquals(present.Type, value.Type))
            {
                Merge(call, inner, Map(value), overwrites);
            }
            else if (!isThere || overwrites || (DefaultFunctions.IsEmpty(present) && !DefaultFunctions.IsEmpty(value)))
            {
                into[key] = value;
            }
        }
    }

    private static GoValue Copy(CallContext call, GoValue value)
    {
        call.Descend();
        var held = value.Unwrapped;
        return held.Kind switch
        {
            GoKind.Slice when !held.IsNil => new GoValue(held.Type!, held.Items.Select(item => Copy(call, item)).ToArray()),
            GoKind.Map when !held.IsNil => GoValue.MapOf(
                held.Map!.Sorted().Select(entry => KeyValuePair.Create(entry.Key, Copy(call, entry.Value))), held.Type),
            _ => held,
        };
    }

    private static GoValue Dig(GoValue[] arguments)
    {
        if (arguments.Length < 3)
        {
            throw new GoException("dig needs at least three arguments");
        }

        var map = AsMap(arguments[^1]);
        var path = arguments[..^2].Select(AsText).ToList();
        for (var i = 0; ; i++)
        {
            if (!map.TryGet(path[i], out var value))
            {
                return arguments[^2];
            }

            if (i == path.Count - 1)
            {
                return value;
            }

            map = AsMap(value);
        }
    }

    private static GoMap AsMap(GoValue value) => ReferenceEquals(value.Type, GoType.Dictionary)
        ? Map(value)
        : throw new GoException($"interface conversion: interface {{}} is {value.Type?.Name ?? "nil"}, not map[string]interface {{}}");

    private static string AsText(GoValue value) => ReferenceEquals(value.Type, GoType.String)
        ? value.Bytes
        : throw new GoException($"interface conversion: interface {{}} is {value.Type?.Name ?? "nil"}, not string");
}
