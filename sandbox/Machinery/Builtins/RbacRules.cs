using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Machinery.Builtins;

/// <summary>Rules of roles and bindings.</summary>
internal static class RbacRules
{
    private const string Group = "rbac.authorization.k8s.io";

    private static readonly string[] SubjectKinds = ["ServiceAccount", "User", "Group"];

    public static void Validate(string kind, JsonObject obj, JsonObject? old, List<FieldError> errors)
    {
        if (kind is "Role" or "ClusterRole")
        {
            Rules(kind == "ClusterRole", obj, errors);
            Aggregation(obj, errors);
            return;
        }

        var namespaced = kind == "RoleBinding";
        Only(obj["roleRef"], "apiGroup", "roleRef.apiGroup", [Group], errors);
        Only(obj["roleRef"], "kind", "roleRef.kind", namespaced ? ["Role", "ClusterRole"] : ["ClusterRole"], errors);
        var role = Json.Text(obj, "roleRef", "name") ?? "";
        if (role.Length == 0)
        {
            errors.Add(FieldError.Required("roleRef.name"));
        }

        errors.AddRange((role.Length == 0 ? [] : Names.PathSegment(role)).Select(fault => FieldError.InvalidText("roleRef.name", role, fault)));
        var index = 0;
        foreach (var subject in BuiltinDefaults.Objects(obj["subjects"]))
        {
            Subject(subject, $"subjects[{index++}]", namespaced, errors);
        }

        if (old is not null && !Json.Same(obj["roleRef"], old["roleRef"]))
        {
            errors.Add(FieldError.Invalid("roleRef", obj["roleRef"], "cannot change roleRef"));
        }
    }

    private static void Subject(JsonObject subject, string path, bool namespaced, List<FieldError> errors)
    {
        var name = Json.Text(subject, "name") ?? "";
        if (name.Length == 0)
        {
            errors.Add(FieldError.Required($"{path}.name"));
        }

        switch (Json.Text(subject, "kind"))
        {
            case "ServiceAccount":
                errors.AddRange((name.Length == 0 ? [] : Names.Subdomain(name)).Select(fault => FieldError.InvalidText($"{path}.name", name, fault)));
                Only(subject, "apiGroup", $"{path}.apiGroup", [""], errors);
                if (!namespaced && Json.Text(subject, "namespace") is not { Length: > 0 })
                {
                    errors.Add(FieldError.Required($"{path}.namespace"));
                }

                break;
            case "User" or "Group":
                Only(subject, "apiGroup", $"{path}.apiGroup", [Group], errors);
                break;
            default:
                Only(subject, "kind", $"{path}.kind", SubjectKinds, errors);
                break;
        }
    }

    private static void Only(JsonNode? parent, string field, string path, string[] supported, List<FieldError> errors)
    {
        var value = Json.Text(parent, field) ?? "";
        if (!supported.Contains(value))
        {
            errors.Add(FieldError.NotSupported(path, JsonValue.Create(value), supported));
        }
    }

    private static void Rules(bool cluster, JsonObject obj, List<FieldError> errors)
    {
        var index = 0;
        foreach (var rule in BuiltinDefaults.Objects(obj["rules"]))
        {
            var path = $"rules[{index++}]";
            bool Has(string name) => Json.Array(rule, name) is { Count: > 0 };
            if (!Has("verbs"))
            {
                errors.Add(FieldError.Required($"{path}.verbs", "verbs must contain at least one value"));
            }

            if (Has("nonResourceURLs"))
            {
                if (!cluster)
                {
                    errors.Add(FieldError.Invalid($"{path}.nonResourceURLs", rule["nonResourceURLs"], "namespaced rules cannot apply to non-resource URLs"));
                }

                if (Has("apiGroups") || Has("resources") || Has("resourceNames"))
                {
                    errors.Add(FieldError.Invalid(
                        $"{path}.nonResourceURLs", rule["nonResourceURLs"], "rules cannot apply to both regular resources and non-resource URLs"));
                }

                continue;
            }

            if (!Has("apiGroups"))
            {
                errors.Add(FieldError.Required($"{path}.apiGroups", "resource rules must supply at least one api group"));
            }

            if (!Has("resources"))
            {
                errors.Add(FieldError.Required($"{path}.resources", "resource rules must supply at least one resource"));
            }
        }
    }

    private static void Aggregation(JsonObject obj, List<FieldError> errors)
    {
        if (obj["aggregationRule"] is JsonObject rule && Json.Array(rule, "clusterRoleSelectors") is not { Count: > 0 })
        {
            errors.Add(FieldError.Required(
                "aggregationRule.clusterRoleSelectors", "at least one clusterRoleSelector required if aggregationRule is non-nil"));
        }
    }
}
