using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Reconciling;

namespace GitOpsToolkit.Sandbox.Simulator;

/// <summary>The numbered pods of a StatefulSet: created upwards, each after the one before is ready; updated and removed downwards.</summary>
internal sealed class StatefulSetReconciler(World world) : IReconciler
{
    private readonly Revisions _revisions = new(world, Kinds.StatefulSet);
    private readonly Claims _claims = new(world);

    public string Kind => Kinds.StatefulSet.Kind.Kind;

    public async Task<Outcome> ReconcileAsync(ObjectKey key, CancellationToken cancellation)
    {
        if (world.Find(Kinds.StatefulSet, key) is not { } set || World.IsDeleting(set))
        {
            return Outcome.Next;
        }

        var hash = TemplateHash.Of(set.At("spec", "template"));
        var revision = Revisions.Name(set, hash);
        var wanted = set.Number("spec", "replicas") ?? 1;
        // What is not named as a pod of this set is left alone.
        var pods = world.Owned(Kinds.Pod, set.Text("metadata", "uid"))
            .Where(pod => pod.Text("metadata", "name") == NameOf(set, Ordinal(pod))).ToDictionary(Ordinal);
        var inUse = pods.Values.Select(pod => pod.Text("metadata", "labels", TemplateHash.ControllerRevisionHash)).ToHashSet(StringComparer.Ordinal);
        inUse.Add(set.Text("status", "currentRevision"));
        await _revisions.KeepAsync(set, hash, inUse, cancellation);
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
                if (!World.IsDeleting(pod) && !Pods.IsActive(pod))
                {
                    // It has ended, and its name is needed for the next one.
                    await world.DeleteAsync(Kinds.Pod, pod, cancellation);
                    busy = true;
                }

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
            await world.DeleteAsync(Kinds.Pod, pods[target], cancellation);
            world.Event(Kinds.StatefulSet, set, "SuccessfulDelete", $"delete Pod {pods[target].Text("metadata", "name")} in StatefulSet {set.Text("metadata", "name")} successful");
        }
    }

    private async Task<JsonObject> CreateAsync(JsonObject set, int ordinal, string revision, CancellationToken cancellation)
    {
        var name = NameOf(set, ordinal);
        // Below the partition a lost pod comes back as it was.
        var partition = set.Number("spec", "updateStrategy", "rollingUpdate", "partition") ?? 0;
        var current = set.Text("status", "currentRevision");
        var template = set.At("spec", "template");
        if (ordinal < partition && current.Length > 0 && current != revision && _revisions.Template(set, current) is { } kept)
        {
            (template, revision) = (kept, current);
        }

        var body = Pods.FromTemplate(template, Kinds.StatefulSet, set, name, world.Options.NodeName);
        Pods.Label(body, TemplateHash.ControllerRevisionHash, revision);
        Pods.Label(body, "statefulset.kubernetes.io/pod-name", name);
        Pods.Label(body, "apps.kubernetes.io/pod-index", ordinal.ToString());
        body["spec"]!["hostname"] = name;
        body["spec"]!["subdomain"] = set.Text("spec", "serviceName");
        await _claims.AddAsync(set, body, name, cancellation);
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

    private static string NameOf(JsonObject set, int ordinal) => $"{set.Text("metadata", "name")}-{ordinal}";

    private static bool IsOf(JsonObject pod, string revision) => pod.Text("metadata", "labels", TemplateHash.ControllerRevisionHash) == revision;

    private static int Ordinal(JsonObject pod) =>
        int.TryParse(pod.Text("metadata", "name").Split('-')[^1], out var ordinal) ? ordinal : -1;
}
