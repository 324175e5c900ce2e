using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Machinery.Builtins;

/// <summary>Rules of Ingresses.</summary>
internal static class NetworkRules
{
    private static readonly string[] PathTypes = ["Exact", "ImplementationSpecific", "Prefix"];

    public static void Ingress(JsonObject obj, List<FieldError> errors)
    {
        var spec = Json.Object(obj, "spec") ?? [];
        if (spec["defaultBackend"] is null && Json.Array(spec, "rules") is not { Count: > 0 })
        {
            errors.Add(FieldError.Invalid("spec", spec, "either `defaultBackend` or `rules` must be specified"));
        }

        Backend(spec["defaultBackend"] as JsonObject, "spec.defaultBackend", errors);
        var rule = 0;
        foreach (var entry in BuiltinDefaults.Objects(spec["rules"]))
        {
            var path = $"spec.rules[{rule++}]";
            if (Json.Text(entry, "host") is { Length: > 0 } host)
            {
                foreach (var fault in Names.Subdomain(host.StartsWith("*.") ? host[2..] : host))
                {
                    errors.Add(FieldError.InvalidText($"{path}.host", host, fault));
                }
            }

            var item = 0;
            foreach (var route in BuiltinDefaults.Objects(Json.At(entry, "http", "paths")))
            {
                Route(route, $"{path}.http.paths[{item++}]", errors);
            }
        }
    }

    private static void Route(JsonObject route, string path, List<FieldError> errors)
    {
        if (Json.Text(route, "pathType") is not { Length: > 0 } type)
        {
            errors.Add(FieldError.Required($"{path}.pathType", "pathType must be specified"));
        }
        else if (!PathTypes.Contains(type))
        {
            errors.Add(FieldError.NotSupported($"{path}.pathType", route["pathType"], PathTypes));
        }
        else if (type != "ImplementationSpecific" && Json.Text(route, "path")?.StartsWith('/') != true)
        {
            errors.Add(FieldError.Invalid($"{path}.path", route["path"] ?? JsonValue.Create(""), "must be an absolute path"));
        }

        Backend(route["backend"] as JsonObject, $"{path}.backend", errors);
    }

    private static void Backend(JsonObject? backend, string path, List<FieldError> errors)
    {
        if (backend?["service"] is not JsonObject service)
        {
            if (backend is { } && backend["resource"] is null)
            {
                errors.Add(FieldError.Required(path, "resource or service backend is required"));
            }

            return;
        }

        if (Json.Text(service, "name") is not { Length: > 0 })
        {
            errors.Add(FieldError.Required($"{path}.service.name"));
        }

        if (service["port"] is not JsonObject { Count: > 0 })
        {
            errors.Add(FieldError.Required($"{path}.service.port", "port name or number is required"));
        }
    }
}
