using GitOpsToolkit.Templating.Execution;

namespace GitOpsToolkit.Templating.Functions;

/// <summary>sprig's functions on lists and maps, and its defaults.</summary>
internal static class ListFunctions
{
    private const int Any = int.MaxValue;

    internal static IEnumerable<Function> All { get; } =
    [
        new("list", 0, Any, call => call.All.ToList()),
        new("first", 1, 1, call => call.List(0) is [var first, ..] ? first : null),
        new("last", 1, 1, call => call.List(0) is [.., var last] ? last : null),
        new("rest", 1, 1, call => call.List(0).Skip(1).ToList()),
        new("initial", 1, 1, call => call.List(0).SkipLast(1).ToList()),
        new("append", 2, 2, call => call.List(0).Append(call[1]).ToList()),
        new("prepend", 2, 2, call => call.List(0).Prepend(call[1]).ToList()),
        new("concat", 0, Any, call => Enumerable.Range(0, call.Count).SelectMany(call.List).ToList()),
        new("reverse", 1, 1, call => call.List(0).Reverse().ToList()),
        new("uniq", 1, 1, call => Unique(call.List(0))),
        new("has", 2, 2, call => call.List(1).Any(item => Same(item, call[0]))),
        new("without", 1, Any, call => call.List(0).Where(item => !call.All.Skip(1).Any(other => Same(item, other))).ToList()),
        new("compact", 1, 1, call => call.List(0).Where(Values.IsTrue).ToList()),
        new("join", 2, 2, call => call[1] is string one ? one
            : string.Join(call.Text(0), call.List(1).Where(item => item is not null).Select(GoPrint.Text))),
        new("sortAlpha", 1, 1, call => call.List(0).Select(GoPrint.Text).Order(StringComparer.Ordinal).ToList<object?>()),
        new("splitList", 2, 2, call => Split(call.Text(1), call.Text(0)).ToList<object?>()),
        new("split", 2, 2, call => Split(call.Text(1), call.Text(0)).Select((part, index) => ($"_{index}", part))
            .ToDictionary(pair => pair.Item1, pair => (object?)pair.part, StringComparer.Ordinal)),
        new("dict", 0, Any, Dictionary),
        new("get", 2, 2, call => call.Map(0).TryGetValue(call.Text(1), out var value) ? value : ""),
        new("hasKey", 2, 2, call => call.Map(0).ContainsKey(call.Text(1))),
        new("keys", 0, Any, call => Enumerable.Range(0, call.Count).SelectMany(index => call.Map(index).Keys).ToList<object?>()),
        new("values", 1, 1, call => call.Map(0).Values.ToList()),
        new("default", 1, 2, call => call.Count == 2 && Values.IsTrue(call[1]) ? call[1] : call[0]),
        new("empty", 1, 1, call => !Values.IsTrue(call[0])),
        new("coalesce", 0, Any, call => call.All.FirstOrDefault(Values.IsTrue)),
        new("ternary", 3, 3, call => call[2] is bool truth ? (truth ? call[0] : call[1])
            : throw new ValueException("argument 3 of ternary: expected bool")),
        new("all", 0, Any, call => call.All.All(Values.IsTrue)),
        new("any", 0, Any, call => call.All.Any(Values.IsTrue)),
        new("fail", 1, 1, call => throw new ValueException(call.Text(0))),
    ];

    private static bool Same(object? left, object? right) =>
        left is null || right is null ? left == right : left.GetType() == right.GetType()
            && (left.Equals(right) || GoPrint.Text(left) == GoPrint.Text(right));

    private static List<object?> Unique(IReadOnlyList<object?> list)
    {
        var result = new List<object?>();
        foreach (var item in list.Where(item => !result.Exists(other => Same(item, other))))
        {
            result.Add(item);
        }

        return result;
    }

    private static IEnumerable<string> Split(string text, string separator) =>
        separator.Length == 0 ? text.EnumerateRunes().Select(rune => rune.ToString()) : text.Split(separator);

    private static Dictionary<string, object?> Dictionary(FunctionArguments call)
    {
        var map = new Dictionary<string, object?>(StringComparer.Ordinal);
        for (var i = 0; i < call.Count; i += 2)
        {
            map[GoPrint.Text(call[i])] = i + 1 < call.Count ? call[i + 1] : "";
        }

        return map;
    }
}
