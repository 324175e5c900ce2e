using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Reconciling;

namespace GitOpsToolkit.Sandbox.Simulator;

/// <summary>As many pods as a ReplicaSet asks for.</summary>
internal sealed class ReplicaSetReconciler(World world) : IReconciler
{
    public string Kind => Kinds.ReplicaSet.Kind.Kind;

    public async Task<Outcome> ReconcileAsync(ObjectKey key, CancellationToken cancellation)
    {
        if (world.Find(Kinds.ReplicaSet, key) is not { } set || World.IsDeleting(set))
        {
            return Outcome.Next;
        }

        var pods = world.Owned(Kinds.Pod, set.Text("metadata", "uid")).Where(Pods.IsActive).ToList();
        var wanted = set.Number("spec", "replicas") ?? 1;
        for (var missing = wanted - pods.Count; missing > 0; missing--)
        {
            pods.Add(await CreateAsync(set, cancellation));
        }

        foreach (var pod in FirstToGo(pods).Take(pods.Count - wanted).ToList())
        {
            await DeleteAsync(set, pod, cancellation);
            pods.Remove(pod);
        }

        return await WriteStatusAsync(set, pods, cancellation);
    }

    private async Task<JsonObject> CreateAsync(JsonObject set, CancellationToken cancellation)
    {
        var name = $"{set.Text("metadata", "name")}-{TemplateHash.Suffix(world.Options.Random)}";
        var body = Pods.FromTemplate(set.At("spec", "template"), Kinds.ReplicaSet, set, name, world.Options.NodeName);
        body["metadata"]!["generateName"] = set.Text("metadata", "name") + "-";
        var pod = await world.CreateAsync(Kinds.Pod, body, cancellation);
        world.Event(Kinds.ReplicaSet, set, "SuccessfulCreate", $"Created pod: {name}");
        return pod;
    }

    private async Task DeleteAsync(JsonObject set, JsonObject pod, CancellationToken cancellation)
    {
        await world.DeleteAsync(Kinds.Pod, pod, cancellation);
        world.Event(Kinds.ReplicaSet, set, "SuccessfulDelete", $"Deleted pod: {pod.Text("metadata", "name")}");
    }

    /// <summary>Pods that serve nobody go before those that do, the youngest first.</summary>
    private static IEnumerable<JsonObject> FirstToGo(List<JsonObject> pods) =>
        pods.OrderBy(Pods.IsReady).ThenByDescending(pod => pod.Text("metadata", "creationTimestamp"), StringComparer.Ordinal);

    private async Task<Outcome> WriteStatusAsync(JsonObject set, List<JsonObject> pods, CancellationToken cancellation)
    {
        var now = world.Options.Time.GetUtcNow();
        var patience = set.Number("spec", "minReadySeconds") ?? 0;
        var ready = pods.Count(Pods.IsReady);
        var available = pods.Count(pod => Pods.IsAvailable(pod, patience, now));
        var status = new JsonObject { ["replicas"] = pods.Count, ["observedGeneration"] = (long?)set.At("metadata", "generation") };
        if (pods.Count > 0)
        {
            status["fullyLabeledReplicas"] = pods.Count;
        }

        if (ready > 0)
        {
            status["readyReplicas"] = ready;
        }

        if (available > 0)
        {
            status["availableReplicas"] = available;
        }

        await world.WriteStatusAsync(Kinds.ReplicaSet, set, status, cancellation);
        return ready > available ? new Outcome.Done(TimeSpan.FromSeconds(1)) : Outcome.Next;
    }
}
