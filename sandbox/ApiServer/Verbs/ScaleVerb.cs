using System.Text.Json;
using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Http;
using GitOpsToolkit.Sandbox.ApiServer.Objects;
using GitOpsToolkit.Sandbox.ApiServer.Resources;
using GitOpsToolkit.Sandbox.Machinery;
using GitOpsToolkit.Sandbox.Machinery.Patches;
using GitOpsToolkit.Sandbox.Machinery.Selectors;

namespace GitOpsToolkit.Sandbox.ApiServer.Verbs;

/// <summary>The scale subresource: the number of replicas in a form that is the same for all workloads.</summary>
internal sealed class ScaleVerb(Cluster cluster, ObjectWriter writer)
{
    public Reply Get(ApiCall call)
    {
        var stored = cluster.Store.Get(call.Id) ?? throw NotFound(call);
        var tree = ObjectWriter.Served(call.Resource, stored);
        return call.Resource.Custom?.Scale is { } paths && At(tree, paths.SpecReplicas) is null
            ? throw ApiError.Internal($"the spec replicas field \"{paths.SpecReplicas}\" does not exist")
            : Reply.Plain(200, ToScale(call.Resource, tree));
    }

    public async Task<Reply> UpdateAsync(ApiCall call)
    {
        var options = WriteOptions.Read(call, "UpdateOptions");
        var scale = await BodyReader.ReadObjectAsync(call, cluster.Options.MaxRequestBytes, [], "Scale");
        CheckScale(call, scale);
        return Write(call, options, _ => scale);
    }

    public async Task<Reply> PatchAsync(ApiCall call)
    {
        var options = WriteOptions.Read(call, "PatchOptions");
        var body = await call.ReadBodyAsync(cluster.Options.MaxRequestBytes);
        var patch = StrictJson.Parse(body);
        return Write(call, options, call.ContentType switch
        {
            "application/merge-patch+json" or "application/strategic-merge-patch+json" => scale => JsonMergePatch.Apply(scale, patch),
            "application/json-patch+json" => scale => JsonPatch.Apply(scale, patch),
            _ => throw ApiError.UnsupportedMediaType("application/json-patch+json", "application/merge-patch+json"),
        });
    }

    private static void CheckScale(ApiCall call, JsonObject scale)
    {
        var (version, kind) = (scale.Text("apiVersion"), scale.Text("kind"));
        if (kind is not ("" or "Scale"))
        {
            throw ApiError.BadRequest($"{kind} in version \"{version}\" cannot be handled as a Scale: "
                + $"converting ({version}.{kind}) to (autoscaling.Scale): unknown conversion");
        }

        if (scale.Meta().Text("name") is { Length: > 0 } name && name != call.Name)
        {
            throw ApiError.BadRequest($"the name of the object ({name}) does not match the name on the URL ({call.Name})");
        }
    }

    /// <summary>A built-in kind says that its scale is not there; a ReplicationController's even lies in another group.</summary>
    private static ApiError NotFound(ApiCall call)
    {
        var resource = call.Resource;
        var group = resource.Group.Length == 0 ? "autoscaling" : resource.Group;
        return resource is { Custom: null, Plural: not "statefulsets" }
            ? ApiError.NotFound($"{resource.Plural}/scale.{group}", group, $"{resource.Plural}/scale", call.Name)
            : resource.NotFound(call.Name);
    }

    private Reply Write(ApiCall call, WriteOptions options, Func<JsonObject, JsonObject> change)
    {
        var path = SpecPath(call.Resource);
        var updated = writer.Update(call.Resource, call.Id, Part.Main, tree =>
        {
            var scale = change(ToScale(call.Resource, tree));
            CheckNumber(scale);
            var replicas = scale.Map("spec").Number("replicas") ?? 0;
            if (replicas < 0 && call.Resource.Custom is not null)
            {
                throw call.Resource.Invalid(call.Name, [.. NegativeByItsSchema(call.Resource, tree, path, replicas),
                    FieldError.Invalid(path, replicas, "should be a non-negative integer")]);
            }

            if (replicas < 0)
            {
                throw ApiError.Invalid("autoscaling", "Scale", call.Name,
                    [FieldError.Invalid("spec.replicas", replicas, "must be greater than or equal to 0")]);
            }

            Set(tree, path, replicas);
            tree.Meta().Put("resourceVersion", scale.Map("metadata")?["resourceVersion"]?.DeepClone());
            return tree;
        }, WriteContext.Of(call, options));
        return Reply.Plain(200, ToScale(call.Resource, updated));
    }

    private static void CheckNumber(JsonObject scale)
    {
        if (scale.Map("spec")?["replicas"] is { } replicas && replicas.GetValueKind() != JsonValueKind.Number)
        {
            var shape = replicas.GetValueKind() == JsonValueKind.String ? "string" : replicas.GetValueKind().ToString().ToLowerInvariant();
            var why = $"json: cannot unmarshal {shape} into Go struct field ScaleSpec.spec.replicas of type int32";
            throw ApiError.Invalid("", "", "", [FieldError.InvalidText("patch", scale.ToJsonString(), why)]);
        }
    }

    private static IReadOnlyList<FieldError> NegativeByItsSchema(ResourceDefinition resource, JsonObject tree, string path, long replicas)
    {
        var changed = (JsonObject)tree.DeepClone();
        Set(changed, path, replicas);
        return Schemas.Validate(resource, changed, tree, "");
    }

    private static JsonObject ToScale(ResourceDefinition resource, JsonObject tree)
    {
        var meta = tree.Meta();
        var scaleMeta = new JsonObject();
        foreach (var field in (ReadOnlySpan<string>)["name", "namespace", "uid", "resourceVersion", "creationTimestamp"])
        {
            scaleMeta.Take(field, meta);
        }

        var status = new JsonObject { ["replicas"] = At(tree, resource.Custom?.Scale?.StatusReplicas ?? ".status.replicas") ?? 0 };
        var selector = resource.Custom is null ? Selector(tree) : AtText(tree, resource.Custom.Scale?.LabelSelector ?? "");
        if (selector.Length > 0)
        {
            status["selector"] = selector;
        }

        return new()
        {
            ["kind"] = "Scale",
            ["apiVersion"] = "autoscaling/v1",
            ["metadata"] = scaleMeta,
            ["spec"] = At(tree, SpecPath(resource)) is { } replicas and not 0 ? new JsonObject { ["replicas"] = replicas } : [],
            ["status"] = status,
        };
    }

    private static string SpecPath(ResourceDefinition resource) => resource.Custom?.Scale?.SpecReplicas ?? ".spec.replicas";

    private static string Selector(JsonObject tree)
    {
        var selector = tree.Map("spec").Map("selector");
        var parsed = selector is null || selector["matchLabels"] is not null || selector["matchExpressions"] is not null
            ? LabelSelector.FromObject(selector)
            : LabelSelector.FromObject(new JsonObject { ["matchLabels"] = selector.DeepClone() });
        return parsed is null ? "" : string.Join(',', parsed.Requirements.Select(Text));
    }

    private static string Text(LabelRequirement requirement) => requirement.Operator switch
    {
        LabelOperator.In when requirement.Values.Count == 1 => $"{requirement.Key}={requirement.Values[0]}",
        LabelOperator.In => $"{requirement.Key} in ({string.Join(',', requirement.Values)})",
        LabelOperator.NotIn => $"{requirement.Key} notin ({string.Join(',', requirement.Values)})",
        LabelOperator.DoesNotExist => "!" + requirement.Key,
        _ => requirement.Key,
    };

    private static JsonNode? Node(JsonObject tree, string path)
    {
        JsonNode? node = tree;
        foreach (var part in path.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            node = (node as JsonObject)?[part];
        }

        return node;
    }

    private static long? At(JsonObject tree, string path) => Json.Integer(Node(tree, path));

    private static string AtText(JsonObject tree, string path) => Json.Text(Node(tree, path)) ?? "";

    private static void Set(JsonObject tree, string path, long value)
    {
        var parts = path.Split('.', StringSplitOptions.RemoveEmptyEntries);
        foreach (var part in parts[..^1])
        {
            tree = tree.Child(part);
        }

        tree[parts[^1]] = value;
    }
}
