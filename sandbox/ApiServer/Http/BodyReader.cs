using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Protobuf;
using GitOpsToolkit.Sandbox.ApiServer.Resources;
using GitOpsToolkit.Sandbox.Machinery;
using GitOpsToolkit.Yaml;

namespace GitOpsToolkit.Sandbox.ApiServer.Http;

/// <summary>Bodies of requests as JSON trees.</summary>
internal static class BodyReader
{
    private static readonly string[] ObjectTypes = ["application/json", "application/yaml", ProtoReader.MediaType];
    private static readonly string[] CustomTypes = ["application/json", "application/yaml"];

    /// <summary>Reads the object that a create or update sends. Repeated keys are reported.</summary>
    /// <exception cref="ApiError">413, 415, or 400 for text that is no object of the kind.</exception>
    public static async Task<JsonObject> ReadObjectAsync(ApiCall call, int limit, List<string> duplicates, string? expectedKind = null)
    {
        var type = call.ContentType;
        var types = call.Resource.Custom is null ? ObjectTypes : CustomTypes;
        if (type.Length > 0 && !types.Contains(type, StringComparer.Ordinal) && type != "*/*")
        {
            throw ApiError.UnsupportedMediaType(types);
        }

        var body = await call.ReadBodyAsync(limit);
        return Parse(body, type, expectedKind ?? call.Resource.Kind, duplicates);
    }

    /// <summary>Reads the options that a delete may send; an empty body is an empty object.</summary>
    public static async Task<JsonObject> ReadOptionsAsync(ApiCall call, int limit)
    {
        var body = await call.ReadBodyAsync(limit);
        return body.Length == 0 ? [] : Parse(body, call.ContentType, "DeleteOptions", []);
    }

    /// <summary>Parses a body that must be an object.</summary>
    private static JsonObject Parse(byte[] body, string type, string kind, List<string> duplicates)
    {
        if (body.Length == 0)
        {
            throw ApiError.BadRequest("EOF");
        }

        try
        {
            var node = type switch
            {
                "application/yaml" => YamlReader.ReadOne(Encoding.UTF8.GetString(body)).Root,
                ProtoReader.MediaType => ProtoReader.Read(body),
                _ => StrictJson.Parse(body, duplicates),
            };
            return node as JsonObject ?? throw Unrecognized(kind, $"cannot unmarshal {Shape(node)} into Go value of type struct", body);
        }
        catch (JsonException e)
        {
            throw Unrecognized(kind, e.Message, body);
        }
        catch (YamlReadException e)
        {
            throw Unrecognized(kind, e.Message, body);
        }
        catch (FormatException e)
        {
            throw ApiError.BadRequest($"the object provided is unrecognized (must be of type {kind}): {e.Message}");
        }
    }

    /// <summary>Checks apiVersion and kind against the path; fills them in where they are missing.</summary>
    public static void CheckKind(ResourceDefinition resource, JsonObject tree)
    {
        var (apiVersion, kind) = (tree.Text("apiVersion"), tree.Text("kind"));
        if (kind.Length == 0 && resource.Custom is not null)
        {
            throw ApiError.BadRequest($"Object 'Kind' is missing in '{tree.ToJsonString()}'");
        }

        if (apiVersion.Length > 0 && apiVersion != resource.ApiVersion)
        {
            throw ApiError.BadRequest(
                $"the API version in the data ({apiVersion}) does not match the expected API version ({resource.ApiVersion})");
        }

        if (kind.Length > 0 && kind != resource.Kind)
        {
            throw ApiError.BadRequest($"{kind} in version \"{resource.Version}\" cannot be handled as a {resource.Kind}: "
                + $"the kind in the data ({kind}) does not match the expected kind ({resource.Kind})");
        }

        tree["apiVersion"] = resource.ApiVersion;
        tree["kind"] = resource.Kind;
    }

    private static string Shape(JsonNode? node) => node switch
    {
        null => "null",
        JsonArray => "array",
        _ => "scalar",
    };

    private static ApiError Unrecognized(string kind, string why, byte[] body)
    {
        var excerpt = Convert.ToHexStringLower(body.AsSpan(0, Math.Min(body.Length, 64))) + (body.Length > 64 ? " ..." : "");
        return ApiError.BadRequest(
            $"the object provided is unrecognized (must be of type {kind}): couldn't get version/kind; json parse error: {why} ({excerpt})");
    }
}
