using System.Text;
using GitOpsToolkit.Templating.Execution;

namespace GitOpsToolkit.Templating.Functions;

/// <summary>Go's own functions.</summary>
internal static class BuiltIns
{
    private const int Any = int.MaxValue;

    internal static IEnumerable<Function> All { get; } =
    [
        new("and", 1, Any, _ => null) { ShortCircuit = false },
        new("or", 1, Any, _ => null) { ShortCircuit = true },
        new("not", 1, 1, call => !Values.IsTrue(call[0])),
        new("eq", 2, Any, call => call.All.Skip(1).Any(other => Values.AreEqual(call[0], other))),
        new("ne", 2, 2, call => !Values.AreEqual(call[0], call[1])),
        new("lt", 2, 2, call => Values.IsLess(call[0], call[1])),
        new("le", 2, 2, call => Values.IsLess(call[0], call[1]) || Values.AreEqual(call[0], call[1])),
        new("gt", 2, 2, call => !Values.IsLess(call[0], call[1]) && !Values.AreEqual(call[0], call[1])),
        new("ge", 2, 2, call => !Values.IsLess(call[0], call[1])),
        new("len", 1, 1, call => (long)Values.Length(call[0])),
        new("index", 1, Any, call => call.All.Skip(1).Aggregate(call[0], Values.Index)),
        new("slice", 1, 3, Slice),
        new("print", 0, Any, call => Print(call.All)),
        new("println", 0, Any, call => string.Join(' ', call.All.Select(GoPrint.Text)) + "\n"),
        new("printf", 1, Any, call => GoFormat.Format(call.Text(0), [.. call.All.Skip(1)])),
        new("html", 1, Any, call => Escape(Print(call.All), Html)),
        new("js", 1, Any, call => Escape(Print(call.All), JavaScript)),
        new("urlquery", 1, Any, call => Uri.EscapeDataString(Print(call.All)).Replace("%20", "+").Replace("%7E", "~")),
    ];

    /// <summary>Go's Sprint: a space between two values where neither is a text.</summary>
    private static string Print(IReadOnlyList<object?> values)
    {
        var text = new StringBuilder();
        for (var i = 0; i < values.Count; i++)
        {
            if (i > 0 && values[i] is not string && values[i - 1] is not string)
            {
                text.Append(' ');
            }

            text.Append(GoPrint.Text(values[i]));
        }

        return text.ToString();
    }

    private static object? Slice(FunctionArguments call)
    {
        if (call[0] is string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            var (from, to) = Bounds(call, bytes.Length);
            return Encoding.UTF8.GetString(bytes, from, to - from);
        }

        var list = call.List(0);
        var (start, end) = Bounds(call, list.Count);
        return list.Skip(start).Take(end - start).ToList();
    }

    private static (int From, int To) Bounds(FunctionArguments call, int count)
    {
        var from = call.Count > 1 ? Values.At(call[1], count, upTo: true) : 0;
        var to = call.Count > 2 ? Values.At(call[2], count, upTo: true) : count;
        return from <= to ? (from, to) : throw new ValueException($"invalid slice index: {from} > {to}");
    }

    private static string Escape(string text, Func<char, string?> escape) => string.Concat(text.Select(c => escape(c) ?? c.ToString()));

    private static string? JavaScript(char c) => c switch
    {
        '\\' => "\\\\",
        '\'' => "\\'",
        '"' => "\\\"",
        '<' => "\\u003C",
        '>' => "\\u003E",
        '&' => "\\u0026",
        '=' => "\\u003D",
        < ' ' => $"\\u{(int)c:X4}",
        _ => null,
    };

    private static string? Html(char c) => c switch
    {
        '<' => "&lt;",
        '>' => "&gt;",
        '&' => "&amp;",
        '"' => "&#34;",
        '\'' => "&#39;",
        '\0' => "\uFFFD",
        _ => null,
    };
}
