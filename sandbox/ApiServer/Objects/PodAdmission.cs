using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Resources;
using GitOpsToolkit.Sandbox.ApiServer.Storage;

namespace GitOpsToolkit.Sandbox.ApiServer.Objects;

/// <summary>What the admission plugins of every cluster add to a new pod: its priority, and some patience with a node that does not answer.</summary>
internal sealed class PodAdmission(ObjectStore store)
{
    private const long Patience = 300;

    private static readonly string[] Troubles = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"];

    public void Admit(ResourceDefinition resource, JsonObject pod)
    {
        if (resource.StorageKey == "/pods")
        {
            var spec = pod.Child("spec");
            SetPriority(resource, pod.Meta().Text("name"), spec);
            Tolerate(spec);
        }
    }

    private void SetPriority(ResourceDefinition resource, string name, JsonObject spec)
    {
        var wanted = spec.Text("priorityClassName");
        var classes = store.Snapshot("scheduling.k8s.io/priorityclasses").All;
        var (value, policy) = (0L, "PreemptLowerPriority");
        if (wanted is "system-node-critical" or "system-cluster-critical")
        {
            value = wanted == "system-node-critical" ? 2_000_001_000 : 2_000_000_000;
        }
        else if (wanted.Length > 0 && !classes.ContainsKey(wanted))
        {
            throw resource.Forbidden(name, $"no PriorityClass with name {wanted} was found");
        }
        else if ((wanted.Length > 0 ? classes[wanted].Parse() : classes.Values.Select(c => c.Parse()).FirstOrDefault(c => c.Flag("globalDefault"))) is { } found)
        {
            spec["priorityClassName"] = found.Meta().Text("name");
            value = found.Number("value") ?? 0;
            policy = found.TextOrNull("preemptionPolicy") ?? policy;
        }

        spec["priority"] = value;
        spec["preemptionPolicy"] ??= policy;
    }

    /// <summary>A pod leaves a node that does not answer after five minutes, unless it says something else.</summary>
    public static void Tolerate(JsonObject spec)
    {
        var tolerations = spec.List("tolerations") ?? [];
        foreach (var trouble in Troubles.Where(t => !tolerations.Any(given => Covers(given, t))))
        {
            tolerations.Add((JsonNode)new JsonObject
            {
                ["key"] = trouble,
                ["operator"] = "Exists",
                ["effect"] = "NoExecute",
                ["tolerationSeconds"] = Patience,
            });
        }

        if (tolerations.Parent is null)
        {
            spec["tolerations"] = tolerations;
        }
    }

    private static bool Covers(JsonNode? toleration, string taint) =>
        (toleration.Text("key") == taint || toleration.Text("key").Length == 0) && toleration.Text("effect") is "NoExecute" or "";
}
