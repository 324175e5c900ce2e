using System.Text.Json.Nodes;
using GitOpsToolkit.Kustomize.Resources;

namespace GitOpsToolkit.Kustomize.Patches;

/// <summary>The schema of an OpenAPI file (<c>openapi.path</c>). It takes the place of the built-in one: kinds that it lacks have no merge keys.</summary>
/// <param name="root">The file.</param>
internal sealed class OpenApiSchema(JsonObject root) : IMergeSchema
{
    private const string Reference = "#/definitions/";
    private readonly JsonObject _definitions = root["definitions"] as JsonObject ?? [];
    private Dictionary<(string, string), JsonObject>? _kinds;

    public MergeType? For(string apiVersion, string kind)
    {
        _kinds ??= Kinds();
        return _kinds.TryGetValue((apiVersion, kind), out var definition) ? new DefinedType(this, definition) : null;
    }

    private Dictionary<(string, string), JsonObject> Kinds()
    {
        var kinds = new Dictionary<(string, string), JsonObject>();
        foreach (var definition in _definitions.Select(field => field.Value).OfType<JsonObject>())
        {
            foreach (var type in (definition["x-kubernetes-group-version-kind"] as JsonArray ?? []).OfType<JsonObject>())
            {
                var group = type.Text("group");
                kinds.TryAdd((group.Length > 0 ? $"{group}/{type.Text("version")}" : type.Text("version"), type.Text("kind")), definition);
            }
        }

        return kinds;
    }

    /// <summary>Follows references, which may lead in a circle.</summary>
    private JsonObject? Resolve(JsonObject? node)
    {
        for (var steps = 0; node is not null && node.Text("$ref") is { Length: > 0 } reference; steps++)
        {
            var known = steps < 32 && reference.StartsWith(Reference, StringComparison.Ordinal);
            node = known ? _definitions[reference[Reference.Length..]] as JsonObject : null;
        }

        return node;
    }

    private sealed class DefinedType(OpenApiSchema schema, JsonObject definition) : MergeType
    {
        internal override MergeType? Field(string name) => Find(name) is { } field ? new DefinedType(schema, field) : null;

        internal override MergeList? List(string name)
        {
            if (Find(name) is not { } field
                || !field.Text("x-kubernetes-patch-strategy").Split(',').Contains("merge", StringComparer.Ordinal))
            {
                return null;
            }

            var key = field.Text("x-kubernetes-patch-merge-key");
            string[] keys = field["x-kubernetes-list-map-keys"] is JsonArray list
                ? [.. list.Select(item => JsonNodes.ScalarText(item) ?? "")]
                : key.Length > 0 ? [key] : [];
            var element = schema.Resolve(field["items"] as JsonObject);
            return new MergeList(keys, element is null ? null : new DefinedType(schema, element));
        }

        private JsonObject? Find(string name) =>
            schema.Resolve((definition["properties"] as JsonObject)?[name] as JsonObject ?? definition["additionalProperties"] as JsonObject);
    }
}
