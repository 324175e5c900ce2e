using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using GitOpsToolkit.Kustomize.Resources;

namespace GitOpsToolkit.Kustomize.Generators;

/// <summary>Writes JSON as Go's encoder does: keys sorted by bytes, <c>&lt;</c>, <c>&gt;</c> and <c>&amp;</c> escaped. Hashes depend on it.</summary>
internal static class GoJson
{
    internal static string Write(JsonNode? node, string indent = "")
    {
        var text = new StringBuilder();
        Write(text, node, indent, 0);
        return text.ToString();
    }

    private static void Write(StringBuilder text, JsonNode? node, string indent, int depth)
    {
        switch (node)
        {
            case null:
                text.Append("null");
                break;
            case JsonObject map:
                WriteAll(text, [.. map.OrderBy(field => field.Key, StringComparer.Ordinal)], '{', '}', indent, depth, field =>
                {
                    WriteText(text, field.Key);
                    text.Append(indent.Length > 0 ? ": " : ":");
                    Write(text, field.Value, indent, depth + 1);
                });
                break;
            case JsonArray list:
                WriteAll(text, [.. list], '[', ']', indent, depth, item => Write(text, item, indent, depth + 1));
                break;
            default:
                WriteScalar(text, node);
                break;
        }
    }

    private static void WriteAll<T>(
        StringBuilder text, IReadOnlyList<T> items, char open, char close, string indent, int depth, Action<T> write)
    {
        text.Append(open);
        for (var i = 0; i < items.Count; i++)
        {
            text.Append(i > 0 ? "," : "");
            BreakLine(text, indent, depth + 1);
            write(items[i]);
        }

        if (items.Count > 0)
        {
            BreakLine(text, indent, depth);
        }

        text.Append(close);
    }

    private static void BreakLine(StringBuilder text, string indent, int depth)
    {
        if (indent.Length > 0)
        {
            text.Append('\n').Insert(text.Length, indent, depth);
        }
    }

    private static void WriteScalar(StringBuilder text, JsonNode node)
    {
        if (JsonNodes.IsString(node))
        {
            WriteText(text, node.GetValue<string>());
            return;
        }

        text.Append(JsonNodes.ScalarText(node));
    }

    private static void WriteText(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var c in value)
        {
            text.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\b' => "\\b",
                '\f' => "\\f",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                < ' ' or '<' or '>' or '&' or '\u2028' or '\u2029' => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => c.ToString(),
            });
        }

        text.Append('"');
    }
}
