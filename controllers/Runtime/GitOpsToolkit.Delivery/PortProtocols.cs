using System.Text.Json.Nodes;

namespace GitOpsToolkit.Delivery;

/// <summary>
/// Fills in the protocol of ports where a manifest leaves it out. It is part of a port's key in a list, and servers before 1.21 refuse to
/// apply a port of a Service without it; all servers default it to the same, so nothing else changes.
/// </summary>
internal static class PortProtocols
{
    private const string Field = "protocol";
    private const string Default = "TCP";

    /// <summary>Where the pod is, in the built-in kinds that have one.</summary>
    private static readonly Dictionary<(string ApiVersion, string Kind), string[]> PodSpecs = new()
    {
        [("v1", "Pod")] = ["spec"],
        [("v1", "ReplicationController")] = ["spec", "template", "spec"],
        [("apps/v1", "Deployment")] = ["spec", "template", "spec"],
        [("apps/v1", "StatefulSet")] = ["spec", "template", "spec"],
        [("apps/v1", "DaemonSet")] = ["spec", "template", "spec"],
        [("apps/v1", "ReplicaSet")] = ["spec", "template", "spec"],
        [("batch/v1", "Job")] = ["spec", "template", "spec"],
        [("batch/v1", "CronJob")] = ["spec", "jobTemplate", "spec", "template", "spec"],
        [("batch/v1beta1", "CronJob")] = ["spec", "jobTemplate", "spec", "template", "spec"],
    };

    internal static void Complete(JsonObject body)
    {
        var kind = (body.Text("apiVersion"), body.Text("kind"));
        if (kind == ("v1", "Service"))
        {
            Complete(body.Map("spec").List("ports"));
        }
        else if (PodSpecs.TryGetValue(kind, out var path))
        {
            var pod = path.Aggregate(body, static (JsonObject? node, string field) => node.Map(field));
            foreach (var container in Objects(pod.List("containers")).Concat(Objects(pod.List("initContainers"))))
            {
                Complete(container.List("ports"));
            }
        }
    }

    private static void Complete(JsonArray? ports)
    {
        foreach (var port in Objects(ports).Where(port => port[Field] is null))
        {
            port[Field] = Default;
        }
    }

    private static IEnumerable<JsonObject> Objects(JsonArray? list) => list?.OfType<JsonObject>() ?? [];
}
