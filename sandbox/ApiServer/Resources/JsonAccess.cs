using System.Text.Json;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.ApiServer.Resources;

/// <summary>Forgiving reads of JSON trees: a missing or mistyped value is the default, never an exception.</summary>
internal static class JsonAccess
{
    public static JsonObject? Map(this JsonNode? node, string name) => (node as JsonObject)?[name] as JsonObject;

    public static JsonArray? List(this JsonNode? node, string name) => (node as JsonObject)?[name] as JsonArray;

    public static string Text(this JsonNode? node, string name) =>
        (node as JsonObject)?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";

    public static string? TextOrNull(this JsonNode? node, string name) =>
        (node as JsonObject)?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    public static bool Flag(this JsonNode? node, string name) =>
        (node as JsonObject)?[name] is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;

    public static long? Number(this JsonNode? node, string name)
    {
        if ((node as JsonObject)?[name] is not JsonValue value || value.GetValueKind() != JsonValueKind.Number)
        {
            return null;
        }

        return value.TryGetValue<long>(out var number) ? number
            : value.TryGetValue<int>(out var small) ? small
            : value.TryGetValue<double>(out var real) ? (long)real : null;
    }

    public static IEnumerable<string> Texts(this JsonNode? node, string name) =>
        node.List(name)?.Select(item => item is JsonValue value && value.TryGetValue<string>(out var text) ? text : "") ?? [];

    /// <summary>The metadata of an object; created when missing.</summary>
    public static JsonObject Meta(this JsonObject tree)
    {
        if (tree["metadata"] is JsonObject meta)
        {
            return meta;
        }

        tree["metadata"] = meta = [];
        return meta;
    }

    /// <summary>The child object; created when missing.</summary>
    public static JsonObject Child(this JsonObject tree, string name)
    {
        if (tree[name] is JsonObject child)
        {
            return child;
        }

        tree[name] = child = [];
        return child;
    }

    /// <summary>Sets a value, or removes the field for null.</summary>
    public static void Put(this JsonObject tree, string name, JsonNode? value)
    {
        if (value is null)
        {
            tree.Remove(name);
            return;
        }

        tree[name] = value;
    }

    /// <summary>Sets the field of one object from another one, or removes it.</summary>
    public static void Take(this JsonObject tree, string name, JsonObject from) => tree.Put(name, from[name]?.DeepClone());
}
