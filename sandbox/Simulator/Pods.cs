using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;

namespace GitOpsToolkit.Sandbox.Simulator;

/// <summary>What the workload controllers ask of pods and do with them.</summary>
internal static class Pods
{
    /// <summary>Neither ended nor being deleted.</summary>
    public static bool IsActive(JsonObject pod) =>
        !World.IsDeleting(pod) && pod.Text("status", "phase") is not ("Succeeded" or "Failed");

    public static bool IsReady(JsonObject pod) => pod["status"].Condition("Ready").Text("status") == "True";

    /// <summary>Ready for at least that long.</summary>
    public static bool IsAvailable(JsonObject pod, int minReadySeconds, DateTimeOffset now) =>
        IsReady(pod) && (minReadySeconds == 0
            || pod["status"].Condition("Ready").Instant("lastTransitionTime") is { } since && now - since >= TimeSpan.FromSeconds(minReadySeconds));

    /// <summary>A pod of a template, on the simulated node.</summary>
    public static JsonObject FromTemplate(JsonNode? template, WorkloadKind kind, JsonObject owner, string name, string nodeName)
    {
        var metadata = template.At("metadata").Clone();
        metadata["name"] = name;
        metadata["namespace"] = owner.Text("metadata", "namespace");
        metadata["ownerReferences"] = World.OwnedBy(kind, owner);
        metadata.Remove("creationTimestamp");
        var spec = template.At("spec").Clone();
        spec["nodeName"] = nodeName;
        return new JsonObject { ["metadata"] = metadata, ["spec"] = spec };
    }

    public static void Label(JsonObject body, string name, string value)
    {
        if (body.At("metadata", "labels") is not JsonObject labels)
        {
            body["metadata"]!["labels"] = labels = [];
        }

        labels[name] = value;
    }

    public static ObjectKey? Controller(PartialObject pod, string kind) =>
        pod.Owners.FirstOrDefault(owner => owner.Kind.Kind == kind) is { } owner ? new ObjectKey(pod.Namespace, owner.Name) : null;
}
