using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Machinery.Builtins;

/// <summary>Defaults of the built-in kinds.</summary>
internal static class BuiltinDefaults
{
    public static void Apply(string group, string kind, JsonObject obj)
    {
        switch (group, kind)
        {
            case ("", "Pod"):
                PodDefaults.Spec(Json.Ensure(obj, "spec"));
                Json.SetDefault(obj["spec"]!.AsObject(), "enableServiceLinks", true);
                PodDefaults.RequestsFromLimits(obj["spec"]!.AsObject());
                PodDefaults.Addresses(obj["status"] as JsonObject);
                break;
            case ("", "PodTemplate"):
                Template(obj, "template");
                break;
            case ("", "ReplicationController"):
                Set(Json.Ensure(obj, "spec"), "replicas", 1);
                break;
            case ("", "Service"):
                ServiceDefaults.Apply(Json.Ensure(obj, "spec"));
                break;
            case ("", "Secret"):
                Set(obj, "type", "Opaque");
                break;
            case ("", "Namespace"):
                Namespace(obj);
                break;
            case ("", "PersistentVolumeClaim"):
                Set(Json.Ensure(obj, "spec"), "volumeMode", "Filesystem");
                Set(Json.Ensure(obj, "status"), "phase", "Pending");
                break;
            case ("", "PersistentVolume"):
                Set(Json.Ensure(obj, "spec"), "volumeMode", "Filesystem");
                Set(obj["spec"]!.AsObject(), "persistentVolumeReclaimPolicy", "Retain");
                if (Json.Object(obj, "spec", "hostPath") is { } host)
                {
                    Set(host, "type", "");
                }

                Set(Json.Ensure(obj, "status"), "phase", "Pending");
                break;
            case ("", "Endpoints"):
                PortProtocols(obj, "subsets");
                break;
            case ("apps", _):
                WorkloadDefaults.Apps(kind, Json.Ensure(obj, "spec"));
                break;
            case ("batch", _):
                WorkloadDefaults.Batch(kind, obj);
                break;
            case ("rbac.authorization.k8s.io", "RoleBinding" or "ClusterRoleBinding"):
                Binding(obj);
                break;
            case ("networking.k8s.io", "NetworkPolicy"):
                NetworkPolicy(Json.Ensure(obj, "spec"));
                break;
            case ("autoscaling", "HorizontalPodAutoscaler"):
                Set(Json.Ensure(obj, "spec"), "minReplicas", 1);
                break;
            case ("storage.k8s.io", "StorageClass"):
                Set(obj, "reclaimPolicy", "Delete");
                Set(obj, "volumeBindingMode", "Immediate");
                break;
            case ("discovery.k8s.io", "EndpointSlice"):
                foreach (var port in Objects(obj["ports"]))
                {
                    Set(port, "name", "");
                    Set(port, "protocol", "TCP");
                }

                break;
            case ("scheduling.k8s.io", "PriorityClass"):
                Set(obj, "preemptionPolicy", "PreemptLowerPriority");
                break;
            case ("apiextensions.k8s.io", "CustomResourceDefinition"):
                DefinitionDefaults.Apply(Json.Ensure(obj, "spec"));
                break;
        }
    }

    /// <summary>The template below <paramref name="name"/>: a pod's spec.</summary>
    public static void Template(JsonObject owner, string name) => PodDefaults.Spec(Json.Ensure(owner, name, "spec"));

    public static void Set(JsonObject obj, string name, string value) => Json.SetDefault(obj, name, JsonValue.Create(value));

    public static void Set(JsonObject obj, string name, long value) => Json.SetDefault(obj, name, JsonValue.Create(value));

    public static void Set(JsonObject obj, string name, bool value) => Json.SetDefault(obj, name, JsonValue.Create(value));

    public static IEnumerable<JsonObject> Objects(JsonNode? list) => (list as JsonArray ?? []).OfType<JsonObject>();

    private static void Namespace(JsonObject obj)
    {
        if (Json.Text(obj, "metadata", "name") is { Length: > 0 } name)
        {
            Json.Ensure(obj, "metadata", "labels")["kubernetes.io/metadata.name"] = name;
        }

        // spec.finalizers is the server's to add at creation: a default would bring it back when the namespace is to go.
        Json.Ensure(obj, "spec");
        Set(Json.Ensure(obj, "status"), "phase", "Active");
    }

    private static void PortProtocols(JsonObject obj, string list)
    {
        foreach (var port in Objects(obj[list]).SelectMany(subset => Objects(subset["ports"])))
        {
            Set(port, "protocol", "TCP");
        }
    }

    private static void Binding(JsonObject obj)
    {
        const string group = "rbac.authorization.k8s.io";
        if (obj["roleRef"] is JsonObject role && Json.Text(role, "apiGroup") is null or "")
        {
            obj["roleRef"]!["apiGroup"] = group;
        }

        foreach (var subject in Objects(obj["subjects"]))
        {
            if (Json.Text(subject, "kind") is "User" or "Group")
            {
                Set(subject, "apiGroup", group);
            }
        }
    }

    private static void NetworkPolicy(JsonObject spec)
    {
        if (spec["policyTypes"] is null)
        {
            var types = new JsonArray("Ingress");
            if (spec["egress"] is JsonArray { Count: > 0 })
            {
                types.Add((JsonNode)"Egress");
            }

            spec["policyTypes"] = types;
        }

        foreach (var rule in Objects(spec["ingress"]).Concat(Objects(spec["egress"])))
        {
            foreach (var port in Objects(rule["ports"]))
            {
                Set(port, "protocol", "TCP");
            }
        }
    }
}
