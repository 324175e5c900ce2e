using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Resources;
using GitOpsToolkit.Sandbox.Machinery;
using GitOpsToolkit.Sandbox.Machinery.Types;

namespace GitOpsToolkit.Sandbox.ApiServer.Discovery;

/// <summary>The models of one OpenAPI document: each named type once, by reference.</summary>
internal sealed class OpenApiSchemas(string prefix)
{
    private readonly Dictionary<SchemaType, string> names = [];

    public JsonObject Schemas { get; } = [];

    /// <summary>Adds the model of a resource: from the CRD as written, or from the server's own types.</summary>
    public void Add(ResourceDefinition resource)
    {
        var name = $"{prefix}.{resource.Kind}";
        JsonObject model;
        if (resource.Custom is { } custom)
        {
            model = (JsonObject)(custom.Schema?.DeepClone() ?? new JsonObject { ["type"] = "object" });
            Schemas[name] = Standard(model);
        }
        else
        {
            names[resource.Rules.Type] = name;
            model = Map(resource.Rules.Type);
            Schemas[name] = model;
        }

        model["x-kubernetes-group-version-kind"] = new JsonArray(new JsonObject
        {
            ["group"] = resource.Group,
            ["kind"] = resource.Kind,
            ["version"] = resource.Version,
        });
    }

    private JsonObject Standard(JsonObject model)
    {
        var properties = model.Child("properties");
        properties["apiVersion"] ??= Of("string");
        properties["kind"] ??= Of("string");
        var meta = BuiltinKind.Find("", "v1", "Namespace")!.Type.Fields["metadata"].Type;
        properties["metadata"] = new JsonObject { ["allOf"] = new JsonArray(Reference(meta)) };
        return model;
    }

    private JsonObject Of(SchemaType type) => type.Kind switch
    {
        SchemaKind.String or SchemaKind.Quantity => new() { ["type"] = "string" },
        SchemaKind.Int32 => new() { ["type"] = "integer", ["format"] = "int32" },
        SchemaKind.Int64 => new() { ["type"] = "integer", ["format"] = "int64" },
        SchemaKind.Number => new() { ["type"] = "number", ["format"] = "double" },
        SchemaKind.Boolean => new() { ["type"] = "boolean" },
        SchemaKind.IntOrString => new() { ["format"] = "int-or-string", ["oneOf"] = new JsonArray(Of("integer"), Of("string")) },
        SchemaKind.Time or SchemaKind.MicroTime => new() { ["type"] = "string", ["format"] = "date-time" },
        SchemaKind.Bytes => new() { ["type"] = "string", ["format"] = "byte" },
        SchemaKind.List => List(type),
        SchemaKind.Map => type.Fields.Count > 0 && type.Name.Length > 0 ? Reference(type) : Map(type),
        _ => new() { ["type"] = "object", ["x-kubernetes-preserve-unknown-fields"] = true },
    };

    private static JsonObject Of(string type) => new() { ["type"] = type };

    private JsonObject Reference(SchemaType type)
    {
        if (!names.TryGetValue(type, out var name))
        {
            // The name is taken before the fields are walked: types may contain themselves.
            names[type] = name = type.Name == "ObjectMeta" ? "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta" : $"{prefix}.{type.Name}";
            Schemas[name] = Map(type);
        }

        return new() { ["$ref"] = $"#/components/schemas/{name}" };
    }

    private JsonObject List(SchemaType type)
    {
        var list = new JsonObject { ["type"] = "array", ["items"] = type.Element is null ? new JsonObject() : Of(type.Element) };
        list["x-kubernetes-list-type"] = type.Relation switch
        {
            ListRelation.Set => "set",
            ListRelation.Map => "map",
            _ => "atomic",
        };
        if (type.Relation == ListRelation.Map)
        {
            list["x-kubernetes-list-map-keys"] = new JsonArray([.. type.Keys.Select(k => JsonValue.Create(k))]);
        }

        return list;
    }

    private JsonObject Map(SchemaType type)
    {
        var map = new JsonObject { ["type"] = "object" };
        if (type.Fields.Count > 0)
        {
            map["properties"] = new JsonObject(type.Fields.Values.Select(f => KeyValuePair.Create(f.Name, (JsonNode?)Property(f))));
        }

        if (type.Element is not null)
        {
            map["additionalProperties"] = Of(type.Element);
        }

        if (type.Atomic)
        {
            map["x-kubernetes-map-type"] = "atomic";
        }

        return map;
    }

    private JsonObject Property(SchemaField field)
    {
        var property = Of(field.Type);
        if (property["$ref"] is not null)
        {
            property = new JsonObject { ["allOf"] = new JsonArray(property) };
        }

        if (field.PatchMerge || field.PatchReplace || field.RetainKeys)
        {
            (bool IsSet, string Name)[] strategies = [(field.PatchMerge, "merge"), (field.PatchReplace, "replace"), (field.RetainKeys, "retainKeys")];
            property["x-kubernetes-patch-strategy"] = string.Join(',', strategies.Where(s => s.IsSet).Select(s => s.Name));
        }

        if (field.PatchMergeKey is not null)
        {
            property["x-kubernetes-patch-merge-key"] = field.PatchMergeKey;
        }

        return property;
    }
}
