using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.Kustomize.Resources;

/// <summary>Small readers over JSON trees.</summary>
internal static class JsonNodes
{
    /// <summary>The text of a field: a string as it is, other scalars in their JSON form, everything else empty.</summary>
    internal static string Text(this JsonObject node, string field) => ScalarText(node[field]) ?? "";

    /// <summary>The text of a scalar, or null for null, lists and maps.</summary>
    internal static string? ScalarText(JsonNode? node) => node switch
    {
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        JsonValue value when value.GetValueKind() is JsonValueKind.True => "true",
        JsonValue value when value.GetValueKind() is JsonValueKind.False => "false",
        JsonValue value => string.Create(CultureInfo.InvariantCulture, $"{value.ToJsonString()}"),
        _ => null,
    };

    internal static bool IsString(JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.String;

    internal static JsonObject GetOrAddObject(this JsonObject node, string field)
    {
        if (node[field] is JsonObject existing)
        {
            return existing;
        }

        var created = new JsonObject();
        node[field] = created;
        return created;
    }
}
