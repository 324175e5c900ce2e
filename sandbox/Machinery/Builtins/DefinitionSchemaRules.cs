using System.Text.Json;
using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.Machinery.Structural;
using GitOpsToolkit.Versioning;

namespace GitOpsToolkit.Sandbox.Machinery.Builtins;

/// <summary>What schemas in custom resource definitions may say: first each keyword, then that the whole is structural.</summary>
internal sealed class DefinitionSchemaRules
{
    private static readonly string[] Types = ["array", "boolean", "integer", "number", "object", "string"];
    private static readonly string[] Identity = ["apiVersion", "kind"];
    private static readonly string[] Junctors = ["allOf", "anyOf", "oneOf"];
    private static readonly string[] Unsupported = ["$ref", "definitions", "dependencies", "id", "patternProperties", "additionalItems"];

    private readonly List<FieldError> keywords = [];
    private readonly List<FieldError> structure = [];

    private DefinitionSchemaRules()
    {
    }

    public static void Validate(JsonObject schema, string path, List<FieldError> errors)
    {
        var rules = new DefinitionSchemaRules();
        var type = Json.Text(schema, "type") ?? "";
        if (type.Length == 0)
        {
            if (Json.Boolean(schema, "x-kubernetes-preserve-unknown-fields") != true)
            {
                rules.structure.Add(FieldError.Required($"{path}.type", "must not be empty at the root"));
            }
        }
        else if (type != "object")
        {
            rules.structure.Add(FieldError.InvalidText($"{path}.type", type, "must be object at the root"));
        }

        if (schema["default"] is JsonObject whole)
        {
            rules.structure.AddRange(Identity.Where(n => !whole.ContainsKey(n)).Select(n => FieldError.Required($"{path}.default.{n}")));
        }

        rules.Root(schema, path);
        rules.Level(schema, path, null, inJunctor: false);
        errors.AddRange(rules.keywords.Count > 0 ? rules.keywords : rules.structure);
    }

    private void Root(JsonObject schema, string path)
    {
        foreach (var name in (ReadOnlySpan<string>)["apiVersion", "kind"])
        {
            if (Json.Text(schema, "properties", name, "type") is { Length: > 0 } type and not "string")
            {
                structure.Add(FieldError.InvalidText($"{path}.properties[{name}].type", type, "must be string"));
            }
        }

        if (Json.Object(schema, "properties", "metadata") is not { } metadata)
        {
            return;
        }

        var at = $"{path}.properties[metadata]";
        if (metadata.ContainsKey("default"))
        {
            structure.Add(FieldError.Forbidden($"{at}.default", "must not be set in top-level metadata"));
        }

        var others = metadata.Select(p => p.Key).Except(["type", "properties", "description", "default"]).Any();
        if (others || (Json.Object(metadata, "properties") ?? []).Any(p => p.Key is not ("name" or "generateName")))
        {
            structure.Add(FieldError.Forbidden(at, "must not specify anything other than name and generateName, but metadata is implicitly specified"));
        }
    }

    private void Level(JsonObject schema, string path, string? role, bool inJunctor)
    {
        Keywords(schema, path);
        if (inJunctor)
        {
            Junctor(schema, path);
        }
        else
        {
            Structure(schema, path, role);
            Default(schema, path);
        }

        Lists(schema, path);
        DefinitionCelRules.Validate(schema, path, structure);
        foreach (var (name, child) in Json.Object(schema, "properties") ?? [])
        {
            if (child is JsonObject property)
            {
                Level(property, $"{path}.properties[{name}]", "object fields", inJunctor);
            }
        }

        foreach (var (member, what) in new[] { ("items", "array items"), ("additionalProperties", "object fields") })
        {
            if (schema[member] is JsonObject child)
            {
                Level(child, $"{path}.{member}", what, inJunctor);
            }
        }

        foreach (var member in Junctors)
        {
            var index = 0;
            foreach (var child in BuiltinDefaults.Objects(schema[member]))
            {
                Level(child, $"{path}.{member}[{index++}]", null, true);
            }
        }

        if (schema["not"] is JsonObject not)
        {
            Level(not, $"{path}.not", null, true);
        }
    }

    private void Keywords(JsonObject schema, string path)
    {
        foreach (var name in Unsupported.Where(name => schema[name] is not null))
        {
            keywords.Add(FieldError.Forbidden($"{path}.{name}", $"{name} is not supported"));
        }

        if (Json.Boolean(schema, "uniqueItems") == true)
        {
            keywords.Add(FieldError.Forbidden($"{path}.uniqueItems", "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"));
        }

        if (schema["properties"] is JsonObject { Count: > 0 } && schema["additionalProperties"] is JsonObject)
        {
            keywords.Add(FieldError.Forbidden($"{path}.additionalProperties", "additionalProperties and properties are mutual exclusive"));
        }

        if (schema["items"] is JsonArray)
        {
            keywords.Add(FieldError.Forbidden($"{path}.items", "items must be a schema object and not an array"));
        }

        if (Json.Text(schema, "type") is { Length: > 0 } type && !Types.Contains(type))
        {
            keywords.Add(FieldError.NotSupported($"{path}.type", type, Types));
        }

        if (Json.Text(schema, "pattern") is { } pattern && !GoRegex.TryCompile(pattern, out _, out var fault))
        {
            keywords.Add(FieldError.InvalidText($"{path}.pattern", pattern, $"must be a valid regular expression, but isn't: error parsing regexp: {fault}"));
        }

        if (schema["x-kubernetes-preserve-unknown-fields"]?.GetValueKind() == JsonValueKind.False)
        {
            keywords.Add(FieldError.Invalid($"{path}.x-kubernetes-preserve-unknown-fields", JsonValue.Create(false), "must be true or undefined"));
        }
    }

    private void Structure(JsonObject schema, string path, string? role)
    {
        var type = Json.Text(schema, "type") ?? "";
        var free = Json.Boolean(schema, "x-kubernetes-int-or-string") == true || Json.Boolean(schema, "x-kubernetes-preserve-unknown-fields") == true;
        if (role is not null && !free && type.Length == 0)
        {
            structure.Add(FieldError.Required($"{path}.type", $"must not be empty for specified {role}"));
        }

        if (type == "array" && schema["items"] is null)
        {
            structure.Add(FieldError.Required($"{path}.items", "must be specified"));
        }

        if (Json.Boolean(schema, "x-kubernetes-embedded-resource") != true)
        {
            return;
        }

        if (schema["properties"] is not JsonObject { Count: > 0 } && Json.Boolean(schema, "x-kubernetes-preserve-unknown-fields") != true)
        {
            structure.Add(FieldError.Required($"{path}.properties",
                "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields"));
        }

        if (type != "object")
        {
            structure.Add(type.Length == 0
                ? FieldError.Required($"{path}.type", "must be object if x-kubernetes-embedded-resource is true")
                : FieldError.InvalidText($"{path}.type", type, "must be object if x-kubernetes-embedded-resource is true"));
        }
    }

    // Below a junctor only conditions may stand, nothing that adds to the structure.
    private void Junctor(JsonObject schema, string path)
    {
        foreach (var name in (ReadOnlySpan<string>)["type", "title", "description"])
        {
            if (Json.Text(schema, name) is { Length: > 0 })
            {
                structure.Add(FieldError.Forbidden($"{path}.{name}", "must be empty to be structural"));
            }
        }

        foreach (var name in (ReadOnlySpan<string>)["default", "additionalProperties"])
        {
            if (schema[name] is not null)
            {
                structure.Add(FieldError.Forbidden($"{path}.{name}", "must be undefined to be structural"));
            }
        }

        foreach (var name in (ReadOnlySpan<string>)["nullable", "x-kubernetes-embedded-resource", "x-kubernetes-int-or-string"])
        {
            if (Json.Boolean(schema, name) == true)
            {
                structure.Add(FieldError.Forbidden($"{path}.{name}", "must be false to be structural"));
            }
        }
    }

    private void Default(JsonObject schema, string path)
    {
        if (schema["default"] is not { } value)
        {
            return;
        }

        var level = StructuralSchema.Parse(schema);
        if (SchemaPruner.Prune(value.DeepClone(), level, isRoot: false).Count > 0)
        {
            structure.Add(FieldError.Invalid($"{path}.default", value, "must not have unknown fields"));
            return;
        }

        structure.AddRange(SchemaValidator.Validate(value, level)
            .Select(error => error with { Field = error.Field == "<nil>" ? $"{path}.default" : $"{path}.default.{error.Field}" }));
    }

    private void Lists(JsonObject schema, string path)
    {
        var type = Json.Text(schema, "type") ?? "";
        var keys = Json.Array(schema, "x-kubernetes-list-map-keys");
        if (Json.Text(schema, "x-kubernetes-map-type") is { Length: > 0 } mapType)
        {
            if (type != "object")
            {
                keywords.Add(FieldError.InvalidText($"{path}.type", type, "must be object if x-kubernetes-map-type is specified"));
            }

            if (mapType is not ("atomic" or "granular"))
            {
                keywords.Add(FieldError.NotSupported($"{path}.x-kubernetes-map-type", mapType, ["atomic", "granular"]));
            }
        }

        if (Json.Text(schema, "x-kubernetes-list-type") is not { Length: > 0 } listType)
        {
            if (keys is { Count: > 0 })
            {
                keywords.Add(FieldError.Required($"{path}.x-kubernetes-list-type", "must be map if x-kubernetes-list-map-keys is non-empty"));
            }

            return;
        }

        if (type != "array")
        {
            keywords.Add(FieldError.InvalidText($"{path}.type", type, "must be array if x-kubernetes-list-type is specified"));
        }

        switch (listType)
        {
            case "atomic":
                break;
            case "set":
                if (Json.Text(schema, "items", "type") == "object" && Json.Text(schema, "items", "x-kubernetes-map-type") != "atomic")
                {
                    keywords.Add(FieldError.Invalid($"{path}.items.x-kubernetes-map-type", schema["items"]!["x-kubernetes-map-type"],
                        "must be atomic as item of a list with x-kubernetes-list-type=set"));
                }

                break;
            case "map":
                MapKeys(schema, keys, path);
                break;
            default:
                keywords.Add(FieldError.NotSupported($"{path}.x-kubernetes-list-type", listType, ["atomic", "set", "map"]));
                break;
        }
    }

    private void MapKeys(JsonObject schema, JsonArray? keys, string path)
    {
        if (keys is not { Count: > 0 })
        {
            keywords.Add(FieldError.Required($"{path}.x-kubernetes-list-map-keys", "must not be empty if x-kubernetes-list-type is map"));
            return;
        }

        var required = (Json.Array(schema, "items", "required") ?? []).Select(r => Json.Text(r)).ToHashSet(StringComparer.Ordinal);
        foreach (var key in keys.Select(k => Json.Text(k) ?? ""))
        {
            var property = Json.Object(schema, "items", "properties", key);
            if (property is null)
            {
                keywords.Add(FieldError.Invalid($"{path}.x-kubernetes-list-map-keys", keys, "entries must all be names of item properties"));
            }
            else if (!required.Contains(key) && property["default"] is null)
            {
                keywords.Add(FieldError.Required($"{path}.items.properties[{key}].default",
                    "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property"));
            }
        }
    }
}
