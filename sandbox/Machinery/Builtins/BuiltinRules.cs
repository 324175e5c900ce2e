using System.Text;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Machinery.Builtins;

/// <summary>Validation of the built-in kinds: what users meet, worded as the server does.</summary>
internal static class BuiltinRules
{
    public static void Validate(KindRules kind, JsonObject obj, JsonObject? old, string subresource, List<FieldError> errors)
    {
        // Reviews and the like are requests, not objects: they have no name.
        if (kind.Group is "authentication.k8s.io" or "authorization.k8s.io" || kind.Kind is "Status" or "Binding" or "Eviction")
        {
            return;
        }

        MetadataRules.Validate(obj, old, NameRule(kind.Group, kind.Kind), errors);
        if (kind is { Group: "", Kind: "Namespace" })
        {
            NamespaceFinalizers(obj, errors);
        }

        if (subresource == "status" && kind is { Group: "", Kind: "Namespace" })
        {
            NamespacePhase(obj, errors);
        }

        if (subresource.Length > 0)
        {
            return;
        }

        switch (kind.Group, kind.Kind)
        {
            case ("", "Pod"):
                PodRules.ValidatePod(obj, old, errors);
                break;
            case ("", "Service"):
                ServiceRules.Validate(obj, old, errors);
                break;
            case ("", "ConfigMap" or "Secret"):
                DataRules.Validate(kind.Kind, obj, old, errors);
                break;
            case ("", "PersistentVolumeClaim"):
                Claim(obj, old, errors);
                break;
            case ("" or "events.k8s.io", "Event"):
                EventRules.Validate(kind.Group, obj, old, errors);
                break;
            case ("apps", _):
                WorkloadRules.Apps(kind.Kind, obj, old, errors);
                break;
            case ("batch", _):
                WorkloadRules.Batch(kind.Kind, obj, old, errors);
                break;
            case ("rbac.authorization.k8s.io", _):
                RbacRules.Validate(kind.Kind, obj, old, errors);
                break;
            case ("networking.k8s.io", "Ingress"):
                NetworkRules.Ingress(obj, errors);
                break;
            case ("networking.k8s.io", "NetworkPolicy"):
                NetworkRules.Policy(obj, errors);
                break;
            case ("autoscaling", "HorizontalPodAutoscaler"):
                Autoscaler(obj, errors);
                break;
            case ("coordination.k8s.io", "Lease"):
                Positive(obj, "spec", "leaseDurationSeconds", errors);
                NotNegative(obj, ["spec", "leaseTransitions"], errors);
                break;
            case ("policy", "PodDisruptionBudget"):
                Budget(obj, errors);
                break;
            case ("apiextensions.k8s.io", "CustomResourceDefinition"):
                DefinitionRules.Validate(obj, old, errors);
                break;
        }
    }

    /// <summary>Adds <c>field is immutable</c> if the member changed.</summary>
    public static void Unchanged(JsonObject obj, JsonObject? old, string[] path, List<FieldError> errors)
    {
        if (old is not null && !Json.Same(Json.At(obj, path), Json.At(old, path)))
        {
            errors.Add(FieldError.Invalid(string.Join('.', path), Json.At(obj, path), "field is immutable"));
        }
    }

    public static void NotNegative(JsonObject obj, string[] path, List<FieldError> errors)
    {
        if (Json.Integer(obj, path) is < 0)
        {
            errors.Add(FieldError.Invalid(string.Join('.', path), Json.At(obj, path), "must be greater than or equal to 0"));
        }
    }

    public static void OneOf(JsonNode? value, string path, string[] supported, List<FieldError> errors)
    {
        if (value is not null && Json.Text(value) is { } text && !supported.Contains(text))
        {
            errors.Add(FieldError.NotSupported(path, value, supported));
        }
    }

    private static Func<string, IReadOnlyList<string>> NameRule(string group, string kind) => (group, kind) switch
    {
        ("", "Service") => Names.Label1035,
        ("", "Namespace") => Names.Label,
        ("rbac.authorization.k8s.io", _) or ("", "Event") => Names.PathSegment,
        _ => Names.Subdomain,
    };

    private static void NamespaceFinalizers(JsonObject obj, List<FieldError> errors)
    {
        var index = 0;
        foreach (var finalizer in Json.Array(obj, "spec", "finalizers") ?? [])
        {
            var (name, path) = (Json.Text(finalizer) ?? "", $"spec.finalizers[{index++}]");
            errors.AddRange(Names.QualifiedName(name).Select(fault => FieldError.InvalidText(path, name, fault)));
            MetadataRules.CheckFinalizerIsQualified(name, path, errors);
        }
    }

    private static void Positive(JsonObject obj, string parent, string name, List<FieldError> errors)
    {
        if (Json.Integer(obj, parent, name) is <= 0)
        {
            errors.Add(FieldError.Invalid($"{parent}.{name}", Json.At(obj, parent, name), "must be greater than 0"));
        }
    }

    private static void Autoscaler(JsonObject obj, List<FieldError> errors)
    {
        foreach (var name in (string[])["kind", "name"])
        {
            if (Json.Text(obj, "spec", "scaleTargetRef", name) is not { Length: > 0 })
            {
                errors.Add(FieldError.Required($"spec.scaleTargetRef.{name}"));
            }
        }

        var most = Json.Integer(obj, "spec", "maxReplicas") ?? 0;
        if (most < 1)
        {
            errors.Add(FieldError.Invalid("spec.maxReplicas", JsonValue.Create(most), "must be greater than 0"));
        }
        else if (Json.Integer(obj, "spec", "minReplicas") > most)
        {
            errors.Add(FieldError.Invalid("spec.maxReplicas", JsonValue.Create(most), "must be greater than or equal to `minReplicas`"));
        }
    }

    private static void Budget(JsonObject obj, List<FieldError> errors)
    {
        if (Json.At(obj, "spec", "minAvailable") is not null && Json.At(obj, "spec", "maxUnavailable") is not null)
        {
            errors.Add(FieldError.Invalid("spec", obj["spec"], "minAvailable and maxUnavailable cannot be both set"));
        }
    }

    private static void NamespacePhase(JsonObject obj, List<FieldError> errors)
    {
        var (phase, ends) = (Json.Text(obj, "status", "phase"), Json.Text(obj, "metadata", "deletionTimestamp") is not null);
        if (!ends && phase != "Active")
        {
            errors.Add(FieldError.Invalid("status.Phase", phase, "may only be 'Active' if `deletionTimestamp` is empty"));
        }
        else if (ends && phase != "Terminating")
        {
            errors.Add(FieldError.Invalid("status.Phase", phase, "may only be 'Terminating' if `deletionTimestamp` is not empty"));
        }
    }

    private static void Claim(JsonObject obj, JsonObject? old, List<FieldError> errors)
    {
        if (Json.Array(obj, "spec", "accessModes") is not { Count: > 0 })
        {
            errors.Add(FieldError.Required("spec.accessModes", "at least 1 access mode is required"));
        }

        if (Json.At(obj, "spec", "resources", "requests", "storage") is null)
        {
            errors.Add(FieldError.Required("spec.resources[storage]"));
        }

        if (old is null)
        {
            return;
        }

        var (now, before) = (Frozen(obj), Frozen(old));
        if (!Json.Same(now, before))
        {
            errors.Add(FieldError.Forbidden("spec",
                "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims"));
        }

        static JsonNode? Frozen(JsonObject claim)
        {
            var spec = Json.Object(claim, "spec")?.DeepClone().AsObject() ?? [];
            Json.Object(spec, "resources")?.Remove("requests");
            spec.Remove("volumeAttributesClassName");
            if (Json.Object(spec, "resources") is { Count: 0 })
            {
                spec.Remove("resources");
            }

            // The binder may set the volume once.
            spec.Remove("volumeName");
            return spec;
        }
    }
}

/// <summary>Rules of ConfigMaps and Secrets.</summary>
internal static class DataRules
{
    private const int Limit = 1024 * 1024;
    private const string KeyRule =
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', "
        + "regex used for validation is '[-._a-zA-Z0-9]+')";

    public static void Validate(string kind, JsonObject obj, JsonObject? old, List<FieldError> errors)
    {
        long size = 0;
        foreach (var member in (string[])["data", "binaryData"])
        {
            foreach (var (key, value) in Json.Object(obj, member) ?? [])
            {
                CheckKey(member, key, errors);
                var text = Json.Text(value) ?? "";
                size += kind == "Secret" || member == "binaryData" ? text.Length / 4 * 3 : Encoding.UTF8.GetByteCount(text);
            }
        }

        foreach (var (key, _) in (Json.Object(obj, "binaryData") ?? []).Where(e => Json.At(obj, "data", e.Key) is not null))
        {
            errors.Add(FieldError.InvalidText($"data[{key}]", key, $"duplicate of key present in binaryData"));
        }

        if (size > Limit)
        {
            errors.Add(FieldError.TooLong(kind == "Secret" ? "data" : "[]", Limit));
        }

        if (kind == "Secret")
        {
            Secret(obj, old, errors);
        }

        if (Json.Boolean(old, "immutable") != true)
        {
            return;
        }

        const string message = "field is immutable when `immutable` is set";
        if (Json.Boolean(obj, "immutable") != true)
        {
            errors.Add(FieldError.Forbidden("immutable", message));
        }

        foreach (var member in ((string[])["data", "binaryData"]).Where(member => !Json.Same(obj[member], old![member])))
        {
            errors.Add(FieldError.Forbidden(member, message));
        }
    }

    private static void CheckKey(string member, string key, List<FieldError> errors)
    {
        var path = $"{member}[{key}]";
        if (key.Length > 253)
        {
            errors.Add(FieldError.InvalidText(path, key, "must be no more than 253 characters"));
        }

        if (key.Length == 0 || !key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
        {
            errors.Add(FieldError.InvalidText(path, key, KeyRule));
        }
        else if (key is "." or "..")
        {
            errors.Add(FieldError.InvalidText(path, key, $"must not be '{key}'"));
        }
        else if (key.StartsWith(".."))
        {
            errors.Add(FieldError.InvalidText(path, key, "must not start with '..'"));
        }
    }

    private static void Secret(JsonObject obj, JsonObject? old, List<FieldError> errors)
    {
        BuiltinRules.Unchanged(obj, old, ["type"], errors);
        string[] needed = Json.Text(obj, "type") switch
        {
            "kubernetes.io/dockerconfigjson" => [".dockerconfigjson"],
            "kubernetes.io/dockercfg" => [".dockercfg"],
            "kubernetes.io/ssh-auth" => ["ssh-privatekey"],
            "kubernetes.io/tls" => ["tls.crt", "tls.key"],
            _ => [],
        };
        foreach (var key in needed.Where(key => Json.At(obj, "data", key) is null))
        {
            // The server words it so for this type.
            errors.Add(FieldError.Required(key == "ssh-privatekey" ? $"data[%s][{key}]" : $"data[{key}]"));
        }

        if (Json.Text(obj, "type") == "kubernetes.io/basic-auth" && Json.At(obj, "data", "username") is null && Json.At(obj, "data", "password") is null)
        {
            errors.Add(FieldError.Required("data[%s][username]"));
            errors.Add(FieldError.Required("data[%s][password]"));
        }

        const string account = "kubernetes.io/service-account.name";
        if (Json.Text(obj, "type") == "kubernetes.io/service-account-token" && Json.Text(obj, "metadata", "annotations", account) is not { Length: > 0 })
        {
            errors.Add(FieldError.Required($"metadata.annotations[{account}]"));
        }

        foreach (var key in needed.Where(key => key.StartsWith(".docker") && Json.Text(obj, "data", key) is not null))
        {
            try
            {
                _ = StrictJson.Parse(Convert.FromBase64String(Json.Text(obj, "data", key)!));
            }
            catch (Exception fault) when (fault is System.Text.Json.JsonException or FormatException)
            {
                // The content is secret: neither it nor the parser's message is shown.
                errors.Add(FieldError.InvalidText($"data[{key}]", "<secret contents redacted>", "must be valid JSON"));
            }
        }
    }
}
