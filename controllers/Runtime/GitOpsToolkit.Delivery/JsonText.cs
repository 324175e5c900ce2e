using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.Delivery;

/// <summary>Small readers over JSON of unknown quality: what is missing or of another type reads as empty.</summary>
internal static class JsonText
{
    internal static string Text(this JsonObject node, string field) =>
        node[field] is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";

    internal static JsonObject? Map(this JsonObject? node, string field) => node?[field] as JsonObject;

    internal static JsonArray? List(this JsonObject? node, string field) => node?[field] as JsonArray;

    internal static string Label(this JsonObject body, string key) => body.Map("metadata").Map("labels")?.Text(key) ?? "";
}

/// <summary>Hashes of JSON that do not depend on the order of fields.</summary>
internal static class ContentHash
{
    /// <summary>SHA-256 in hexadecimal.</summary>
    internal static string Of(JsonNode? node)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { MaxDepth = 256 }))
        {
            Write(node, writer);
        }

        return Convert.ToHexStringLower(SHA256.HashData(buffer.GetBuffer().AsSpan(0, (int)buffer.Length)));
    }

    private static void Write(JsonNode? node, Utf8JsonWriter writer)
    {
        switch (node)
        {
            case null:
                writer.WriteNullValue();
                break;
            case JsonObject map:
                writer.WriteStartObject();
                foreach (var (key, value) in map.OrderBy(field => field.Key, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(key);
                    Write(value, writer);
                }

                writer.WriteEndObject();
                break;
            case JsonArray list:
                writer.WriteStartArray();
                foreach (var item in list)
                {
                    Write(item, writer);
                }

                writer.WriteEndArray();
                break;
            default:
                node.WriteTo(writer);
                break;
        }
    }
}
