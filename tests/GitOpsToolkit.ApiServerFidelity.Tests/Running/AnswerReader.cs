using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GitOpsToolkit.Yaml;

namespace GitOpsToolkit.ApiServerFidelity.Tests.Running;

/// <summary>From an HTTP response to what is compared.</summary>
internal static class AnswerReader
{
    /// <summary>The headers that a client acts upon.</summary>
    private static readonly string[] Headers =
        ["Content-Type", "Content-Encoding", "Warning", "Location", "Retry-After", "Allow", "WWW-Authenticate", "Cache-Control"];

    public static async Task<JsonObject> ReadAsync(HttpResponseMessage response, CancellationToken ct)
    {
        var bytes = await response.Content.ReadAsByteArrayAsync(ct);
        var content = Head(response);
        content["$"] = Body(bytes, response);
        return content;
    }

    /// <summary>Status code and headers.</summary>
    public static JsonObject Head(HttpResponseMessage response)
    {
        var headers = new JsonObject();
        foreach (var name in Headers)
        {
            if (response.Headers.TryGetValues(name, out var values) || response.Content.Headers.TryGetValues(name, out values))
            {
                headers[name] = new JsonArray([.. values.Select(v => JsonValue.Create(v))]);
            }
        }

        return new() { ["code"] = (int)response.StatusCode, ["headers"] = headers };
    }

    private static JsonNode? Body(byte[] bytes, HttpResponseMessage response)
    {
        if (bytes.Length == 0)
        {
            return null;
        }

        if (response.Content.Headers.ContentEncoding.Contains("gzip"))
        {
            using var unpacked = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
            using var plain = new MemoryStream();
            unpacked.CopyTo(plain);
            bytes = plain.ToArray();
        }

        var text = Encoding.UTF8.GetString(bytes);
        return response.Content.Headers.ContentType?.MediaType switch
        {
            "application/json" => Json(text),
            "application/yaml" => YamlReader.ReadOne(text).Root,
            "application/vnd.kubernetes.protobuf" => JsonValue.Create("(protobuf)"),
            // Old servers do not say of their OpenAPI document that it is JSON.
            _ => text.StartsWith('{') ? Json(text) : JsonValue.Create(text),
        };
    }

    private static JsonNode? Json(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }
}
