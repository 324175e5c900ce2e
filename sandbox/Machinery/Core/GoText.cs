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
                '\a' => builder.Append("\\a"),
                '\b' => builder.Append("\\b"),
                '\f' => builder.Append("\\f"),
                '\v' => builder.Append("\\v"),
                < ' ' or '\x7f' => builder.Append("\\x").Append(((int)c).ToString("x2")),
                _ => builder.Append(c),
            };
        }

        return builder.Append('"').ToString();
    }

    /// <summary>Go's <c>%v</c> of a decoded value.</summary>
    public static string Value(JsonNode? node) => node switch
    {
        null => "<nil>",
        JsonObject map => $"map[{string.Join(' ', map.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}:{Value(p.Value)}"))}]",
        JsonArray list => Slice(list.Select(Value)),
        _ => Text(node) ?? Json(node),
    };

    /// <summary>Go's <c>%#v</c> of a decoded value.</summary>
    public static string Literal(JsonNode? node) => node switch
    {
        null => "interface {}(nil)",
        JsonObject map => $"map[string]interface {{}}{{{string.Join(", ", map.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{Quote(p.Key)}:{Literal(p.Value)}"))}}}",
        JsonArray list => $"[]interface {{}}{{{string.Join(", ", list.Select(Literal))}}}",
        _ => Text(node) is { } text ? Quote(text) : Json(node),
    };

    /// <summary>Go's <c>%T</c> of a decoded value.</summary>
    public static string TypeName(JsonNode? node) => node?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "<nil>",
        JsonValueKind.Object => "map[string]interface {}",
        JsonValueKind.Array => "[]interface {}",
        JsonValueKind.String => "string",
        JsonValueKind.True or JsonValueKind.False => "bool",
        _ => Machinery.Json.IsInteger(node) ? "int64" : "float64",
    };

    private static string? Text(JsonNode node) => Machinery.Json.Text(node);

    /// <summary>Compact JSON without HTML escapes.</summary>
    public static string Json(JsonNode? node) => node is null ? "null" : node.ToJsonString(Compact);

    /// <summary>A Go string slice printed with <c>%v</c>.</summary>
    public static string Slice(IEnumerable<string> items) => $"[{string.Join(' ', items)}]";

    /// <summary>A Go string slice printed with <c>%#v</c>.</summary>
    public static string StringSlice(IEnumerable<string> items) => $"[]string{{{string.Join(", ", items.Select(Quote))}}}";
}
