using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;

namespace GitOpsToolkit.Sandbox.Simulator;

/// <summary>The EndpointSlice of a Service, where newer clients look for its addresses. It goes with its Service, which owns it.</summary>
internal sealed class EndpointSlices(World world)
{
    public async Task KeepAsync(JsonObject service, IReadOnlyList<JsonObject> pods, JsonArray ports, CancellationToken cancellation)
    {
        var name = service.Text("metadata", "name");
        var key = new ObjectKey(service.Text("metadata", "namespace"), $"{name}-{TemplateHash.Of(service.At("metadata", "uid"))[..5]}");
        var endpoints = new JsonArray([.. pods.Select(Endpoint)]);
        foreach (var port in ports.OfType<JsonObject>())
        {
            port.TryAdd("name", "");
        }

        if (world.Find(Kinds.EndpointSlice, key) is not { } present)
        {
            await world.CreateAsync(Kinds.EndpointSlice, new JsonObject
            {
                ["metadata"] = new JsonObject
                {
                    ["name"] = key.Name,
                    ["namespace"] = key.Namespace,
                    ["labels"] = new JsonObject
                    {
                        ["kubernetes.io/service-name"] = name,
                        ["endpointslice.kubernetes.io/managed-by"] = "endpointslice-controller.k8s.io",
                    },
                    ["ownerReferences"] = World.OwnedBy(Kinds.Service, service),
                },
                ["addressType"] = "IPv4",
                ["endpoints"] = endpoints,
                ["ports"] = ports,
            }, cancellation);
        }
        else if (!JsonNode.DeepEquals(present["endpoints"] ?? new JsonArray(), endpoints) || !JsonNode.DeepEquals(present["ports"] ?? new JsonArray(), ports))
        {
            await world.PatchAsync(Kinds.EndpointSlice, key, new JsonObject { ["endpoints"] = endpoints, ["ports"] = ports }, cancellation);
        }
    }

    private static JsonObject Endpoint(JsonObject pod)
    {
        var isReady = Pods.IsReady(pod);
        var address = EndpointsReconciler.Address(pod);
        return new JsonObject
        {
            ["addresses"] = new JsonArray((JsonNode)pod.Text("status", "podIP")),
            ["conditions"] = new JsonObject { ["ready"] = isReady, ["serving"] = isReady, ["terminating"] = false },
            ["nodeName"] = pod.Text("spec", "nodeName"),
            ["targetRef"] = address["targetRef"].Clone(),
        };
    }
}
