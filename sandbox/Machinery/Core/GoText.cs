using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Machinery;

/// <summary>Renders values as Go's formatting verbs do, because the server's messages are made with them.</summary>
internal static class GoText
{
    private static readonly JsonSerializerOptions Compact = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = System.Text.Json.Serialization.Metadata.JsonTypeInfoResolver.Combine(),
    };

    /// <summary>Go's <c>%q</c>.</summary>
    public static string Quote(string text)
    {
        var builder = new StringBuilder(text.Length + 2).Append('"');
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' => builder.Append("\\\""),
                '\\' => builder.Append("\\\\"),
                '\n' => builder.Append("\\n"),
                '\r' => builder.Append("\\r"),
                '\t' => builder.Append("\\t"),
                < ' ' or '\x7f' => builder.Append("\\x").Append(((int)c).ToString("x2")),
                _ => builder.Append(c),
            };
        }

        return builder.Append('"').ToString();
    }

    /// <summary>Compact JSON without HTML escapes.</summary>
    public static string Json(JsonNode? node) => node is null ? "null" : node.ToJsonString(Compact);

    /// <summary>A Go string slice printed with <c>%v</c>.</summary>
    public static string Slice(IEnumerable<string> items) => $"[{string.Join(' ', items)}]";

    /// <summary>A Go string slice printed with <c>%#v</c>.</summary>
    public static string StringSlice(IEnumerable<string> items) => $"[]string{{{string.Join(", ", items.Select(Quote))}}}";
}
