using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Resources;

namespace GitOpsToolkit.Sandbox.ApiServer.Discovery;

/// <summary>OpenAPI models of custom resources, made from the schema of the definition as the newest server of custom resources makes them.</summary>
internal static class CustomModels
{
    private const string Preserve = "x-kubernetes-preserve-unknown-fields";

    /// <param name="schema">The openAPIV3Schema as written; null for none.</param>
    /// <param name="v2">Whether the model is for an OpenAPI v2 document.</param>
    /// <param name="metadata">A new reference to ObjectMeta.</param>
    public static JsonObject Of(JsonObject? schema, bool v2, Func<JsonObject> metadata)
    {
        // A model with any properties would make clients refuse all other fields.
        if (schema is null || (v2 && IsTrue(schema, Preserve)))
        {
            return new() { ["type"] = "object" };
        }

        var model = (JsonObject)schema.DeepClone();
        if (v2)
        {
            Reduce(model);
        }
        else
        {
            Unfold(model);
        }

        Identify(model.Child("properties"), v2, metadata);
        Embed(model, v2, metadata);
        return model;
    }

    /// <summary>The model of a list.</summary>
    public static JsonObject List(string description, JsonObject metadata, JsonObject item) => new()
    {
        ["type"] = "object",
        ["description"] = description,
        ["properties"] = new JsonObject
        {
            ["apiVersion"] = new JsonObject { ["type"] = "string" },
            ["items"] = new JsonObject { ["type"] = "array", ["items"] = item },
            ["kind"] = new JsonObject { ["type"] = "string" },
            ["metadata"] = metadata,
        },
        ["required"] = new JsonArray("items"),
    };

    private static bool IsTrue(JsonObject schema, string name) => schema[name] is JsonValue value && value.TryGetValue<bool>(out var isTrue) && isTrue;

    private static void Identify(JsonObject properties, bool v2, Func<JsonObject> metadata)
    {
        properties["apiVersion"] = new JsonObject { ["type"] = "string", ["description"] = "Group and version of the kind." };
        properties["kind"] = new JsonObject { ["type"] = "string", ["description"] = "Name of the kind." };
        const string Words = "Name, namespace, labels and what else all objects have.";
        var reference = metadata();
        if (!v2)
        {
            reference = new JsonObject { ["allOf"] = new JsonArray(reference) };
        }

        reference["description"] = Words;
        properties["metadata"] = reference;
    }

    private static IEnumerable<JsonObject> Children(JsonObject schema)
    {
        IEnumerable<JsonNode?> properties = schema["properties"] is JsonObject named ? named.Select(p => p.Value) : [];
        return properties.Append(schema["items"]).Append(schema["additionalProperties"]).OfType<JsonObject>();
    }

    /// <summary>Objects within the object have a kind, a version and metadata, too.</summary>
    private static void Embed(JsonObject schema, bool v2, Func<JsonObject> metadata)
    {
        foreach (var child in Children(schema))
        {
            Embed(child, v2, metadata);
        }

        if ((v2 && IsTrue(schema, Preserve)) || !IsTrue(schema, "x-kubernetes-embedded-resource"))
        {
            return;
        }

        Identify(schema.Child("properties"), v2, metadata);
        var required = schema["required"] as JsonArray ?? [];
        foreach (var name in (string[])["kind", "apiVersion"])
        {
            if (!required.Any(r => r?.ToString() == name))
            {
                required.Add((JsonNode)name);
            }
        }

        schema["required"] = required.Parent is null ? required : required.DeepClone();
    }

    /// <summary>Says in JSON Schema's own words what "int-or-string" means.</summary>
    private static void Unfold(JsonObject schema)
    {
        if (IsTrue(schema, "x-kubernetes-int-or-string") && schema["anyOf"] is null)
        {
            schema["anyOf"] = new JsonArray(new JsonObject { ["type"] = "integer" }, new JsonObject { ["type"] = "string" });
        }

        foreach (var child in Children(schema))
        {
            Unfold(child);
        }
    }

    /// <summary>Takes out what v2 does not know, or what its clients would misread.</summary>
    private static void Reduce(JsonObject schema)
    {
        foreach (var alternative in (string[])["allOf", "oneOf", "anyOf", "not"])
        {
            schema.Remove(alternative);
        }

        schema.Remove("default");
        var keeps = IsTrue(schema, Preserve);
        if (IsTrue(schema, "nullable"))
        {
            schema.Remove("type");
            schema.Remove("items");
            schema.Remove("properties");
        }

        schema.Remove("nullable");
        if (keeps)
        {
            schema.Remove("items");
            schema.Remove("properties");
        }

        var type = schema["type"]?.ToString();
        if ((type == "array" && schema["items"] is null) || (type == "object" && keeps))
        {
            schema.Remove("type");
        }

        if (schema["properties"] is JsonObject properties && schema["required"] is JsonArray required)
        {
            var left = required.Where(r => properties[r?.ToString() ?? ""] is not JsonObject field || !IsTrue(field, "nullable")).ToList();
            schema.Put("required", left.Count == 0 ? null : new JsonArray([.. left.Select(r => r?.DeepClone())]));
        }

        if (schema["additionalProperties"] is JsonObject values && IsTrue(values, "nullable"))
        {
            schema.Remove("required");
        }

        foreach (var child in Children(schema))
        {
            Reduce(child);
        }
    }
}
