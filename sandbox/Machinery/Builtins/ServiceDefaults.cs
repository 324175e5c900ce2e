using System.Text.Json.Nodes;
using static GitOpsToolkit.Sandbox.Machinery.Builtins.BuiltinDefaults;

namespace GitOpsToolkit.Sandbox.Machinery.Builtins;

/// <summary>Defaults of a Service. Its cluster address is allotted by the server, not here.</summary>
internal static class ServiceDefaults
{
    public static void Apply(JsonObject spec)
    {
        Set(spec, "sessionAffinity", "None");
        Set(spec, "type", "ClusterIP");
        var type = Json.Text(spec, "type");
        if (Json.Text(spec, "sessionAffinity") == "ClientIP")
        {
            Set(Json.Ensure(spec, "sessionAffinityConfig", "clientIP"), "timeoutSeconds", 10_800);
        }

        if (type is "NodePort" or "LoadBalancer")
        {
            Set(spec, "externalTrafficPolicy", "Cluster");
        }

        if (type == "LoadBalancer")
        {
            Set(spec, "allocateLoadBalancerNodePorts", true);
        }

        if (type != "ExternalName")
        {
            Set(spec, "internalTrafficPolicy", "Cluster");
            Set(spec, "ipFamilyPolicy", "SingleStack");
            Json.SetDefault(spec, "ipFamilies", new JsonArray("IPv4"));
        }

        foreach (var port in Objects(spec["ports"]))
        {
            Set(port, "protocol", "TCP");
            if (port["port"] is { } number && IsUnset(port["targetPort"]))
            {
                port["targetPort"] = number.DeepClone();
            }
        }
    }

    private static bool IsUnset(JsonNode? target) => target is null || Json.Integer(target) == 0 || Json.Text(target) is "";
}
