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
            errors.Add(FieldError.Invalid("spec", null, "either `defaultBackend` or `rules` must be specified"));
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

            if (entry["http"] is not null && Json.Array(entry, "http", "paths") is not { Count: > 0 })
            {
                errors.Add(FieldError.Required($"{path}.http.paths"));
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
        else if (Json.At(service, "port", "name") is not null && Json.At(service, "port", "number") is not null)
        {
            errors.Add(FieldError.InvalidText(path, "", "cannot set both port name & port number"));
        }
    }

    /// <summary>Selectors and address blocks of a NetworkPolicy.</summary>
    public static void Policy(JsonObject obj, List<FieldError> errors)
    {
        MetadataRules.CheckLabels(Json.At(obj, "spec", "podSelector", "matchLabels"), "spec.podSelector.matchLabels", errors);
        foreach (var (rules, peers) in ((string, string)[])[("ingress", "from"), ("egress", "to")])
        {
            var rule = 0;
            foreach (var entry in BuiltinDefaults.Objects(Json.At(obj, "spec", rules)))
            {
                var (path, peer) = ($"spec.{rules}[{rule++}].{peers}", 0);
                foreach (var named in BuiltinDefaults.Objects(entry[peers]))
                {
                    Peer(named, $"{path}[{peer++}]", errors);
                }
            }
        }
    }

    private static void Peer(JsonObject peer, string path, List<FieldError> errors)
    {
        foreach (var selector in (string[])["podSelector", "namespaceSelector"])
        {
            MetadataRules.CheckLabels(Json.At(peer, selector, "matchLabels"), $"{path}.{selector}.matchLabels", errors);
        }

        if (Json.Text(peer, "ipBlock", "cidr") is { } block && !System.Net.IPNetwork.TryParse(block, out _))
        {
            errors.Add(FieldError.InvalidText($"{path}.ipBlock.cidr", block, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"));
        }
    }
}
