using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;

namespace GitOpsToolkit.Sandbox.Simulator;

/// <summary>The one node that all pods run on.</summary>
internal static class SimulatedNode
{
    public static async Task EnsureAsync(KubeClient client, SimulatorOptions options, CancellationToken cancellation)
    {
        var key = new ObjectKey("", options.NodeName);
        if (await client.GetAsync(Kinds.Node.At(key), cancellation) is not null)
        {
            return;
        }

        await client.CreateAsync(Kinds.Node.Collection, new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Node",
            ["metadata"] = new JsonObject
            {
                ["name"] = options.NodeName,
                ["labels"] = new JsonObject { ["kubernetes.io/hostname"] = options.NodeName, ["kubernetes.io/os"] = "linux", ["kubernetes.io/arch"] = "amd64" },
            },
        }, null, cancellation);
        await client.MergePatchAsync(Kinds.Node.At(key).Sub("status"), new JsonObject { ["status"] = Status(options) }, null, cancellation);
        // A real server taints every new node as not ready; it is ready by now.
        await client.MergePatchAsync(Kinds.Node.At(key), new JsonObject { ["spec"] = new JsonObject { ["taints"] = null } }, null, cancellation);
    }

    private static JsonObject Status(SimulatorOptions options)
    {
        var now = Trees.Stamp(options.Time.GetUtcNow());
        JsonObject Room() => new() { ["cpu"] = "8", ["memory"] = "32Gi", ["pods"] = "1000", ["ephemeral-storage"] = "100Gi" };
        return new JsonObject
        {
            ["capacity"] = Room(),
            ["allocatable"] = Room(),
            ["addresses"] = new JsonArray(
                new JsonObject { ["type"] = "InternalIP", ["address"] = "10.0.0.1" }, new JsonObject { ["type"] = "Hostname", ["address"] = options.NodeName }),
            ["conditions"] = new JsonArray(new JsonObject
            {
                ["type"] = "Ready",
                ["status"] = "True",
                ["reason"] = "KubeletReady",
                ["message"] = "the simulator is posting ready status",
                ["lastHeartbeatTime"] = now,
                ["lastTransitionTime"] = now,
            }),
            ["nodeInfo"] = new JsonObject
            {
                ["kubeletVersion"] = "v1.33.0-sandbox",
                ["kubeProxyVersion"] = "",
                ["osImage"] = "simulated",
                ["kernelVersion"] = "simulated",
                ["containerRuntimeVersion"] = "simulated://1",
                ["operatingSystem"] = "linux",
                ["architecture"] = "amd64",
                ["machineID"] = "",
                ["systemUUID"] = "",
                ["bootID"] = "",
            },
        };
    }
}
