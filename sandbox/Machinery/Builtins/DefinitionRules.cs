using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Machinery.Builtins;

/// <summary>Rules of custom resource definitions: names, versions, subresources, columns. Their schemas: <see cref="DefinitionSchemaRules"/>.</summary>
internal static class DefinitionRules
{
    private const string Approval = "api-approved.kubernetes.io";
    private static readonly string[] ColumnTypes = ["boolean", "date", "integer", "number", "string"];
    private static readonly string[] ColumnFormats = ["byte", "date", "date-time", "double", "float", "int32", "int64", "password"];

    public static void Validate(JsonObject obj, JsonObject? old, List<FieldError> errors)
    {
        var spec = Json.Object(obj, "spec") ?? [];
        var (group, plural) = (Json.Text(spec, "group") ?? "", Json.Text(spec, "names", "plural") ?? "");
        if (old is null)
        {
            if ((Json.Text(obj, "metadata", "name") ?? "") is var name && name != $"{plural}.{group}")
            {
                errors.Add(FieldError.InvalidText("metadata.name", name, "must be spec.names.plural+\".\"+spec.group"));
            }

            CheckApproval(obj, group, errors);
        }

        var before = errors.Count;
        foreach (var path in (string[][])[["spec", "group"], ["spec", "scope"], ["spec", "names", "kind"], ["spec", "names", "plural"]])
        {
            BuiltinRules.Unchanged(obj, old, path, errors);
        }

        if (errors.Count > before)
        {
            return;
        }

        CheckGroup(group, errors);
        if (Json.Text(spec, "scope") is not { Length: > 0 } scope)
        {
            errors.Add(FieldError.Required("spec.scope"));
        }
        else if (scope is not ("Cluster" or "Namespaced"))
        {
            errors.Add(FieldError.NotSupported("spec.scope", scope, ["Cluster", "Namespaced"]));
        }

        CheckVersions(spec, errors);
        CheckNames(Json.Object(spec, "names") ?? [], errors);
        CheckParts(spec, errors);
        CheckConversion(Json.Object(spec, "conversion") ?? [], errors);
        if (Json.Boolean(spec, "preserveUnknownFields") == true)
        {
            errors.Add(FieldError.Invalid("spec.preserveUnknownFields", JsonValue.Create(true),
                "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead"));
        }

        CheckStored(obj, spec, errors);
    }

    private static void CheckApproval(JsonObject obj, string group, List<FieldError> errors)
    {
        var isProtected = group.EndsWith(".k8s.io", StringComparison.Ordinal) || group.EndsWith(".kubernetes.io", StringComparison.Ordinal);
        if (isProtected && Json.Text(obj, "metadata", "annotations", Approval) is not { Length: > 0 })
        {
            errors.Add(FieldError.Required($"metadata.annotations[{Approval}]",
                $"protected groups must have approval annotation \"{Approval}\", see https://github.com/kubernetes/enhancements/pull/1111"));
        }
    }

    private static void CheckGroup(string group, List<FieldError> errors)
    {
        if (group.Length == 0)
        {
            errors.Add(FieldError.Required("spec.group"));
        }
        else if (Names.Subdomain(group) is { Count: > 0 } faults)
        {
            errors.AddRange(faults.Select(fault => FieldError.InvalidText("spec.group", group, fault)));
        }
        else if (!group.Contains('.'))
        {
            errors.Add(FieldError.InvalidText("spec.group", group, "should be a domain with at least one dot"));
        }
    }

    private static void CheckVersions(JsonObject spec, List<FieldError> errors)
    {
        var versions = BuiltinDefaults.Objects(spec["versions"]).ToList();
        for (var i = 0; i < versions.Count; i++)
        {
            var name = Json.Text(versions[i], "name") ?? "";
            errors.AddRange(Names.Label1035(name).Select(fault => FieldError.InvalidText($"spec.versions[{i}].name", name, fault)));
        }

        var shown = versions.Count == 0 ? null : spec["versions"];
        if (versions.Select(v => Json.Text(v, "name")).Distinct(StringComparer.Ordinal).Count() < versions.Count)
        {
            errors.Add(FieldError.Invalid("spec.versions", shown, "must contain unique version names"));
        }

        if (versions.Count(v => Json.Boolean(v, "storage") == true) != 1)
        {
            errors.Add(FieldError.Invalid("spec.versions", shown, "must have exactly one version marked as storage version"));
        }

        // The server keeps the first version's name in an older field, too.
        if (versions.Count > 0 && Json.Text(versions[0], "name") is { } first)
        {
            errors.AddRange(Names.Label1035(first).Select(fault => FieldError.InvalidText("spec.version", first, fault)));
        }
    }

    private static void CheckNames(JsonObject names, List<FieldError> errors)
    {
        foreach (var member in (string[])["plural", "singular", "kind", "listKind"])
        {
            var value = Json.Text(names, member) ?? "";
            if (value.Length == 0)
            {
                errors.Add(FieldError.Required($"spec.names.{member}"));
                continue;
            }

            var isKind = member is "kind" or "listKind";
            if (Names.Label1035(isKind ? value.ToLowerInvariant() : value) is { Count: > 0 } faults)
            {
                var text = string.Join(',', faults);
                errors.Add(FieldError.InvalidText($"spec.names.{member}", value, isKind ? $"may have mixed case, but should otherwise match: {text}" : text));
            }
        }

        foreach (var list in (string[])["shortNames", "categories"])
        {
            var values = (Json.Array(names, list) ?? []).Select(v => Json.Text(v) ?? "").ToList();
            for (var i = 0; i < values.Count; i++)
            {
                if (Names.Label1035(values[i]) is { Count: > 0 } faults)
                {
                    errors.Add(FieldError.InvalidText($"spec.names.{list}[{i}]", values[i], string.Join(',', faults)));
                }
            }
        }

        if (Json.Text(names, "kind") is { Length: > 0 } kind && kind == Json.Text(names, "listKind"))
        {
            errors.Add(FieldError.InvalidText("spec.names.listKind", kind, "kind and listKind may not be the same"));
        }
    }

    /// <summary>What versions have one each: the server moves it to the top, and names it there, where all versions have the same.</summary>
    private static void CheckParts(JsonObject spec, List<FieldError> errors)
    {
        var versions = BuiltinDefaults.Objects(spec["versions"]).ToList();
        foreach (var (member, top) in new[] { ("schema", "spec.validation"), ("subresources", "spec.subresources"), ("additionalPrinterColumns", "spec.additionalPrinterColumns"), ("selectableFields", "spec.selectableFields") })
        {
            var same = versions.TrueForAll(v => Json.Same(v[member], versions[0][member]));
            for (var i = 0; i < versions.Count && (i == 0 || !same); i++)
            {
                var path = same && versions[i][member] is not null ? top : $"spec.versions[{i}].{member}";
                CheckPart(member, versions[i], path, i, errors);
            }
        }
    }

    private static void CheckPart(string member, JsonObject version, string path, int index, List<FieldError> errors)
    {
        switch (member)
        {
            case "schema" when Json.Object(version, "schema", "openAPIV3Schema") is { } schema:
                DefinitionSchemaRules.Validate(schema, $"{path}.openAPIV3Schema", errors);
                break;
            case "schema":
                errors.Add(FieldError.Required($"spec.versions[{index}].schema.openAPIV3Schema"));
                break;
            case "subresources" when Json.Object(version, "subresources", "scale") is { } scale:
                CheckScale(scale, $"{path}.scale", errors);
                break;
            case "selectableFields":
                CheckSelectable(version, path, errors);
                break;
            case "additionalPrinterColumns":
                var number = 0;
                foreach (var column in BuiltinDefaults.Objects(version["additionalPrinterColumns"]))
                {
                    CheckColumn(column, $"{path}[{number++}]", errors);
                }

                break;
        }
    }

    private static void CheckScale(JsonObject scale, string path, List<FieldError> errors)
    {
        foreach (var (name, parents, where) in new[]
        {
            ("specReplicasPath", new[] { ".spec." }, "should be a json path under .spec"),
            ("statusReplicasPath", [".status."], "should be a json path under .status"),
            ("labelSelectorPath", [".spec.", ".status."], "should be a json path under either .spec or .status"),
        })
        {
            if (Json.Text(scale, name) is not { Length: > 0 } value)
            {
                if (name != "labelSelectorPath")
                {
                    errors.Add(FieldError.Required($"{path}.{name}"));
                }
            }
            else if (!IsSimplePath(value))
            {
                errors.Add(FieldError.InvalidText($"{path}.{name}", value, "must be a simple json path starting with ."));
            }
            else if (!Array.Exists(parents, parent => value.StartsWith(parent, StringComparison.Ordinal)))
            {
                errors.Add(FieldError.InvalidText($"{path}.{name}", value, where));
            }
        }
    }

    private static void CheckColumn(JsonObject column, string path, List<FieldError> errors)
    {
        if (Json.Text(column, "name") is not { Length: > 0 })
        {
            errors.Add(FieldError.Required($"{path}.name"));
        }

        if (Json.Text(column, "type") is not { Length: > 0 } type)
        {
            errors.Add(FieldError.Required($"{path}.type", $"must be one of {string.Join(',', ColumnTypes)}"));
        }
        else if (!ColumnTypes.Contains(type))
        {
            errors.Add(FieldError.InvalidText($"{path}.type", type, $"must be one of {string.Join(',', ColumnTypes)}"));
        }

        if (Json.Text(column, "format") is { Length: > 0 } format && !ColumnFormats.Contains(format))
        {
            errors.Add(FieldError.InvalidText($"{path}.format", format, $"must be one of {string.Join(',', ColumnFormats)}"));
        }

        if (Json.Text(column, "jsonPath") is not { Length: > 0 } json)
        {
            errors.Add(FieldError.Required($"{path}.JSONPath"));
        }
        else if (json[0] != '.')
        {
            errors.Add(FieldError.InvalidText($"{path}.JSONPath", json, "must be a simple json path starting with ."));
        }
    }

    private static void CheckSelectable(JsonObject version, string path, List<FieldError> errors)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var index = 0;
        foreach (var field in BuiltinDefaults.Objects(version["selectableFields"]))
        {
            var (at, json) = ($"{path}[{index++}].jsonPath", Json.Text(field, "jsonPath") ?? "");
            if (json.Length == 0)
            {
                errors.Add(FieldError.Required(at));
                continue;
            }

            if (json[0] != '.')
            {
                errors.Add(FieldError.InvalidText(at, json, $"is an invalid path: expected [ or . but got: {json.Split('.')[0]}"));
                continue;
            }

            JsonNode? level = Json.Object(version, "schema", "openAPIV3Schema");
            foreach (var part in json.Split('.', StringSplitOptions.RemoveEmptyEntries))
            {
                level = Json.Object(level, "properties", part);
            }

            if (level is null)
            {
                errors.Add(FieldError.InvalidText(at, json, "is an invalid path: does not refer to a valid field"));
            }
            else if (Json.Text(level, "type") is not ("string" or "boolean" or "integer"))
            {
                errors.Add(FieldError.InvalidText(at, json,
                    "must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed."));
            }

            if (!seen.Add(json))
            {
                errors.Add(FieldError.Duplicate(at, json));
            }
        }
    }

    private static bool IsSimplePath(string path) => path.Length > 1 && path[0] == '.' && !path.Contains('[');

    private static void CheckConversion(JsonObject conversion, List<FieldError> errors)
    {
        var webhook = Json.Object(conversion, "webhook");
        switch (Json.Text(conversion, "strategy"))
        {
            case "Webhook":
                if (Json.Object(webhook, "clientConfig") is null)
                {
                    errors.Add(FieldError.Required("spec.conversion.webhookClientConfig", "required when strategy is set to Webhook"));
                }

                if (Json.Array(webhook, "conversionReviewVersions") is not { Count: > 0 })
                {
                    errors.Add(FieldError.Required("spec.conversion.conversionReviewVersions"));
                }

                break;
            case "None":
                if (Json.Object(webhook, "clientConfig") is not null)
                {
                    errors.Add(FieldError.Forbidden("spec.conversion.webhookClientConfig", "should not be set when strategy is not set to Webhook"));
                }

                if (Json.Array(webhook, "conversionReviewVersions") is { Count: > 0 })
                {
                    errors.Add(FieldError.Forbidden("spec.conversion.conversionReviewVersions", "should not be set when strategy is not set to Webhook"));
                }

                break;
            case var other:
                errors.Add(FieldError.NotSupported("spec.conversion.strategy", other ?? "", ["None", "Webhook"]));
                break;
        }
    }

    private static void CheckStored(JsonObject obj, JsonObject spec, List<FieldError> errors)
    {
        var stored = (Json.Array(obj, "status", "storedVersions") ?? []).Select(v => Json.Text(v) ?? "").ToList();
        if (stored.Count == 0)
        {
            errors.Add(FieldError.Invalid("status.storedVersions", null, "must have at least one stored version"));
        }

        var versions = BuiltinDefaults.Objects(spec["versions"]).ToList();
        var storage = versions.Where(v => Json.Boolean(v, "storage") == true).Select(v => Json.Text(v, "name")).LastOrDefault();
        if (stored.Count > 0 && storage is not null && !stored.Contains(storage))
        {
            errors.Add(FieldError.Invalid("status.storedVersions", new JsonArray([.. stored.Select(v => JsonValue.Create(v))]),
                $"must have the storage version {storage}"));
        }

        for (var i = 0; i < stored.Count; i++)
        {
            if (!versions.Exists(v => Json.Text(v, "name") == stored[i]))
            {
                errors.Add(FieldError.InvalidText($"status.storedVersions[{i}]", stored[i],
                    $"missing from spec.versions; {stored[i]} was previously a storage version, and must remain in spec.versions until a storage migration "
                    + $"ensures no data remains persisted in {stored[i]} and removes {stored[i]} from status.storedVersions"));
            }
        }
    }
}
