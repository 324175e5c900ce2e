using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Resources;
using GitOpsToolkit.Sandbox.Machinery;
using GitOpsToolkit.Sandbox.Machinery.Types;

namespace GitOpsToolkit.Sandbox.ApiServer.Discovery;

/// <summary>The models of one OpenAPI document: each named type once, by reference.</summary>
/// <param name="v2">Whether the document is an OpenAPI v2 document, which refers to types in another way and knows no alternatives.</param>
internal sealed class OpenApiModels(bool v2)
{
    /// <summary>What stands in for the prose of Kubernetes' own documentation, which is not ours.</summary>
    private const string Where = "The sandbox knows names and types only; the meaning is in https://kubernetes.io/docs/reference/kubernetes-api/.";

    private static readonly SchemaType ObjectMeta = BuiltinKind.Find("", "v1", "Namespace")!.Type.Fields["metadata"].Type;
    private static readonly SchemaType ListMeta = BuiltinKind.Find("", "v1", "Status")!.Type.Fields["metadata"].Type;

    /// <summary>The models by name.</summary>
    public JsonObject Schemas { get; } = [];

    /// <summary>Adds the model of a resource, of its list and of the kinds of its subresources.</summary>
    public void Add(ResourceDefinition resource)
    {
        var name = resource.Custom is { } custom ? AddCustom(resource, custom) : AddBuiltIn(resource.Rules);
        if (resource.Allows("list"))
        {
            var list = CustomModels.List(
                resource.Custom is null ? Where : $"A list of {resource.Plural}.", Wrapped(Of(ListMeta)), resource.Custom is null ? Wrapped(Refer(name)) : Refer(name));
            Schemas[$"{name[..name.LastIndexOf('.')]}.{resource.ListKind}"] = Kinds(list, resource.Group, resource.Version, resource.ListKind);
        }

        IEnumerable<Subresource> others = resource.HasScale ? [.. resource.Others, new("scale", "autoscaling", "v1", "Scale")] : resource.Others;
        foreach (var other in others)
        {
            var (group, version) = other.Version.Length == 0 ? (resource.Group, resource.Version) : (other.Group, other.Version);
            if (BuiltinKind.Find(group, version, other.Kind) is { } kind)
            {
                AddBuiltIn(kind);
            }
        }
    }

    private static JsonObject Kinds(JsonObject model, string group, string version, string kind)
    {
        model["x-kubernetes-group-version-kind"] = new JsonArray(new JsonObject { ["group"] = group, ["kind"] = kind, ["version"] = version });
        return model;
    }

    private string AddCustom(ResourceDefinition resource, CustomVersion custom)
    {
        var name = $"{string.Join('.', resource.Group.Split('.').Reverse())}.{resource.Version}.{resource.Kind}";
        Schemas[name] = Kinds(CustomModels.Of(custom.Schema, v2, () => Of(ObjectMeta)), resource.Group, resource.Version, resource.Kind);
        return name;
    }

    private string AddBuiltIn(KindRules rules)
    {
        _ = Of(rules.Type);
        Kinds((JsonObject)Schemas[rules.Type.Model]!, rules.Group, rules.Version, rules.Kind);
        return rules.Type.Model;
    }

    private JsonObject Refer(string name) => new() { ["$ref"] = (v2 ? "#/definitions/" : "#/components/schemas/") + name };

    /// <summary>In v3 nothing may stand beside a reference.</summary>
    private JsonObject Wrapped(JsonObject schema) => v2 || schema["$ref"] is null ? schema : new() { ["allOf"] = new JsonArray(schema) };

    /// <summary>A reference to a type that has a name, the type itself otherwise.</summary>
    private JsonObject Of(SchemaType type)
    {
        if (type.Model.Length == 0)
        {
            return Whole(type);
        }

        if (!Schemas.ContainsKey(type.Model))
        {
            // The name is taken before the fields are walked: types may contain themselves.
            Schemas[type.Model] = null;
            Schemas[type.Model] = Whole(type);
        }

        return Refer(type.Model);
    }

    private JsonObject Whole(SchemaType type) => type.Kind switch
    {
        SchemaKind.String => new() { ["type"] = "string" },
        SchemaKind.Quantity => v2 ? Either("string", "") : Either("", "", "string", "number"),
        SchemaKind.Int32 => Either("integer", "int32"),
        SchemaKind.Int64 => Either("integer", "int64"),
        SchemaKind.Number => Either("number", "double"),
        SchemaKind.Boolean => Either("boolean", ""),
        SchemaKind.IntOrString => v2 ? Either("string", "int-or-string") : Either("", "int-or-string", "integer", "string"),
        SchemaKind.Time or SchemaKind.MicroTime => Either("string", "date-time"),
        SchemaKind.Bytes => Either("string", "byte"),
        SchemaKind.List => List(type),
        SchemaKind.Map => Map(type),
        _ => type.Model.Length > 0 ? [] : new() { ["type"] = "object", ["x-kubernetes-preserve-unknown-fields"] = true },
    };

    private static JsonObject Either(string type, string format, params string[] alternatives)
    {
        var schema = new JsonObject();
        schema.Put("type", type.Length > 0 ? type : null);
        schema.Put("format", format.Length > 0 ? format : null);
        schema.Put("oneOf", alternatives.Length > 0 ? new JsonArray([.. alternatives.Select(a => new JsonObject { ["type"] = a })]) : null);
        return schema;
    }

    private JsonObject List(SchemaType type)
    {
        var list = new JsonObject
        {
            ["type"] = "array",
            ["items"] = Wrapped(Of(type.Element!)),
            ["x-kubernetes-list-type"] = type.Relation switch
            {
                ListRelation.Set => "set",
                ListRelation.Map => "map",
                _ => "atomic",
            },
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
        if (type.Name.Length > 0)
        {
            map["description"] = Where;
        }

        if (type.Fields.Count > 0)
        {
            map["properties"] = new JsonObject(type.Fields.Values.Select(f => KeyValuePair.Create(f.Name, (JsonNode?)Property(f))));
        }

        var required = type.Fields.Values.Where(f => f.Required).Select(f => f.Name).ToList();
        if (required.Count > 0)
        {
            map["required"] = new JsonArray([.. required.Select(name => JsonValue.Create(name))]);
        }

        // Bytes of any form (RawExtension, FieldsV1) are an object of which nothing is said.
        if (type.Element is { } element && type.Model.Length == 0)
        {
            map["additionalProperties"] = Wrapped(Of(element));
        }

        if (type.Atomic)
        {
            map["x-kubernetes-map-type"] = "atomic";
        }

        return map;
    }

    private JsonObject Property(SchemaField field)
    {
        var property = Wrapped(Of(field.Type));
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
