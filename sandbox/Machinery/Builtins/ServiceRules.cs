using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Machinery.Builtins;

/// <summary>Rules of Services.</summary>
internal static class ServiceRules
{
    private static readonly string[] Types = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];

    public static void Validate(JsonObject obj, JsonObject? old, List<FieldError> errors)
    {
        var spec = Json.Object(obj, "spec") ?? [];
        var type = Json.Text(spec, "type");
        if (type == "ExternalName")
        {
            ExternalName(spec, errors);
        }
        else if (Json.Array(spec, "ports") is not { Count: > 0 } && Json.Text(spec, "clusterIP") != "None")
        {
            errors.Add(FieldError.Required("spec.ports"));
        }

        MetadataRules.CheckLabels(spec["selector"], "spec.selector", errors);
        BuiltinRules.OneOf(spec["sessionAffinity"], "spec.sessionAffinity", ["ClientIP", "None"], errors);
        Ports(spec, errors);
        BuiltinRules.OneOf(spec["type"], "spec.type", Types, errors);
        if (old is not null && type != "ExternalName" && Json.Text(old, "spec", "type") != "ExternalName")
        {
            Address(spec, Json.Object(old, "spec") ?? [], errors);
        }
    }

    private static void ExternalName(JsonObject spec, List<FieldError> errors)
    {
        if (Json.Text(spec, "externalName") is not { Length: > 0 } name)
        {
            errors.Add(FieldError.Required("spec.externalName"));
            return;
        }

        foreach (var fault in Names.Subdomain(name.TrimEnd('.')))
        {
            errors.Add(FieldError.InvalidText("spec.externalName", name, fault));
        }
    }

    private static void Ports(JsonObject spec, List<FieldError> errors)
    {
        var ports = BuiltinDefaults.Objects(spec["ports"]).ToList();
        var names = new HashSet<string>(StringComparer.Ordinal);
        var sockets = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < ports.Count; i++)
        {
            var path = $"spec.ports[{i}]";
            var name = Json.Text(ports[i], "name") ?? "";
            if (name.Length == 0 && ports.Count > 1)
            {
                errors.Add(FieldError.Required($"{path}.name"));
            }
            else if (name.Length > 0)
            {
                errors.AddRange(Names.Label(name).Select(fault => FieldError.InvalidText($"{path}.name", name, fault)));
                if (!names.Add(name))
                {
                    errors.Add(FieldError.Duplicate($"{path}.name", JsonValue.Create(name)));
                }
            }

            PortRules.Number(ports[i]["port"], $"{path}.port", errors);
            PortRules.Protocol(ports[i]["protocol"], $"{path}.protocol", errors);
            PortRules.NumberOrName(ports[i]["targetPort"], $"{path}.targetPort", errors);
            if (!sockets.Add($"{GoText.Json(ports[i]["port"])}/{Json.Text(ports[i], "protocol")}"))
            {
                var key = new JsonObject { ["port"] = ports[i]["port"]?.DeepClone(), ["protocol"] = ports[i]["protocol"]?.DeepClone() };
                errors.Add(FieldError.Duplicate(path, key));
            }
        }
    }

    private static void Address(JsonObject spec, JsonObject old, List<FieldError> errors)
    {
        var (now, before) = (Json.Text(spec, "clusterIP") ?? "", Json.Text(old, "clusterIP") ?? "");
        if (before.Length > 0 && now.Length > 0 && now != before)
        {
            errors.Add(FieldError.Invalid("spec.clusterIPs[0]", spec["clusterIPs"] ?? new JsonArray(now), "may not change once set"));
        }
    }
}

/// <summary>Rules of port numbers, names and protocols.</summary>
internal static class PortRules
{
    public static void Number(JsonNode? port, string path, List<FieldError> errors)
    {
        var number = Json.Integer(port) ?? 0;
        if (number is < 1 or > 65_535)
        {
            errors.Add(FieldError.Invalid(path, JsonValue.Create(number), "must be between 1 and 65535, inclusive"));
        }
    }

    public static void Protocol(JsonNode? protocol, string path, List<FieldError> errors)
    {
        if (Json.Text(protocol) is not { Length: > 0 })
        {
            errors.Add(FieldError.Required(path));
            return;
        }

        BuiltinRules.OneOf(protocol, path, ["SCTP", "TCP", "UDP"], errors);
    }

    public static void NumberOrName(JsonNode? port, string path, List<FieldError> errors)
    {
        if (Json.IsNumber(port))
        {
            Number(port, path, errors);
        }
        else if (Json.Text(port) is { } name)
        {
            errors.AddRange(Name(name).Select(fault => FieldError.InvalidText(path, name, fault)));
        }
    }

    public static IEnumerable<string> Name(string name)
    {
        if (name.Length > 15)
        {
            yield return "must be no more than 15 characters";
        }

        if (name.Length == 0 || !name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
        {
            yield return "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)";
        }
        else if (!name.Any(char.IsAsciiLetterLower))
        {
            yield return "must contain at least one letter (a-z)";
        }

        if (name.Contains("--"))
        {
            yield return "must not contain consecutive hyphens";
        }

        if (name.Length > 0 && (name[0] == '-' || name[^1] == '-'))
        {
            yield return "must not begin or end with a hyphen";
        }
    }
}
