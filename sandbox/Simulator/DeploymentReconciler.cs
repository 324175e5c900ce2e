using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Reconciling;

namespace GitOpsToolkit.Sandbox.Simulator;

/// <summary>
/// Rolls a Deployment out by its ReplicaSets, as Kubernetes' deployment controller does: a ReplicaSet per template, scaled up and down
/// within maxSurge and maxUnavailable.
/// </summary>
internal sealed class DeploymentReconciler(World world) : IReconciler
{
    public const string Revision = "deployment.kubernetes.io/revision";
    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    private readonly DeploymentStatus _status = new(world);

    public string Kind => Kinds.Deployment.Kind.Kind;

    public async Task<Outcome> ReconcileAsync(ObjectKey key, CancellationToken cancellation)
    {
        if (world.Find(Kinds.Deployment, key) is not { } deployment || World.IsDeleting(deployment))
        {
            return Outcome.Next;
        }

        var rollout = Rollout.Of(deployment, world.Owned(Kinds.ReplicaSet, deployment.Text("metadata", "uid")).Where(set => !World.IsDeleting(set)));
        // A Deployment that was paused or resized keeps the shares of its templates; the rollout goes on in the next pass.
        var isScaling = rollout.IsPaused || Scaling.IsDue(rollout);
        if (!isScaling)
        {
            await EnsureNewSetAsync(rollout, cancellation);
        }

        if (rollout.New is not null)
        {
            await EnsureRevisionAsync(rollout, cancellation);
        }

        await ScaleAsync(rollout, isScaling ? Scaling.Steps(rollout) : rollout.Steps(), cancellation);
        await CleanUpAsync(rollout, cancellation);

        return await _status.WriteAsync(rollout, cancellation);
    }

    private async Task EnsureNewSetAsync(Rollout rollout, CancellationToken cancellation)
    {
        if (rollout.New is not null)
        {
            return;
        }

        var deployment = rollout.Deployment;
        var hash = TemplateHash.Of(deployment.At("spec", "template"));
        var template = deployment.At("spec", "template").Clone();
        Pods.Label(template, TemplateHash.PodTemplateHash, hash);
        var selector = deployment.At("spec", "selector").Clone();
        var labels = selector["matchLabels"].Clone();
        labels[TemplateHash.PodTemplateHash] = hash;
        selector["matchLabels"] = labels;
        var replicas = rollout.NewSetSize();
        var created = await world.CreateAsync(Kinds.ReplicaSet, new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = $"{deployment.Text("metadata", "name")}-{hash}",
                ["namespace"] = deployment.Text("metadata", "namespace"),
                ["labels"] = template.At("metadata", "labels").Clone(),
                ["annotations"] = Annotations(rollout),
                ["ownerReferences"] = World.OwnedBy(Kinds.Deployment, deployment),
            },
            ["spec"] = new JsonObject
            {
                ["replicas"] = replicas,
                ["minReadySeconds"] = deployment.Number("spec", "minReadySeconds") ?? 0,
                ["selector"] = selector,
                ["template"] = template,
            },
        }, cancellation);
        rollout.Adopt(created);
        ScalingEvent(deployment, "up", created, 0, replicas);
    }

    private static JsonObject Annotations(Rollout rollout)
    {
        var annotations = Inherited(rollout);
        annotations[Revision] = rollout.NextRevision().ToString();
        foreach (var (name, value) in Scaling.Annotations(rollout))
        {
            annotations[name] = value?.DeepClone();
        }

        return annotations;
    }

    /// <summary>A ReplicaSet has the annotations of its Deployment, such as the cause of the change that <c>kubectl rollout history</c> shows.</summary>
    private static JsonObject Inherited(Rollout rollout)
    {
        var annotations = rollout.Deployment.At("metadata", "annotations").Clone();
        foreach (var name in (ReadOnlySpan<string>)[LastApplied, Revision, Scaling.DesiredReplicas, Scaling.MaxReplicas])
        {
            annotations.Remove(name);
        }

        return annotations;
    }

    /// <summary>The template that runs has the highest revision, also after a rollback to an older ReplicaSet.</summary>
    private async Task EnsureRevisionAsync(Rollout rollout, CancellationToken cancellation)
    {
        var set = rollout.New!;
        var annotations = Inherited(rollout);
        if (rollout.Old.Any(old => RevisionOf(old) >= RevisionOf(set)))
        {
            annotations[Revision] = rollout.NextRevision().ToString();
        }

        if (annotations.Any(wanted => set.Text("metadata", "annotations", wanted.Key) != (string?)wanted.Value))
        {
            var patch = new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = annotations } };
            rollout.Update(await world.PatchAsync(Kinds.ReplicaSet, World.KeyOf(set), patch, cancellation));
        }

        var revision = RevisionOf(rollout.New!).ToString();
        if (rollout.Deployment.Text("metadata", "annotations", Revision) != revision)
        {
            var patch = new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [Revision] = revision } } };
            await world.PatchAsync(Kinds.Deployment, World.KeyOf(rollout.Deployment), patch, cancellation);
        }
    }

    private async Task ScaleAsync(Rollout rollout, IEnumerable<(JsonObject Set, int Replicas)> steps, CancellationToken cancellation)
    {
        foreach (var (set, replicas) in steps)
        {
            var before = Rollout.Spec(set);
            if (before == replicas && !Scaling.IsStale(rollout, set))
            {
                continue;
            }

            rollout.Update(await world.PatchAsync(Kinds.ReplicaSet, World.KeyOf(set), new JsonObject
            {
                ["metadata"] = new JsonObject { ["annotations"] = Scaling.Annotations(rollout).Clone() },
                ["spec"] = new JsonObject { ["replicas"] = replicas },
            }, cancellation));
            if (before != replicas)
            {
                ScalingEvent(rollout.Deployment, replicas > before ? "up" : "down", set, before, replicas);
            }
        }
    }

    /// <summary>Of the ReplicaSets that are scaled to nothing, revisionHistoryLimit stay to go back to.</summary>
    private async Task CleanUpAsync(Rollout rollout, CancellationToken cancellation)
    {
        var keep = rollout.Deployment.Number("spec", "revisionHistoryLimit") ?? 10;
        var idle = rollout.Old.Where(set => set.Number("spec", "replicas") == 0 && (set.Number("status", "replicas") ?? 0) == 0)
            .OrderByDescending(RevisionOf).Skip(keep);
        foreach (var set in idle)
        {
            await world.DeleteAsync(Kinds.ReplicaSet, set, cancellation);
        }
    }

    private void ScalingEvent(JsonObject deployment, string direction, JsonObject set, int before, int after) =>
        world.Event(Kinds.Deployment, deployment, "ScalingReplicaSet", $"Scaled {direction} replica set {set.Text("metadata", "name")} from {before} to {after}");

    public static int RevisionOf(JsonObject set) => int.TryParse(set.Text("metadata", "annotations", Revision), out var revision) ? revision : 0;
}
