using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Reconciling;

namespace GitOpsToolkit.Sandbox.Simulator;

/// <summary>The numbered pods of a StatefulSet: created upwards, each after the one before is ready; updated and removed downwards.</summary>
internal sealed class StatefulSetReconciler(World world) : IReconciler
{
    public string Kind => Kinds.StatefulSet.Kind.Kind;

    public async Task<Outcome> ReconcileAsync(ObjectKey key, CancellationToken cancellation)
    {
        if (world.Find(Kinds.StatefulSet, key) is not { } set || World.IsDeleting(set))
        {
            return Outcome.Next;
        }

        var revision = $"{key.Name}-{TemplateHash.Of(set.At("spec", "template"))}";
        var wanted = set.Number("spec", "replicas") ?? 1;
        var pods = world.Owned(Kinds.Pod, set.Text("metadata", "uid")).ToDictionary(Ordinal);
        if (!await CreateMissingAsync(set, pods, wanted, revision, cancellation))
        {
            await MakeWayAsync(set, pods, wanted, revision, cancellation);
        }

        await world.WriteStatusAsync(Kinds.StatefulSet, set, Status(set, pods, wanted, revision), cancellation);
        return Outcome.Next;
    }

    /// <summary>True where a pod is missing or not ready yet, so that nothing else may happen.</summary>
    private async Task<bool> CreateMissingAsync(
        JsonObject set, Dictionary<int, JsonObject> pods, int wanted, string revision, CancellationToken cancellation)
    {
        var inOrder = set.Text("spec", "podManagementPolicy") != "Parallel";
        var busy = false;
        for (var ordinal = 0; ordinal < wanted; ordinal++)
        {
            if (!pods.TryGetValue(ordinal, out var pod))
            {
                pods[ordinal] = await CreateAsync(set, ordinal, revision, cancellation);
                busy = true;
            }
            else
            {
                busy |= World.IsDeleting(pod) || (!Pods.IsReady(pod) && IsOf(pod, revision));
            }

            if (busy && inOrder)
            {
                return true;
            }
        }

        return busy;
    }

    /// <summary>Takes one pod away: the highest that is too many, or the highest of an older template.</summary>
    private async Task MakeWayAsync(
        JsonObject set, Dictionary<int, JsonObject> pods, int wanted, string revision, CancellationToken cancellation)
    {
        var partition = set.Number("spec", "updateStrategy", "rollingUpdate", "partition") ?? 0;
        var onDelete = set.Text("spec", "updateStrategy", "type") == "OnDelete";
        var surplus = pods.Keys.Where(ordinal => ordinal >= wanted).DefaultIfEmpty(-1).Max();
        var outdated = onDelete ? -1 : pods.Where(pod => pod.Key < wanted && pod.Key >= partition && !IsOf(pod.Value, revision))
            .Select(pod => pod.Key).DefaultIfEmpty(-1).Max();
        var target = surplus >= 0 ? surplus : outdated;
        if (target >= 0 && !World.IsDeleting(pods[target]))
        {
            await world.DeleteAsync(Kinds.Pod, World.KeyOf(pods[target]), null, cancellation);
            world.Event(Kinds.StatefulSet, set, "SuccessfulDelete", $"delete Pod {pods[target].Text("metadata", "name")} in StatefulSet {set.Text("metadata", "name")} successful");
        }
    }

    private async Task<JsonObject> CreateAsync(JsonObject set, int ordinal, string revision, CancellationToken cancellation)
    {
        var name = $"{set.Text("metadata", "name")}-{ordinal}";
        var body = Pods.FromTemplate(set.At("spec", "template"), Kinds.StatefulSet, set, name, world.Options.NodeName);
        Pods.Label(body, TemplateHash.ControllerRevisionHash, revision);
        Pods.Label(body, "statefulset.kubernetes.io/pod-name", name);
        Pods.Label(body, "apps.kubernetes.io/pod-index", ordinal.ToString());
        body["spec"]!["hostname"] = name;
        body["spec"]!["subdomain"] = set.Text("spec", "serviceName");
        var pod = await world.CreateAsync(Kinds.Pod, body, cancellation);
        world.Event(Kinds.StatefulSet, set, "SuccessfulCreate", $"create Pod {name} in StatefulSet {set.Text("metadata", "name")} successful");
        return pod;
    }

    private static JsonObject Status(JsonObject set, Dictionary<int, JsonObject> pods, int wanted, string revision)
    {
        var present = pods.Values.Where(pod => !World.IsDeleting(pod)).ToList();
        var updated = present.Count(pod => IsOf(pod, revision));
        var ready = present.Count(Pods.IsReady);
        var complete = updated == wanted && ready == wanted && pods.Count == wanted;
        var before = set.Text("status", "currentRevision");
        var current = complete || before.Length == 0 ? revision : before;
        var status = new JsonObject
        {
            ["observedGeneration"] = (long?)set.At("metadata", "generation"),
            ["replicas"] = pods.Count,
            ["availableReplicas"] = ready,
            ["currentRevision"] = current,
            ["updateRevision"] = revision,
            ["collisionCount"] = 0,
        };
        foreach (var (name, count) in new[] { ("readyReplicas", ready), ("updatedReplicas", updated), ("currentReplicas", present.Count(pod => IsOf(pod, current))) })
        {
            if (count > 0)
            {
                status[name] = count;
            }
        }

        return status;
    }

    private static bool IsOf(JsonObject pod, string revision) => pod.Text("metadata", "labels", TemplateHash.ControllerRevisionHash) == revision;

    private static int Ordinal(JsonObject pod) =>
        int.TryParse(pod.Text("metadata", "name").Split('-')[^1], out var ordinal) ? ordinal : -1;
}
