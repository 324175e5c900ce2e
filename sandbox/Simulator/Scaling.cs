using System.Globalization;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Simulator;

/// <summary>
/// What a new number of replicas means to the ReplicaSets of a Deployment that is paused or in the middle of a rollout: each keeps its
/// share, and the rollout gets no further by it.
/// </summary>
internal static class Scaling
{
    public const string DesiredReplicas = "deployment.kubernetes.io/desired-replicas";
    public const string MaxReplicas = "deployment.kubernetes.io/max-replicas";

    /// <summary>Whether the Deployment was resized since its ReplicaSets were last written.</summary>
    public static bool IsDue(Rollout rollout) =>
        rollout.All.Any(set => Rollout.Spec(set) > 0 && Annotation(set, DesiredReplicas) is { } desired && desired != rollout.Wanted);

    /// <summary>What a ReplicaSet remembers of its Deployment's size.</summary>
    public static JsonObject Annotations(Rollout rollout) => new()
    {
        [DesiredReplicas] = rollout.Wanted.ToString(CultureInfo.InvariantCulture),
        [MaxReplicas] = (rollout.Wanted + rollout.MaxSurge).ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Whether a ReplicaSet remembers another size.</summary>
    public static bool IsStale(Rollout rollout, JsonObject set) =>
        Annotations(rollout).Any(wanted => set.Text("metadata", "annotations", wanted.Key) != (string?)wanted.Value);

    /// <summary>The sizes of the ReplicaSets that are in use, or of the newest where none is.</summary>
    public static IEnumerable<(JsonObject Set, int Replicas)> Steps(Rollout rollout)
    {
        var active = rollout.All.Where(set => Rollout.Spec(set) > 0).ToList();
        if (active.Count <= 1)
        {
            var only = active.Count == 1 ? active[0] : rollout.New ?? rollout.Old.MaxBy(DeploymentReconciler.RevisionOf);
            return only is null ? [] : [(only, rollout.Wanted)];
        }

        if (IsSaturated(rollout))
        {
            return active.Select(set => (set, set == rollout.New ? rollout.Wanted : 0));
        }

        return rollout.IsRecreate ? active.Select(set => (set, Rollout.Spec(set))) : Proportional(rollout, active);
    }

    private static bool IsSaturated(Rollout rollout) =>
        rollout.New is { } set && Rollout.Spec(set) == rollout.Wanted && Annotation(set, DesiredReplicas) == rollout.Wanted
        && Rollout.Available(set) == rollout.Wanted;

    private static List<(JsonObject Set, int Replicas)> Proportional(Rollout rollout, List<JsonObject> active)
    {
        var allowed = rollout.Wanted > 0 ? rollout.Wanted + rollout.MaxSurge : 0;
        var change = allowed - active.Sum(Rollout.Spec);
        // The largest first; of equals the newest when pods are added, the oldest when they are taken.
        var bySize = active.OrderByDescending(Rollout.Spec);
        var byAge = change > 0
            ? bySize.ThenByDescending(DeploymentReconciler.RevisionOf)
            : bySize.ThenBy(DeploymentReconciler.RevisionOf);
        var (sizes, left) = (new List<(JsonObject Set, int Replicas)>(), change);
        foreach (var set in byAge)
        {
            var share = change == 0 ? 0 : Share(rollout, set);
            share = change > 0 ? Math.Clamp(share, 0, left) : Math.Clamp(share, left, 0);
            left -= share;
            sizes.Add((set, Rollout.Spec(set) + share));
        }

        // What rounding left over goes to the largest.
        sizes[0] = (sizes[0].Set, Math.Max(0, sizes[0].Replicas + left));
        return sizes;
    }

    /// <summary>How many pods a ReplicaSet gains or, below zero, loses, so that its share of the whole stays what it was.</summary>
    private static int Share(Rollout rollout, JsonObject set)
    {
        var size = Rollout.Spec(set);
        if (rollout.Wanted == 0)
        {
            return -size;
        }

        var whole = Annotation(set, MaxReplicas) is { } max and > 0 ? max : rollout.Deployment.Number("status", "replicas") ?? 0;
        return whole <= 0 ? 0 : (int)Math.Round((double)size * (rollout.Wanted + rollout.MaxSurge) / whole, MidpointRounding.AwayFromZero) - size;
    }

    private static int? Annotation(JsonObject set, string name) =>
        int.TryParse(set.Text("metadata", "annotations", name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
