using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.Machinery;

namespace GitOpsToolkit.Sandbox.ApiServer.Storage;

/// <summary>JSON in and out, in the form that Kubernetes clients see: no escapes beyond what JSON demands.</summary>
internal static class JsonText
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = Json.MaxDepth * 2 };

    public static byte[] Bytes(JsonNode node)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, Compact))
        {
            node.WriteTo(writer);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Parses an object; the last of duplicate keys wins, as in Go.</summary>
    /// <exception cref="JsonException">The text is no JSON object, or is nested too deeply.</exception>
    public static JsonObject ParseObject(ReadOnlySpan<byte> json) => StrictJson.Parse(json) as JsonObject
        ?? throw new JsonException("the text is not a JSON object");
}
