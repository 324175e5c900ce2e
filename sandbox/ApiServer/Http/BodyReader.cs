using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Objects;
using GitOpsToolkit.Sandbox.ApiServer.Protobuf;
using GitOpsToolkit.Sandbox.ApiServer.Resources;
using GitOpsToolkit.Sandbox.ApiServer.Storage;
using GitOpsToolkit.Sandbox.Machinery;
using GitOpsToolkit.Yaml;

namespace GitOpsToolkit.Sandbox.ApiServer.Http;

/// <summary>Bodies of requests as JSON trees.</summary>
internal static class BodyReader
{
    private const int ExcerptBytes = 30;

    /// <summary>What a body must at least be, in the server's words.</summary>
    private const string TypeMeta = """struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }""";

    private static readonly string[] ObjectTypes = ["application/json", "application/yaml", ProtoReader.MediaType];
    private static readonly string[] CustomTypes = ["application/json", "application/yaml"];

    /// <summary>Reads the object that a create or update sends. Repeated keys are reported.</summary>
    /// <exception cref="ApiError">413, 415, or 400 for text that is no object of the kind.</exception>
    public static async Task<JsonObject> ReadObjectAsync(ApiCall call, int limit, List<string> duplicates, string? expectedKind = null)
    {
        var type = call.ContentType;
        var types = call.Resource.Custom is null ? ObjectTypes : CustomTypes;
        if (type.Length > 0 && !types.Contains(type, StringComparer.Ordinal))
        {
            throw ApiError.UnsupportedMediaType(types);
        }

        var body = await call.ReadBodyAsync(limit);
        var tree = Parse(body, type, expectedKind ?? call.Resource.Kind, duplicates);
        if (expectedKind is null && call.Resource.Custom is not null && tree.Text("kind").Length == 0)
        {
            throw ApiError.BadRequest($"the object provided is unrecognized (must be of type {call.Resource.Kind}): "
                + $"Object 'Kind' is missing in '{Encoding.UTF8.GetString(body)}' ({Summary(body)})");
        }

        return tree;
    }

    /// <summary>Reads the options that a delete may send; an empty body is an empty object.</summary>
    public static async Task<JsonObject> ReadOptionsAsync(ApiCall call, int limit)
    {
        var body = await call.ReadBodyAsync(limit);
        if (body.Length == 0)
        {
            return [];
        }

        var type = call.ContentType;
        if (type.Length > 0 && !ObjectTypes.Contains(type, StringComparer.Ordinal))
        {
            throw ApiError.UnsupportedMediaType(ObjectTypes);
        }

        try
        {
            return type == "application/json" ? StrictJson.Parse(body) as JsonObject ?? [] : Parse(body, type, "DeleteOptions", []);
        }
        catch (JsonException e)
        {
            throw new ApiError(500, "", $"couldn't get version/kind; json parse error: {GoJsonFault.Describe(body) ?? e.Message}");
        }
    }

    /// <summary>Parses a body that must be an object.</summary>
    private static JsonObject Parse(byte[] body, string type, string kind, List<string> duplicates)
    {
        if (body.Length == 0)
        {
            throw Unrecognized(kind, "unexpected end of JSON input", body);
        }

        try
        {
            var node = type switch
            {
                "application/yaml" => YamlReader.ReadOne(Encoding.UTF8.GetString(body)).Root,
                ProtoReader.MediaType => ProtoReader.Read(body),
                _ => StrictJson.Parse(body, duplicates),
            };
            return node switch
            {
                JsonObject map => map,
                null => [],
                _ => throw Unrecognized(kind, $"json: cannot unmarshal {JsonKinds.Name(node)} into Go value of type {TypeMeta}", body),
            };
        }
        catch (JsonException e)
        {
            throw Unrecognized(kind, GoJsonFault.Describe(body) ?? e.Message, body);
        }
        catch (YamlReadException e)
        {
            throw ApiError.BadRequest($"the object provided is unrecognized (must be of type {kind}): yaml: {e.Message} ({Summary(body)})");
        }
        catch (FormatException e)
        {
            throw ApiError.BadRequest($"the object provided is unrecognized (must be of type {kind}): {e.Message} ({Summary(body)})");
        }
    }

    /// <summary>Checks apiVersion and kind against the path; fills them in where they are missing.</summary>
    public static void CheckKind(ResourceDefinition resource, JsonObject tree)
    {
        var (apiVersion, kind) = (tree.Text("apiVersion"), tree.Text("kind"));
        if (resource.Custom is null)
        {
            CheckConversion(resource, apiVersion, kind, tree);
        }

        if ((apiVersion.Length > 0 || resource.Custom is not null) && apiVersion != resource.ApiVersion)
        {
            throw ApiError.BadRequest(
                $"the API version in the data ({apiVersion}) does not match the expected API version ({resource.ApiVersion})");
        }

        if (kind != resource.Kind && resource.Custom is not null && apiVersion == resource.ApiVersion)
        {
            throw OtherKind(resource, tree);
        }

        if (kind.Length > 0 && kind != resource.Kind)
        {
            throw ApiError.BadRequest($"{kind} in version \"{resource.Version}\" cannot be handled as a {resource.Kind}: "
                + $"the kind in the data ({kind}) does not match the expected kind ({resource.Kind})");
        }

        if (resource.Custom is not null && tree["metadata"] is { } other and not JsonObject)
        {
            throw ApiError.From(resource.Rules.Undecodable($"json: cannot unmarshal {JsonKinds.Name(other)} into Go value of type v1.ObjectMeta"));
        }

        tree["apiVersion"] = resource.ApiVersion;
        tree["kind"] = resource.Kind;
    }

    /// <summary>A patched object has to be of the kind and version that it was.</summary>
    public static void CheckPatchedKind(ResourceDefinition resource, JsonObject tree)
    {
        var (apiVersion, kind) = (tree.Text("apiVersion"), tree.Text("kind"));
        if (resource.Custom is null)
        {
            try
            {
                CheckConversion(resource, apiVersion, kind, tree);
                return;
            }
            catch (ApiError refusal)
            {
                throw Schemas.InvalidPatch(Encoding.UTF8.GetString(JsonText.Bytes(tree)), refusal.Message);
            }
        }

        if (kind.Length == 0)
        {
            var shown = Encoding.UTF8.GetString(JsonText.Bytes(tree));
            throw ApiError.Invalid("", "", "", [FieldError.InvalidText("patch", shown, $"Object 'Kind' is missing in '{shown}'")]);
        }

        if (kind != resource.Kind)
        {
            throw OtherKind(resource, tree);
        }

        if (apiVersion != resource.ApiVersion)
        {
            throw resource.Invalid(tree.Meta().Text("name"), [FieldError.InvalidText("apiVersion", apiVersion, $"must be {resource.ApiVersion}")]);
        }
    }

    private static ApiError OtherKind(ResourceDefinition resource, JsonObject tree)
    {
        var kind = tree.Text("kind");
        return ApiError.Invalid(resource.Group, kind, tree.Meta().Text("name"), [FieldError.InvalidText("kind", kind, $"must be {resource.Kind}")]);
    }

    /// <summary>A built-in kind is refused by what converts it: another kind has no conversion, an unknown one no type.</summary>
    private static void CheckConversion(ResourceDefinition resource, string apiVersion, string kind, JsonObject tree)
    {
        if (apiVersion.Count(c => c == '/') > 1)
        {
            throw ApiError.BadRequest(
                $"the object provided is unrecognized (must be of type {resource.Kind}): unexpected GroupVersion string: {apiVersion} ({Summary(JsonText.Bytes(tree))})");
        }

        var (wanted, version) = (kind.Length > 0 ? kind : resource.Kind, apiVersion.Length > 0 ? apiVersion : resource.ApiVersion);
        if (wanted == resource.Kind && version == resource.ApiVersion)
        {
            return;
        }

        var parts = version.Split('/');
        var why = BuiltinKind.Find(parts.Length > 1 ? parts[0] : "", parts[^1], wanted) is null
            ? $"no kind \"{wanted}\" is registered for version \"{version}\" in scheme \"pkg/api/legacyscheme/scheme.go:30\""
            : $"converting ({parts[^1]}.{wanted}) to ({resource.GoType}): unknown conversion";
        throw ApiError.BadRequest($"{wanted} in version \"{parts[^1]}\" cannot be handled as a {resource.Kind}: {why}");
    }

    private static ApiError Unrecognized(string kind, string why, byte[] body) => ApiError.BadRequest(
        $"the object provided is unrecognized (must be of type {kind}): couldn't get version/kind; json parse error: {why} ({Summary(body)})");

    /// <summary>The beginning of a body, as text where it looks like JSON.</summary>
    private static string Summary(byte[] body)
    {
        if (body.Length == 0)
        {
            return "<empty>";
        }

        var start = body.AsSpan(0, Math.Min(body.Length, ExcerptBytes));
        return (body[0] == '{' ? Encoding.UTF8.GetString(start) : Convert.ToHexStringLower(start)) + (body.Length > ExcerptBytes ? " ..." : "");
    }
}
