using System.Text.Json.Nodes;
using static GitOpsToolkit.Sandbox.Machinery.Builtins.BuiltinDefaults;

namespace GitOpsToolkit.Sandbox.Machinery.Builtins;

/// <summary>Defaults of a pod's spec, in pods and in templates.</summary>
internal static class PodDefaults
{
    private const long FileMode = 420; // 0644

    public static void Spec(JsonObject spec)
    {
        Set(spec, "dnsPolicy", "ClusterFirst");
        Set(spec, "restartPolicy", "Always");
        Set(spec, "terminationGracePeriodSeconds", 30);
        Set(spec, "schedulerName", "default-scheduler");
        Json.SetDefault(spec, "securityContext", new JsonObject());
        if (Json.Text(spec, "serviceAccountName") is { Length: > 0 } account)
        {
            // The old name of the field is kept in step.
            spec["serviceAccount"] = account;
        }
        else if (Json.Text(spec, "serviceAccount") is { Length: > 0 } old)
        {
            spec["serviceAccountName"] = old;
        }

        foreach (var list in (string[])["containers", "initContainers", "ephemeralContainers"])
        {
            foreach (var container in Objects(spec[list]))
            {
                Container(container, Json.Boolean(spec, "hostNetwork") == true);
            }
        }

        foreach (var volume in Objects(spec["volumes"]))
        {
            Volume(volume);
        }
    }

    /// <summary>In pods (not in templates), a limit without a request is also the request.</summary>
    public static void RequestsFromLimits(JsonObject spec)
    {
        foreach (var container in Objects(spec["containers"]).Concat(Objects(spec["initContainers"])))
        {
            foreach (var (name, limit) in Json.Object(container, "resources", "limits") ?? [])
            {
                Json.SetDefault(Json.Ensure(container, "resources", "requests"), name, limit!.DeepClone());
            }
        }
    }

    /// <summary>The one address is also the first of the addresses.</summary>
    public static void Addresses(JsonObject? status)
    {
        if (status is not null && Json.Text(status, "podIP") is { Length: > 0 } address)
        {
            Json.SetDefault(status, "podIPs", new JsonArray(new JsonObject { ["ip"] = address }));
        }
    }

    private static void Container(JsonObject container, bool hostNetwork)
    {
        Set(container, "terminationMessagePath", "/dev/termination-log");
        Set(container, "terminationMessagePolicy", "File");
        Set(container, "imagePullPolicy", PullPolicy(Json.Text(container, "image") ?? ""));
        Json.SetDefault(container, "resources", new JsonObject());
        foreach (var port in Objects(container["ports"]))
        {
            Set(port, "protocol", "TCP");
            if (hostNetwork && port["hostPort"] is null && port["containerPort"] is { } number)
            {
                port["hostPort"] = number.DeepClone();
            }
        }

        foreach (var probe in (string[])["livenessProbe", "readinessProbe", "startupProbe"])
        {
            Probe(container[probe] as JsonObject);
        }

        foreach (var hook in (string[])["postStart", "preStop"])
        {
            HttpGet(Json.Object(container, "lifecycle", hook, "httpGet"));
        }

        foreach (var variable in Objects(container["env"]))
        {
            if (Json.Object(variable, "valueFrom", "fieldRef") is { } field)
            {
                Set(field, "apiVersion", "v1");
            }
        }
    }

    // A tag that moves is pulled every time.
    private static string PullPolicy(string image)
    {
        if (image.Contains('@'))
        {
            return "IfNotPresent";
        }

        var name = image[(image.LastIndexOf('/') + 1)..];
        var colon = name.LastIndexOf(':');
        return colon < 0 || name[(colon + 1)..] == "latest" ? "Always" : "IfNotPresent";
    }

    private static void Probe(JsonObject? probe)
    {
        if (probe is null)
        {
            return;
        }

        Set(probe, "timeoutSeconds", 1);
        Set(probe, "periodSeconds", 10);
        Set(probe, "successThreshold", 1);
        Set(probe, "failureThreshold", 3);
        HttpGet(probe["httpGet"] as JsonObject);
        if (probe["grpc"] is JsonObject grpc)
        {
            Set(grpc, "service", "");
        }
    }

    private static void HttpGet(JsonObject? action)
    {
        if (action is not null)
        {
            Set(action, "path", "/");
            Set(action, "scheme", "HTTP");
        }
    }

    private static void Volume(JsonObject volume)
    {
        if (!volume.Any(member => member.Key != "name" && member.Value is not null))
        {
            volume["emptyDir"] = new JsonObject();
        }

        foreach (var source in (string[])["secret", "configMap", "downwardAPI", "projected"])
        {
            if (volume[source] is JsonObject files)
            {
                Set(files, "defaultMode", FileMode);
            }
        }

        if (volume["hostPath"] is JsonObject host)
        {
            Set(host, "type", "");
        }

        foreach (var item in Objects(Json.At(volume, "downwardAPI", "items")))
        {
            FieldRef(item);
        }

        foreach (var source in Objects(Json.At(volume, "projected", "sources")))
        {
            if (source["serviceAccountToken"] is JsonObject token)
            {
                Set(token, "expirationSeconds", 3600);
            }

            foreach (var item in Objects(Json.At(source, "downwardAPI", "items")))
            {
                FieldRef(item);
            }
        }
    }

    private static void FieldRef(JsonObject item)
    {
        if (item["fieldRef"] is JsonObject field)
        {
            Set(field, "apiVersion", "v1");
        }
    }
}
