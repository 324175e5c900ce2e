using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Simulator;

/// <summary>A Deployment with its ReplicaSets, and what to do next with them.</summary>
internal sealed class Rollout
{
    private readonly List<JsonObject> _old;

    private Rollout(JsonObject deployment, JsonObject? present, List<JsonObject> old)
    {
        (Deployment, New, _old) = (deployment, present, old);
        Wanted = deployment.Number("spec", "replicas") ?? 1;
        var update = deployment.At("spec", "strategy", "rollingUpdate");
        IsRecreate = deployment.Text("spec", "strategy", "type") == "Recreate";
        if (IsRecreate)
        {
            return;
        }

        MaxSurge = update.At("maxSurge").Share(Wanted, "25%", roundUp: true);
        var unavailable = update.At("maxUnavailable").Share(Wanted, "25%", roundUp: false);
        // Both zero would never move: Kubernetes lets one be unavailable then.
        MaxUnavailable = Math.Min(MaxSurge == 0 && unavailable == 0 ? 1 : unavailable, Wanted);
    }

    public JsonObject Deployment { get; }

    /// <summary>The ReplicaSet of the present template; null before it is made.</summary>
    public JsonObject? New { get; private set; }

    public IReadOnlyList<JsonObject> Old => _old;

    public int Wanted { get; }

    public int MaxSurge { get; }

    public int MaxUnavailable { get; }

    public bool IsRecreate { get; }

    public bool IsPaused => Deployment.Flag("spec", "paused");

    public IEnumerable<JsonObject> All => New is null ? _old : _old.Prepend(New);

    public static Rollout Of(JsonObject deployment, IEnumerable<JsonObject> sets)
    {
        var all = sets.ToList();
        var template = deployment.At("spec", "template");
        var present = all.Where(set => SameTemplate(set, template))
            .OrderBy(set => set.Text("metadata", "creationTimestamp"), StringComparer.Ordinal).ThenBy(set => set.Text("metadata", "name"), StringComparer.Ordinal)
            .FirstOrDefault();
        return new Rollout(deployment, present, [.. all.Where(set => set != present)]);
    }

    public int NextRevision() => 1 + _old.Select(DeploymentReconciler.RevisionOf).DefaultIfEmpty(0).Max();

    public void Adopt(JsonObject created) => New = created;

    /// <summary>Takes over the server's answer to a write.</summary>
    public void Update(JsonObject? written)
    {
        if (written is null)
        {
            return;
        }

        var uid = written.Text("metadata", "uid");
        if (New.Text("metadata", "uid") == uid)
        {
            New = written;
            return;
        }

        var index = _old.FindIndex(set => set.Text("metadata", "uid") == uid);
        if (index >= 0)
        {
            _old[index] = written;
        }
    }

    /// <summary>How large the ReplicaSet of the present template may be right now.</summary>
    public int NewSetSize()
    {
        var present = New is null ? 0 : Spec(New);
        if (IsRecreate)
        {
            return _old.Sum(set => set.Number("status", "replicas") ?? 0) > 0 || _old.Any(set => Spec(set) > 0) ? present : Wanted;
        }

        var room = Wanted + MaxSurge - All.Sum(Spec);
        return present >= Wanted ? Wanted : Math.Min(Wanted, present + Math.Max(0, room));
    }

    /// <summary>The next changes of size: the new ReplicaSet up, then old ones down as far as enough pods stay available.</summary>
    public IEnumerable<(JsonObject Set, int Replicas)> Steps()
    {
        var size = NewSetSize();
        if (New is not null && Spec(New) != size)
        {
            yield return (New, size);
        }

        var budget = IsRecreate ? int.MaxValue : Budget();
        // Pods that serve nobody cost nothing: they go first, whatever is available elsewhere.
        foreach (var set in _old.Where(set => Spec(set) > 0).OrderBy(set => set.Text("metadata", "creationTimestamp"), StringComparer.Ordinal).ToList())
        {
            var idle = Math.Min(Math.Max(0, Spec(set) - Available(set)), Surplus());
            var down = IsRecreate ? Spec(set) : Math.Min(Spec(set), idle + Math.Max(0, Math.Min(budget, Available(set))));
            if (down > 0)
            {
                budget -= Math.Max(0, down - idle);
                yield return (set, Spec(set) - down);
            }
        }
    }

    public static int Spec(JsonObject set) => set.Number("spec", "replicas") ?? 0;

    public static int Available(JsonObject set) => set.Number("status", "availableReplicas") ?? 0;

    /// <summary>How many available pods are more than must be.</summary>
    private int Budget() => All.Sum(set => Math.Min(Available(set), Spec(set))) - (Wanted - MaxUnavailable);

    /// <summary>How many pods, available or not, are more than must be, those of the new template that are still starting not counted.</summary>
    private int Surplus()
    {
        var starting = New is null ? 0 : Math.Max(0, Spec(New) - Available(New));
        return Math.Max(0, All.Sum(Spec) - (Wanted - MaxUnavailable) - starting);
    }

    private static bool SameTemplate(JsonObject set, JsonNode? template)
    {
        var theirs = set.At("spec", "template").Clone();
        (theirs.At("metadata", "labels") as JsonObject)?.Remove(TemplateHash.PodTemplateHash);
        return JsonNode.DeepEquals(theirs, template);
    }
}
