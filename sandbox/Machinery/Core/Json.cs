using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Machinery;

/// <summary>Reading helpers over JSON nodes that never throw for a value of an unexpected type.</summary>
public static class Json
{
    /// <summary>Deepest nesting that bodies, patches and schemas may have.</summary>
    public const int MaxDepth = 128;

    /// <summary>The object at <paramref name="path"/> below <paramref name="node"/>, or null.</summary>
    public static JsonObject? Object(JsonNode? node, params ReadOnlySpan<string> path) => At(node, path) as JsonObject;

    /// <summary>The array at <paramref name="path"/> below <paramref name="node"/>, or null.</summary>
    public static JsonArray? Array(JsonNode? node, params ReadOnlySpan<string> path) => At(node, path) as JsonArray;

    /// <summary>The text at <paramref name="path"/> below <paramref name="node"/>, or null if absent or no text.</summary>
    public static string? Text(JsonNode? node, params ReadOnlySpan<string> path) =>
        At(node, path) is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    /// <summary>The whole number at <paramref name="path"/> below <paramref name="node"/>, or null if absent or no whole number.</summary>
    public static long? Integer(JsonNode? node, params ReadOnlySpan<string> path) =>
        At(node, path) is JsonValue value ? ToInteger(value) : null;

    /// <summary>The Boolean at <paramref name="path"/> below <paramref name="node"/>, or null if absent or no Boolean.</summary>
    public static bool? Boolean(JsonNode? node, params ReadOnlySpan<string> path) => At(node, path)?.GetValueKind() switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    /// <summary>The node at <paramref name="path"/> below <paramref name="node"/>, or null.</summary>
    public static JsonNode? At(JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (node is not JsonObject map || !map.TryGetPropertyValue(name, out node))
            {
                return null;
            }
        }

        return node;
    }

    /// <summary>Walks to the object at <paramref name="path"/>, creating objects where there are none.</summary>
    public static JsonObject Ensure(JsonObject node, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (node[name] is JsonObject child)
            {
                node = child;
                continue;
            }

            var created = new JsonObject();
            node[name] = created;
            node = created;
        }

        return node;
    }

    /// <summary>Sets <paramref name="name"/> unless it is there already.</summary>
    public static void SetDefault(JsonObject node, string name, JsonNode value)
    {
        if (node[name] is null)
        {
            node[name] = value;
        }
    }

    /// <summary>Whether the node is a number without a fraction that fits 64 bits.</summary>
    public static bool IsInteger(JsonNode? node) => node is JsonValue value && ToInteger(value) is not null;

    /// <summary>Whether the node is a number.</summary>
    public static bool IsNumber(JsonNode? node) => node?.GetValueKind() == JsonValueKind.Number;

    /// <summary>Whether the node is a text.</summary>
    public static bool IsText(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String;

    /// <summary>The node as a double, or null if it is no number.</summary>
    public static double? Number(JsonNode? node) =>
        IsNumber(node) && double.TryParse(node!.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number : null;

    /// <summary>Structural equality; numbers compare by value, property order does not count.</summary>
    public static bool Same(JsonNode? left, JsonNode? right) => JsonNode.DeepEquals(left, right);

    /// <summary>Makes <paramref name="target"/> hold exactly what <paramref name="source"/> holds (cloned).</summary>
    public static void Replace(JsonObject target, JsonObject source)
    {
        if (ReferenceEquals(target, source))
        {
            return;
        }

        var copy = source.DeepClone().AsObject();
        target.Clear();
        foreach (var (name, value) in copy.ToList())
        {
            copy.Remove(name);
            target[name] = value;
        }
    }

    private static long? ToInteger(JsonValue value)
    {
        if (value.GetValueKind() != JsonValueKind.Number)
        {
            return null;
        }

        var text = value.ToJsonString();
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer))
        {
            return integer;
        }

        // 1.0 and 1e3 are whole numbers to JSON schema.
        return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && decimal.Truncate(number) == number && number is >= long.MinValue and <= long.MaxValue ? (long)number : null;
    }
}
