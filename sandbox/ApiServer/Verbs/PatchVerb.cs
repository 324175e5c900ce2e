using System.Text.Json;
using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Http;
using GitOpsToolkit.Sandbox.ApiServer.Objects;
using GitOpsToolkit.Sandbox.Machinery;
using GitOpsToolkit.Sandbox.Machinery.Patches;

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
            throw call.Resource.Custom is null
                ? new ApiError(415, "UnsupportedMediaType", "415: Unsupported Media Type", [])
                : ApiError.UnsupportedMediaType(types);
        }

        if (call.ContentType != ApplyYaml && call.Flag("force"))
        {
            throw ApiError.Invalid("meta.k8s.io", "PatchOptions", "", [FieldError.Forbidden("force", "may not be specified for non-apply patch")]);
        }

        var body = await call.ReadBodyAsync(cluster.Options.MaxRequestBytes);
        if (call.ContentType == ApplyYaml)
        {
            return Apply(call, options, body);
        }

        if (cluster.Store.Get(call.Id) is null)
        {
            throw call.Resource.NotFound(call.Name);
        }

        var duplicates = new List<string>();
        var patch = Parse(body, duplicates);
        return Patch(call, patch, WriteContext.Of(call, options, duplicates));
    }

    private Reply Patch(ApiCall call, JsonNode? patch, WriteContext context)
    {
        var part = WriteVerbs.PartOf(call.Subresource);
        Func<JsonObject, JsonObject> change = call.ContentType switch
        {
            Merge => before => JsonMergePatch.Apply(before, patch),
            JsonPatchType => before => JsonPatch.Apply(before, patch),
            _ => before => Schemas.StrategicMerge(call.Resource, before, patch),
        };
        return new(200, writer.Update(call.Resource, call.Id, part, change, context));
    }

    private Reply Apply(ApiCall call, WriteOptions options, byte[] body)
    {
        if (call.Query("fieldManager").Length == 0)
        {
            throw ApiError.Invalid("meta.k8s.io", "PatchOptions", "", [FieldError.Required("fieldManager", "is required for apply patch")]);
        }

        var part = WriteVerbs.PartOf(call.Subresource);
        var (tree, isNew) = writer.Apply(
            call.Resource, call.Id, part, AppliedConfiguration.Read(body), options.Force, WriteContext.Of(call, options));
        return new(isNew ? 201 : 200, tree);
    }

    private static JsonNode? Parse(byte[] body, List<string> duplicates)
    {
        try
        {
            return StrictJson.Parse(body, duplicates);
        }
        catch (JsonException e)
        {
            throw ApiError.BadRequest($"error decoding patch: {GoJsonFault.Describe(body) ?? e.Message}");
        }
    }
}
