using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Machinery.Builtins;

/// <summary>Rules of a pod's spec, in pods and in templates.</summary>
internal static class PodRules
{
    private const string UpdateRule =
        "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
        + "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
        + "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

    public static void ValidatePod(JsonObject pod, JsonObject? old, List<FieldError> errors)
    {
        Spec(Json.Object(pod, "spec") ?? [], "spec", errors);
        foreach (var list in ((string[])["containers", "initContainers"])
            .Where(list => old is not null && Json.Array(pod, "spec", list)?.Count != Json.Array(old, "spec", list)?.Count))
        {
            errors.Add(FieldError.Forbidden($"spec.{list}", "pod updates may not add or remove containers"));
            return;
        }

        if (old is not null && !Json.Same(Frozen(pod), Frozen(old)))
        {
            errors.Add(FieldError.Forbidden("spec", UpdateRule));
        }
    }

    public static void Spec(JsonObject spec, string path, List<FieldError> errors)
    {
        BuiltinRules.OneOf(spec["restartPolicy"], $"{path}.restartPolicy", ["Always", "OnFailure", "Never"], errors);
        BuiltinRules.OneOf(spec["dnsPolicy"], $"{path}.dnsPolicy", ["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"], errors);
        MetadataRules.CheckLabels(spec["nodeSelector"], $"{path}.nodeSelector", errors);
        var volumes = Volumes(spec, path, errors);
        var names = new HashSet<string>(StringComparer.Ordinal);
        if (Json.Array(spec, "containers") is not { Count: > 0 })
        {
            errors.Add(FieldError.Required($"{path}.containers"));
        }

        foreach (var list in (string[])["containers", "initContainers"])
        {
            var index = 0;
            foreach (var container in BuiltinDefaults.Objects(spec[list]))
            {
                Container(container, $"{path}.{list}[{index++}]", names, volumes, errors);
            }
        }
    }

    private static HashSet<string> Volumes(JsonObject spec, string path, List<FieldError> errors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var index = 0;
        foreach (var volume in BuiltinDefaults.Objects(spec["volumes"]))
        {
            var at = $"{path}.volumes[{index++}]";
            Name(volume, at, names, errors);
            if (volume.Count(member => member.Key != "name") > 1)
            {
                var second = volume.Where(member => member.Key != "name").Skip(1).First().Key;
                errors.Add(FieldError.Forbidden($"{at}.{second}", "may not specify more than 1 volume type"));
            }
        }

        return names;
    }

    private static void Container(JsonObject container, string path, HashSet<string> names, HashSet<string> volumes, List<FieldError> errors)
    {
        Name(container, path, names, errors);
        var image = Json.Text(container, "image") ?? "";
        if (image.Length == 0)
        {
            errors.Add(FieldError.Required($"{path}.image"));
        }
        else if (image.Trim().Length != image.Length)
        {
            errors.Add(FieldError.InvalidText($"{path}.image", image, "must not have leading or trailing whitespace"));
        }

        BuiltinRules.OneOf(container["imagePullPolicy"], $"{path}.imagePullPolicy", ["Always", "IfNotPresent", "Never"], errors);
        Ports(container, path, errors);
        Environment(container, path, errors);
        Mounts(container, path, volumes, errors);
        Resources(Json.Object(container, "resources"), $"{path}.resources", errors);
        foreach (var probe in (string[])["livenessProbe", "readinessProbe", "startupProbe"])
        {
            Probe(container[probe] as JsonObject, $"{path}.{probe}", errors);
        }
    }

    private static void Name(JsonObject item, string path, HashSet<string> names, List<FieldError> errors)
    {
        var name = Json.Text(item, "name") ?? "";
        if (name.Length == 0)
        {
            errors.Add(FieldError.Required($"{path}.name"));
            return;
        }

        errors.AddRange(Names.Label(name).Select(fault => FieldError.InvalidText($"{path}.name", name, fault)));
        if (!names.Add(name))
        {
            errors.Add(FieldError.Duplicate($"{path}.name", JsonValue.Create(name)));
        }
    }

    private static void Ports(JsonObject container, string path, List<FieldError> errors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var index = 0;
        foreach (var port in BuiltinDefaults.Objects(container["ports"]))
        {
            var at = $"{path}.ports[{index++}]";
            if (Json.Text(port, "name") is { Length: > 0 } name)
            {
                errors.AddRange(PortRules.Name(name).Select(fault => FieldError.InvalidText($"{at}.name", name, fault)));
                if (!names.Add(name))
                {
                    errors.Add(FieldError.Duplicate($"{at}.name", port["name"]));
                }
            }

            if (Json.Integer(port, "containerPort") is null or 0)
            {
                errors.Add(FieldError.Required($"{at}.containerPort"));
            }
            else
            {
                PortRules.Number(port["containerPort"], $"{at}.containerPort", errors);
            }

            PortRules.Protocol(port["protocol"], $"{at}.protocol", errors);
        }
    }

    private static void Environment(JsonObject container, string path, List<FieldError> errors)
    {
        var index = 0;
        foreach (var variable in BuiltinDefaults.Objects(container["env"]))
        {
            var at = $"{path}.env[{index++}]";
            if (Json.Text(variable, "name") is not { Length: > 0 })
            {
                errors.Add(FieldError.Required($"{at}.name"));
            }

            if (Json.Text(variable, "value") is { Length: > 0 } && variable["valueFrom"] is JsonObject)
            {
                errors.Add(FieldError.Invalid($"{at}.valueFrom", JsonValue.Create(""), "may not be specified when `value` is not empty"));
            }
        }
    }

    private static void Mounts(JsonObject container, string path, HashSet<string> volumes, List<FieldError> errors)
    {
        var paths = new HashSet<string>(StringComparer.Ordinal);
        var index = 0;
        foreach (var mount in BuiltinDefaults.Objects(container["volumeMounts"]))
        {
            var at = $"{path}.volumeMounts[{index++}]";
            var name = Json.Text(mount, "name") ?? "";
            if (name.Length == 0)
            {
                errors.Add(FieldError.Required($"{at}.name"));
            }
            else if (!volumes.Contains(name))
            {
                errors.Add(new FieldError(FieldErrorType.NotFound, $"{at}.name", GoText.Quote(name), ""));
            }

            var target = Json.Text(mount, "mountPath") ?? "";
            if (target.Length == 0)
            {
                errors.Add(FieldError.Required($"{at}.mountPath"));
            }
            else if (!paths.Add(target))
            {
                errors.Add(FieldError.InvalidText($"{at}.mountPath", target, "must be unique"));
            }
        }
    }

    private static void Resources(JsonObject? resources, string path, List<FieldError> errors)
    {
        foreach (var list in (string[])["limits", "requests"])
        {
            foreach (var (name, amount) in (Json.Object(resources, list) ?? []).Where(r => Quantity.Value(Json.Text(r.Value) ?? "0") < 0))
            {
                errors.Add(FieldError.InvalidText($"{path}.{list}[{name}]", Json.Text(amount) ?? "", "must be greater than or equal to 0"));
            }
        }

        foreach (var (name, request) in Json.Object(resources, "requests") ?? [])
        {
            var (asked, limit) = (Json.Text(request) ?? "0", Json.Text(resources, "limits", name));
            if (limit is not null && Quantity.Value(asked) > Quantity.Value(limit))
            {
                errors.Add(FieldError.InvalidText($"{path}.requests", asked, $"must be less than or equal to {name} limit of {limit}"));
            }
        }
    }

    private static void Probe(JsonObject? probe, string path, List<FieldError> errors)
    {
        if (probe is null)
        {
            return;
        }

        if (!probe.Any(member => member.Key is "exec" or "httpGet" or "tcpSocket" or "grpc"))
        {
            errors.Add(FieldError.Required(path, "must specify a handler type"));
        }

        if (probe["httpGet"] is JsonObject get)
        {
            PortRules.NumberOrName(get["port"], $"{path}.httpGet.port", errors);
        }
    }

    // What must not change, with all that may change blanked out.
    private static JsonObject Frozen(JsonObject pod)
    {
        var spec = Json.Object(pod, "spec")?.DeepClone().AsObject() ?? [];
        foreach (var name in (string[])["activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds", "ephemeralContainers", "schedulingGates"])
        {
            spec.Remove(name);
        }

        foreach (var container in BuiltinDefaults.Objects(spec["containers"]).Concat(BuiltinDefaults.Objects(spec["initContainers"])))
        {
            container.Remove("image");
        }

        return spec;
    }
}
