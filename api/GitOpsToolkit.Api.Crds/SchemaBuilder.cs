using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Api.Schema;

namespace GitOpsToolkit.Api.Crds;

/// <summary>Makes structural schemas of records: their JSON description gives shape and names, their attributes give validation.</summary>
/// <param name="options">The serializer options that describe the records.</param>
/// <param name="docs">The descriptions.</param>
internal sealed class SchemaBuilder(JsonSerializerOptions options, DocComments docs)
{
    /// <summary>The schema of a whole object.</summary>
    public JsonObject Kind(Type kind)
    {
        var schema = Object(options.GetTypeInfo(kind));
        schema["description"] = docs.Of(kind);
        var fields = schema["properties"]!.AsObject();

        // The API server validates the metadata itself; spec and status say more by their types than by their names.
        fields["metadata"] = new JsonObject { ["type"] = "object" };
        foreach (var part in options.GetTypeInfo(kind).Properties.Where(p => p.Name is "spec" or "status"))
        {
            var field = fields[part.Name]!.AsObject();
            field["description"] = docs.Of(part.PropertyType);
            if (typeof(ToolkitStatus).IsAssignableFrom(part.PropertyType))
            {
                field["default"] = new JsonObject { ["observedGeneration"] = -1 };
            }

            Ordered(field);
        }

        return Ordered(schema);
    }

    private JsonObject Object(JsonTypeInfo info)
    {
        var fields = new JsonObject();
        var required = new JsonArray();
        foreach (var property in info.Properties.Where(p => !p.IsExtensionData && p.Get is not null).OrderBy(p => p.Name, StringComparer.Ordinal))
        {
            fields[property.Name] = Field(property);
            if (Attribute<RequiredAttribute>(property) is not null)
            {
                required.Add((JsonNode)property.Name);
            }
        }

        var schema = new JsonObject { ["type"] = "object", ["properties"] = fields };
        if (required.Count > 0)
        {
            schema["required"] = required;
        }

        var rules = info.Type.GetCustomAttributes<CelRuleAttribute>()
            .Select(r => (JsonNode)new JsonObject { ["message"] = r.Message, ["rule"] = r.Rule }).ToArray();
        if (rules.Length > 0)
        {
            schema["x-kubernetes-validations"] = new JsonArray(rules);
        }

        return schema;
    }

    private JsonObject Field(JsonPropertyInfo property)
    {
        var schema = Value(property.PropertyType);
        var leaf = schema["items"] as JsonObject ?? schema;
        if (property.AttributeProvider is PropertyInfo member)
        {
            schema["description"] = docs.Of(member);
        }

        if (Attribute<EnumAttribute>(property) is { } allowed)
        {
            leaf["enum"] = new JsonArray([.. allowed.Values.Select(v => (JsonNode)v)]);
        }

        if (Attribute<AtomicAttribute>(property) is not null)
        {
            schema[schema.ContainsKey("items") ? "x-kubernetes-list-type" : "x-kubernetes-map-type"] = "atomic";
        }

        Set(schema, "default", Attribute<DefaultAttribute>(property) is { } filled ? JsonNode.Parse(filled.Json) : null);
        Set(schema, "pattern", Attribute<PatternAttribute>(property)?.Regex);
        Set(schema, "maxItems", Attribute<MaxItemsAttribute>(property)?.Count);
        Set(schema, "minimum", Attribute<MinimumAttribute>(property)?.Value);
        Set(schema, "minLength", Attribute<LengthAttribute>(property) is { Min: >= 0 } least ? least.Min : null);
        Set(schema, "maxLength", Attribute<LengthAttribute>(property) is { Max: >= 0 } most ? most.Max : null);
        return Ordered(schema);
    }

    private JsonObject Value(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (Leaf(type) is { } leaf)
        {
            return leaf;
        }

        var info = options.GetTypeInfo(type);
        return info.Kind switch
        {
            JsonTypeInfoKind.Object => Object(info),
            JsonTypeInfoKind.Enumerable => new JsonObject { ["type"] = "array", ["items"] = Item(info.ElementType!) },
            JsonTypeInfoKind.Dictionary => new JsonObject { ["type"] = "object", ["additionalProperties"] = Item(info.ElementType!) },
            _ => throw new InvalidOperationException($"{type} has no form in a structural schema"),
        };
    }

    private JsonObject Item(Type type)
    {
        var schema = Value(type);
        if (schema.ContainsKey("properties"))
        {
            schema["description"] = docs.Of(type);
        }

        return Ordered(schema);
    }

    private static JsonObject? Leaf(Type type) =>
        type == typeof(string) || type == typeof(GoDuration) ? new JsonObject { ["type"] = "string" }
        : type == typeof(bool) ? new JsonObject { ["type"] = "boolean" }
        : type == typeof(int) ? new JsonObject { ["type"] = "integer" }
        : type == typeof(long) ? new JsonObject { ["type"] = "integer", ["format"] = "int64" }
        : type == typeof(DateTimeOffset) ? new JsonObject { ["type"] = "string", ["format"] = "date-time" }
        : null;

    private static void Set(JsonObject schema, string name, JsonNode? value)
    {
        if (value is not null)
        {
            schema[name] = value;
        }
    }

    private static T? Attribute<T>(JsonPropertyInfo property)
        where T : Attribute =>
        property.AttributeProvider?.GetCustomAttributes(typeof(T), inherit: true) is [T only] ? only : null;

    /// <summary>The description first, then the keywords by name, as people know it from other CRDs.</summary>
    private static JsonObject Ordered(JsonObject schema)
    {
        var keywords = schema.ToList();
        schema.Clear();
        foreach (var (name, value) in keywords.OrderBy(k => k.Key == "description" ? "" : k.Key, StringComparer.Ordinal))
        {
            schema[name] = value;
        }

        return schema;
    }
}
