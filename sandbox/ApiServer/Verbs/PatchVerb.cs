using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Http;
using GitOpsToolkit.Sandbox.ApiServer.Objects;
using GitOpsToolkit.Sandbox.ApiServer.Resources;
using GitOpsToolkit.Sandbox.Machinery;
using GitOpsToolkit.Sandbox.Machinery.Patches;
using GitOpsToolkit.Yaml;

namespace GitOpsToolkit.Sandbox.ApiServer.Verbs;

/// <summary>PATCH in its four forms.</summary>
internal sealed class PatchVerb(Cluster cluster, ObjectWriter writer)
{
    private const string Merge = "application/merge-patch+json";
    private const string JsonPatchType = "application/json-patch+json";
    private const string Strategic = "application/strategic-merge-patch+json";
    private const string ApplyYaml = "application/apply-patch+yaml";

    private static readonly string[] CustomTypes = [JsonPatchType, Merge, ApplyYaml];
    private static readonly string[] BuiltInTypes = [JsonPatchType, Merge, Strategic, ApplyYaml];

    public async Task<Reply> PatchAsync(ApiCall call)
    {
        var options = WriteOptions.Read(call, "PatchOptions");
        var types = call.Resource.Custom is null ? BuiltInTypes : CustomTypes;
        if (!types.Contains(call.ContentType, StringComparer.Ordinal))
        {
            throw ApiError.UnsupportedMediaType(types);
        }

        if (call.ContentType != ApplyYaml && call.Flag("force"))
        {
            throw ApiError.Invalid("meta.k8s.io", "PatchOptions", "", [FieldError.Forbidden("force", "may not be specified for non-apply patch")]);
        }

        var body = await call.ReadBodyAsync(cluster.Options.MaxRequestBytes);
        var duplicates = new List<string>();
        var patch = Parse(body, call.ContentType == ApplyYaml, duplicates);
        var context = WriteContext.Of(call, options, duplicates);
        return call.ContentType == ApplyYaml ? Apply(call, options, patch, context) : Patch(call, patch, context);
    }

    private Reply Patch(ApiCall call, JsonNode? patch, WriteContext context)
    {
        var part = WriteVerbs.PartOf(call.Subresource);
        Func<JsonObject, JsonObject> change = call.ContentType switch
        {
            Merge => before => JsonMergePatch.Apply(before, MustBeObject(patch)),
            JsonPatchType => before => JsonPatch.Apply(before, patch),
            _ => before => Schemas.StrategicMerge(call.Resource, before, MustBeObject(patch)),
        };
        return new(200, writer.Update(call.Resource, call.Id, part, change, context));
    }

    private Reply Apply(ApiCall call, WriteOptions options, JsonNode? patch, WriteContext context)
    {
        if (call.Query("fieldManager").Length == 0)
        {
            throw ApiError.Invalid("meta.k8s.io", "PatchOptions", "", [FieldError.Required("fieldManager", "is required for apply patch")]);
        }

        var wanted = MustBeObject(patch);
        BodyReader.CheckKind(call.Resource, wanted);
        var meta = wanted.Meta();
        if (meta.Text("name") is { Length: > 0 } name && name != call.Name)
        {
            throw ApiError.BadRequest($"the name of the object ({name}) does not match the name on the URL ({call.Name})");
        }

        meta["name"] = call.Name;
        if (meta["managedFields"] is not null)
        {
            throw ApiError.BadRequest("metadata.managedFields must be nil");
        }

        if (call.Resource.Namespaced)
        {
            if (meta.Text("namespace") is { Length: > 0 } space && space != call.Namespace)
            {
                throw ApiError.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
            }

            meta["namespace"] = call.Namespace;
        }

        var (tree, isNew) = writer.Apply(call.Resource, call.Id, WriteVerbs.PartOf(call.Subresource), wanted, options.Force, context);
        return new(isNew ? 201 : 200, tree);
    }

    private static JsonNode? Parse(byte[] body, bool yaml, List<string> duplicates)
    {
        try
        {
            return yaml && !LooksLikeJson(body) ? YamlReader.ReadOne(Encoding.UTF8.GetString(body)).Root : StrictJson.Parse(body, duplicates);
        }
        catch (JsonException e)
        {
            throw ApiError.BadRequest($"error decoding patch: {e.Message}");
        }
        catch (YamlReadException e)
        {
            throw ApiError.BadRequest($"error decoding YAML: {e.Message}");
        }
    }

    private static bool LooksLikeJson(byte[] body) => body.AsSpan().TrimStart(" \t\r\n"u8) is [(byte)'{', ..];

    private static JsonObject MustBeObject(JsonNode? patch) => patch as JsonObject
        ?? throw ApiError.BadRequest("error decoding patch: json: cannot unmarshal the patch into Go value of type map[string]interface {}");
}
