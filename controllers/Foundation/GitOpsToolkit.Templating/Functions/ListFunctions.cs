using static GitOpsToolkit.Templating.Functions.Signature;

namespace GitOpsToolkit.Templating.Functions;

/// <summary>sprig's functions on lists. Each exists once more with "must" before its name, and fails in the same way.</summary>
internal static class ListFunctions
{
    internal static IReadOnlyList<GoFunction> All { get; } =
    [
        Variadic("list", [Any], a => GoValue.ListOf(a)),
        Variadic("tuple", [Any], a => GoValue.ListOf(a)),
        .. Both("append", [Any, Any], a => GoValue.ListOf([.. Items(a[0], "Cannot push on type"), a[1]])),
        .. Both("push", [Any, Any], a => GoValue.ListOf([.. Items(a[0], "Cannot push on type"), a[1]])),
        .. Both("prepend", [Any, Any], a => GoValue.ListOf([a[1], .. Items(a[0], "Cannot prepend on type")])),
        .. Both("first", [Any], a => Items(a[0], "Cannot find first on type") is [var first, ..] ? first : Nothing),
        .. Both("last", [Any], a => Items(a[0], "Cannot find last on type") is [.., var last] ? last : Nothing),
        .. Both("rest", [Any], a => Items(a[0], "Cannot find rest on type") is [_, .. var rest] ? GoValue.ListOf(rest) : NilList),
        .. Both("initial", [Any], a =>
            Items(a[0], "Cannot find initial on type") is [.. var initial, _] ? GoValue.ListOf(initial) : NilList),
        .. Both("reverse", [Any], a => GoValue.ListOf(Items(a[0], "Cannot find reverse on type").Reverse())),
        .. Both("compact", [Any], a =>
            GoValue.ListOf(Items(a[0], "Cannot compact on type").Where(item => !DefaultFunctions.IsEmpty(item)))),
        .. Both("uniq", [Any], Unique),
        .. Both("has", [Any, Any], (call, a) => GoValue.Of(
            a[1].IsValid && Items(a[1], "Cannot find has on type").Any(item => DeepEquality.AreEqual(call, a[0], item)))),
        .. BothVariadic("without", [Any, Any], Without),
        .. BothVariadic("slice", [Any, Any], (_, a) => Slice(a)),
        .. Both("chunk", [Int, Any], (_, a) => Chunk(a[0].Integer, Items(a[1], "Cannot chunk type"))),
        Variadic("concat", [Any], Concat),
    ];

    private static GoValue Nothing => new(GoType.Interface, null);

    private static GoValue NilList => new(GoType.List, null);

    private static GoFunction[] Both(string name, GoType[] parameters, Func<GoValue[], GoValue> of) =>
        Both(name, parameters, (_, arguments) => of(arguments));

    private static GoFunction[] Both(string name, GoType[] parameters, GoCall of) => [Of(name, parameters, of), Of(Must(name), parameters, of)];

    private static GoFunction[] BothVariadic(string name, GoType[] parameters, GoCall of) =>
        [Variadic(name, parameters, of), Variadic(Must(name), parameters, of)];

    internal static string Must(string name) => "must" + char.ToUpperInvariant(name[0]) + name[1..];

    private static GoValue[] Items(GoValue list, string problem)
    {
        if (!list.IsValid)
        {
            throw new GoException(TypeFunctions.NilPointer);
        }

        return list.Kind == GoKind.Slice
            ? [.. list.Items.Select(item => item.Unwrapped)]
            : throw new GoException($"{problem} {TypeFunctions.KindOf(list)}");
    }

    private static GoValue Unique(CallContext call, GoValue[] arguments)
    {
        var unique = new List<GoValue>();
        foreach (var item in Items(arguments[0], "Cannot find uniq on type"))
        {
            if (!unique.Exists(other => DeepEquality.AreEqual(call, item, other)))
            {
                unique.Add(item);
            }
        }

        return GoValue.ListOf(unique);
    }

    private static GoValue Without(CallContext call, GoValue[] arguments)
    {
        var kept = Items(arguments[0], "Cannot find without on type")
            .Where(item => !arguments.Skip(1).Any(other => DeepEquality.AreEqual(call, item, other)));
        return GoValue.ListOf(kept);
    }

    private static GoValue Slice(GoValue[] arguments)
    {
        var items = Items(arguments[0], "list should be type of slice or array but");
        if (items.Length == 0)
        {
            return Nothing;
        }

        var start = arguments.Length > 1 ? Cast.ToInteger(arguments[1]) : 0;
        var end = arguments.Length > 2 ? Cast.ToInteger(arguments[2]) : items.Length;
        if (start < 0 || start > end || end > items.Length)
        {
            throw new GoException("reflect.Value.Slice: slice index out of bounds");
        }

        return new GoValue(arguments[0].Type!, items[(int)start..(int)end]);
    }

    private static GoValue Chunk(long size, GoValue[] items)
    {
        if (size <= 0 && items.Length > 0)
        {
            throw new GoException(size == 0 ? "runtime error: makeslice: len out of range" : "runtime error: slice bounds out of range");
        }

        return GoValue.ListOf(
            items.Length == 0 ? [] : items.Chunk((int)Math.Min(size, int.MaxValue)).Select(chunk => GoValue.ListOf(chunk)),
            GoType.SliceOf(GoType.List));
    }

    private static GoValue Concat(CallContext call, GoValue[] lists)
    {
        var all = new List<GoValue>();
        foreach (var list in lists)
        {
            var items = list.IsValid && list.Kind != GoKind.Slice
                ? throw new GoException($"Cannot concat type {TypeFunctions.KindOf(list)} as list")
                : Items(list, "");
            call.Spend(items.Length);
            all.AddRange(items);
        }

        return all.Count == 0 ? NilList : GoValue.ListOf(all);
    }
}
