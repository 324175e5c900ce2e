using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Reconciling;

namespace GitOpsToolkit.Sandbox.Simulator;

/// <summary>One pod of a DaemonSet, as there is one node; a pod of an older template makes way for a new one.</summary>
internal sealed class DaemonSetReconciler(World world) : IReconciler
{
    private readonly Revisions _revisions = new(world, Kinds.DaemonSet);

    public string Kind => Kinds.DaemonSet.Kind.Kind;

    public async Task<Outcome> ReconcileAsync(ObjectKey key, CancellationToken cancellation)
    {
        if (world.Find(Kinds.DaemonSet, key) is not { } set || World.IsDeleting(set))
        {
            return Outcome.Next;
        }

        var hash = TemplateHash.Of(set.At("spec", "template"));
        // A pod that is going still holds its place on the node.
        var pods = world.Owned(Kinds.Pod, set.Text("metadata", "uid"));
        var inUse = pods.Select(pod => pod.Text("metadata", "labels", TemplateHash.ControllerRevisionHash)).ToHashSet(StringComparer.Ordinal);
        await _revisions.KeepAsync(set, hash, inUse, cancellation);
        if (pods.Count == 0)
        {
            var body = Pods.FromTemplate(set.At("spec", "template"), Kinds.DaemonSet, set, $"{key.Name}-{TemplateHash.Suffix(world.Options.Random)}", world.Options.NodeName);
            Pods.Label(body, TemplateHash.ControllerRevisionHash, hash);
            pods.Add(await world.CreateAsync(Kinds.Pod, body, cancellation));
            world.Event(Kinds.DaemonSet, set, "SuccessfulCreate", $"Created pod: {body.Text("metadata", "name")}");
        }

        var onDelete = set.Text("spec", "updateStrategy", "type") == "OnDelete";
        foreach (var pod in pods.Where(pod => !World.IsDeleting(pod) && (!Pods.IsActive(pod) || (!onDelete && !IsOf(pod, hash)))).ToList())
        {
            await world.DeleteAsync(Kinds.Pod, pod, cancellation);
            world.Event(Kinds.DaemonSet, set, "SuccessfulDelete", $"Deleted pod: {pod.Text("metadata", "name")}");
        }

        await world.WriteStatusAsync(Kinds.DaemonSet, set, Status(set, pods, hash), cancellation);
        return Outcome.Next;
    }

    private static bool IsOf(JsonObject pod, string hash) => pod.Text("metadata", "labels", TemplateHash.ControllerRevisionHash) == hash;

    private static JsonObject Status(JsonObject set, List<JsonObject> pods, string hash)
    {
        var ready = pods.Count(pod => Pods.IsActive(pod) && Pods.IsReady(pod));
        var status = new JsonObject
        {
            ["observedGeneration"] = (long?)set.At("metadata", "generation"),
            ["desiredNumberScheduled"] = 1,
            ["currentNumberScheduled"] = Math.Min(1, pods.Count),
            ["numberMisscheduled"] = 0,
            ["numberReady"] = ready,
        };
        var updated = pods.Count(pod => Pods.IsActive(pod) && IsOf(pod, hash));
        if (updated > 0)
        {
            status["updatedNumberScheduled"] = updated;
        }

        status[ready > 0 ? "numberAvailable" : "numberUnavailable"] = 1;
        return status;
    }
}
