using System.Text.Json.Nodes;
using GitOpsToolkit.Versioning;

namespace GitOpsToolkit.Sandbox.Machinery.Builtins;

/// <summary>Rules of custom resource definitions: names, versions and the basics of structural schemas.</summary>
internal static class DefinitionRules
{
    private static readonly string[] Types = ["array", "boolean", "integer", "number", "object", "string"];

    public static void Validate(JsonObject obj, JsonObject? old, List<FieldError> errors)
    {
        var spec = Json.Object(obj, "spec") ?? [];
        var (group, plural) = (Json.Text(spec, "group") ?? "", Json.Text(spec, "names", "plural") ?? "");
        if ((Json.Text(obj, "metadata", "name") ?? "") is var name && name != $"{plural}.{group}")
        {
            errors.Add(FieldError.InvalidText("metadata.name", name, "must be spec.names.plural+\".\"+spec.group"));
        }

        if (group.Length == 0)
        {
            errors.Add(FieldError.Required("spec.group"));
        }
        else if (!group.Contains('.'))
        {
            errors.Add(FieldError.InvalidText("spec.group", group, "should be a domain with at least one dot"));
        }

        BuiltinRules.OneOf(spec["scope"], "spec.scope", ["Cluster", "Namespaced"], errors);
        NamesOf(spec, errors);
        Versions(spec, errors);
        if (Json.Boolean(spec, "preserveUnknownFields") == true)
        {
            errors.Add(FieldError.Invalid("spec.preserveUnknownFields", JsonValue.Create(true),
                "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead"));
        }

        foreach (var path in (string[][])[["spec", "group"], ["spec", "scope"], ["spec", "names", "kind"], ["spec", "names", "plural"]])
        {
            BuiltinRules.Unchanged(obj, old, path, errors);
        }
    }

    private static void NamesOf(JsonObject spec, List<FieldError> errors)
    {
        var names = Json.Object(spec, "names") ?? [];
        foreach (var member in (string[])["plural", "singular", "kind", "listKind"])
        {
            var value = Json.Text(names, member) ?? "";
            if (value.Length == 0)
            {
                errors.Add(FieldError.Required($"spec.names.{member}"));
                continue;
            }

            var checkedName = member is "kind" or "listKind" ? value.ToLowerInvariant() : value;
            errors.AddRange(Names.Label1035(checkedName).Select(fault => FieldError.InvalidText($"spec.names.{member}", value, fault)));
        }

        if (Json.Text(names, "kind") is { Length: > 0 } kind && kind == Json.Text(names, "listKind"))
        {
            errors.Add(FieldError.InvalidText("spec.names.listKind", kind, "kind and listKind may not be the same"));
        }
    }

    private static void Versions(JsonObject spec, List<FieldError> errors)
    {
        var versions = BuiltinDefaults.Objects(spec["versions"]).ToList();
        if (versions.Count == 0)
        {
            errors.Add(FieldError.Required("spec.versions"));
            return;
        }

        if (versions.Count(v => Json.Boolean(v, "storage") == true) != 1)
        {
            errors.Add(FieldError.Invalid("spec.versions", spec["versions"], "must have exactly one version marked as storage version"));
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < versions.Count; i++)
        {
            var path = $"spec.versions[{i}]";
            var name = Json.Text(versions[i], "name") ?? "";
            errors.AddRange(Names.Label1035(name).Select(fault => FieldError.InvalidText($"{path}.name", name, fault)));
            if (!seen.Add(name))
            {
                errors.Add(FieldError.Invalid("spec.versions", spec["versions"], "must contain unique version names"));
            }

            if (Json.Object(versions[i], "schema", "openAPIV3Schema") is not { } schema)
            {
                errors.Add(FieldError.Required($"{path}.schema.openAPIV3Schema", "schemas are required"));
                continue;
            }

            var at = $"{path}.schema.openAPIV3Schema";
            if (Json.Text(schema, "type") is not "object")
            {
                errors.Add(Json.Text(schema, "type") is { Length: > 0 } type
                    ? FieldError.InvalidText($"{at}.type", type, "must be object at the root")
                    : FieldError.Required($"{at}.type", "must not be empty at the root"));
            }

            Schema(schema, at, isRoot: true, inJunctor: false, errors);
        }
    }

    private static void Schema(JsonObject schema, string path, bool isRoot, bool inJunctor, List<FieldError> errors)
    {
        var type = Json.Text(schema, "type") ?? "";
        Structure(schema, path, isRoot, inJunctor, errors);
        if (type.Length > 0 && !Types.Contains(type))
        {
            errors.Add(FieldError.NotSupported($"{path}.type", schema["type"], Types));
        }

        if (Json.Text(schema, "pattern") is { } pattern && !GoRegex.TryCompile(pattern, out _, out var fault))
        {
            errors.Add(FieldError.InvalidText($"{path}.pattern", pattern, $"must be a valid regular expression, but isn't: {fault}"));
        }

        ListType(schema, path, type, errors);
        foreach (var (name, child) in Json.Object(schema, "properties") ?? [])
        {
            if (child is JsonObject property)
            {
                Schema(property, $"{path}.properties[{name}]", false, inJunctor, errors);
            }
        }

        foreach (var member in (string[])["items", "additionalProperties"])
        {
            if (schema[member] is JsonObject child)
            {
                Schema(child, $"{path}.{member}", false, inJunctor, errors);
            }
        }

        foreach (var member in (string[])["allOf", "anyOf", "oneOf"])
        {
            var index = 0;
            foreach (var child in BuiltinDefaults.Objects(schema[member]))
            {
                Schema(child, $"{path}.{member}[{index++}]", false, true, errors);
            }
        }
    }

    private static void Structure(JsonObject schema, string path, bool isRoot, bool inJunctor, List<FieldError> errors)
    {
        var free = Json.Boolean(schema, "x-kubernetes-int-or-string") == true || Json.Boolean(schema, "x-kubernetes-preserve-unknown-fields") == true;
        if (!isRoot && !inJunctor && !free && Json.Text(schema, "type") is not { Length: > 0 })
        {
            errors.Add(FieldError.Required($"{path}.type", "must not be empty for specified object fields"));
        }

        if (schema["$ref"] is not null)
        {
            errors.Add(FieldError.Forbidden($"{path}.$ref", "$ref is not supported"));
        }

        if (Json.Boolean(schema, "uniqueItems") == true)
        {
            errors.Add(FieldError.Forbidden($"{path}.uniqueItems", "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"));
        }

        if (schema["properties"] is JsonObject { Count: > 0 } && schema["additionalProperties"] is JsonObject && !inJunctor)
        {
            errors.Add(FieldError.Forbidden($"{path}.additionalProperties", "additionalProperties and properties are mutual exclusive"));
        }

        if (Json.Boolean(schema, "additionalProperties") == false)
        {
            errors.Add(FieldError.Forbidden($"{path}.additionalProperties", "additionalProperties cannot be set to false"));
        }

        if (Json.Text(schema, "type") == "array" && schema["items"] is null && !inJunctor)
        {
            errors.Add(FieldError.Required($"{path}.items", "must be specified"));
        }
    }

    private static void ListType(JsonObject schema, string path, string type, List<FieldError> errors)
    {
        if (Json.Text(schema, "x-kubernetes-list-type") is not { Length: > 0 } listType)
        {
            return;
        }

        if (type != "array")
        {
            errors.Add(FieldError.InvalidText($"{path}.type", type, "must be array if x-kubernetes-list-type is specified"));
        }

        BuiltinRules.OneOf(schema["x-kubernetes-list-type"], $"{path}.x-kubernetes-list-type", ["atomic", "map", "set"], errors);
        if (listType != "map")
        {
            return;
        }

        if (Json.Array(schema, "x-kubernetes-list-map-keys") is not { Count: > 0 } keys)
        {
            errors.Add(FieldError.Required($"{path}.x-kubernetes-list-map-keys", "must not be empty if x-kubernetes-list-type is map"));
            return;
        }

        var required = (Json.Array(schema, "items", "required") ?? []).Select(r => Json.Text(r)).ToHashSet(StringComparer.Ordinal);
        foreach (var key in keys.Select(k => Json.Text(k) ?? ""))
        {
            var property = Json.Object(schema, "items", "properties", key);
            if (property is null)
            {
                errors.Add(FieldError.InvalidText($"{path}.x-kubernetes-list-map-keys", key, "entries must all be names of item properties"));
            }
            else if (!required.Contains(key) && property["default"] is null)
            {
                errors.Add(FieldError.Required($"{path}.items.properties[{key}].default",
                    "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property"));
            }
        }
    }
}
