using System.Text.Json.Nodes;
using GitOpsToolkit.Reconciling;

namespace GitOpsToolkit.Sandbox.Simulator;

/// <summary>The status of a Deployment, with the reasons and messages of Kubernetes' deployment controller.</summary>
internal sealed class DeploymentStatus(World world)
{
    public async Task<Outcome> WriteAsync(Rollout rollout, CancellationToken cancellation)
    {
        var deployment = rollout.Deployment;
        var status = new JsonObject { ["observedGeneration"] = (long?)deployment.At("metadata", "generation") };
        int Sum(string field) => rollout.All.Sum(set => set.Number("status", field) ?? 0);
        Count(status, "replicas", Sum("replicas"));
        Count(status, "updatedReplicas", rollout.New.Number("status", "replicas") ?? 0);
        Count(status, "readyReplicas", Sum("readyReplicas"));
        Count(status, "availableReplicas", Sum("availableReplicas"));
        Count(status, "unavailableReplicas", Math.Max(0, rollout.All.Sum(Rollout.Spec) - Sum("availableReplicas")));

        var isComplete = IsComplete(rollout, status);
        var progressing = Progressing(rollout, status, isComplete);
        status["conditions"] = new JsonArray(Available(rollout, status), progressing);
        if (deployment["status"].Number("collisionCount") is { } collisions)
        {
            status["collisionCount"] = collisions;
        }

        await world.WriteStatusAsync(Kinds.Deployment, deployment, status, cancellation);
        return isComplete || progressing.Text("status") == "False" || progressing.Text("reason") == "NewReplicaSetAvailable" || rollout.IsPaused
            ? Outcome.Next
            : new Outcome.Done(Deadline(deployment, progressing) - world.Options.Time.GetUtcNow() + TimeSpan.FromSeconds(1));
    }

    private static bool IsComplete(Rollout rollout, JsonObject status) =>
        rollout.New is not null && (status.Number("updatedReplicas") ?? 0) == rollout.Wanted && (status.Number("replicas") ?? 0) == rollout.Wanted
        && (status.Number("availableReplicas") ?? 0) == rollout.Wanted;

    private JsonObject Available(Rollout rollout, JsonObject status)
    {
        var enough = (status.Number("availableReplicas") ?? 0) >= rollout.Wanted - rollout.MaxUnavailable;
        return Condition(
            rollout.Deployment, "Available", enough,
            enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
            enough ? "Deployment has minimum availability." : "Deployment does not have minimum availability.");
    }

    private JsonObject Progressing(Rollout rollout, JsonObject status, bool isComplete)
    {
        var deployment = rollout.Deployment;
        var name = rollout.New.Text("metadata", "name");
        var before = deployment["status"].Condition("Progressing");
        if (rollout.IsPaused)
        {
            // A rollout that had timed out stays so.
            return before.Text("reason") == "ProgressDeadlineExceeded"
                ? before.Clone()
                : Condition(deployment, "Progressing", null, "DeploymentPaused", "Deployment is paused");
        }

        if (isComplete)
        {
            return Condition(deployment, "Progressing", true, "NewReplicaSetAvailable", $"ReplicaSet \"{name}\" has successfully progressed.");
        }

        if (before.Text("reason") == "DeploymentPaused")
        {
            // The deadline begins anew: the pause is no time that the rollout had.
            return Condition(deployment, "Progressing", null, "DeploymentResumed", "Deployment is resumed");
        }

        var isOnlyScaled = (status.Number("replicas") ?? 0) == (status.Number("updatedReplicas") ?? 0) && Rollout.Spec(rollout.New ?? []) > 0;
        if (before.Text("reason") == "NewReplicaSetAvailable" && isOnlyScaled)
        {
            return before.Clone();
        }

        if (before is null || before.Text("reason") == "NewReplicaSetAvailable" && rollout.New.Number("status", "replicas") is null)
        {
            return Condition(deployment, "Progressing", true, "NewReplicaSetCreated", $"Created new replica set \"{name}\"", touched: true);
        }

        var moved = Moved(deployment["status"], status);
        if (!moved && Deadline(deployment, before) <= world.Options.Time.GetUtcNow() && before.Text("reason") != "NewReplicaSetAvailable")
        {
            return Condition(deployment, "Progressing", false, "ProgressDeadlineExceeded", $"ReplicaSet \"{name}\" has timed out progressing.");
        }

        // What was said last stays until something moves.
        return !moved && before.Text("reason") != "NewReplicaSetAvailable"
            ? before.Clone()
            : Condition(deployment, "Progressing", true, "ReplicaSetUpdated", $"ReplicaSet \"{name}\" is progressing.", touched: moved);
    }

    /// <summary>Whether the rollout got further since the last status.</summary>
    private static bool Moved(JsonNode? before, JsonObject now) =>
        (now.Number("updatedReplicas") ?? 0) > (before.Number("updatedReplicas") ?? 0)
        || (now.Number("readyReplicas") ?? 0) > (before.Number("readyReplicas") ?? 0)
        || (now.Number("replicas") ?? 0) - (now.Number("updatedReplicas") ?? 0) < (before.Number("replicas") ?? 0) - (before.Number("updatedReplicas") ?? 0);

    private static DateTimeOffset Deadline(JsonObject deployment, JsonObject progressing) =>
        (progressing.Instant("lastUpdateTime") ?? DateTimeOffset.MaxValue.AddYears(-1))
        + TimeSpan.FromSeconds(deployment.Number("spec", "progressDeadlineSeconds") ?? 600);

    private JsonObject Condition(JsonObject deployment, string type, bool? value, string reason, string message, bool touched = false)
    {
        var status = value switch { true => "True", false => "False", null => "Unknown" };
        var before = deployment["status"].Condition(type);
        var same = before.Text("status") == status && before.Text("reason") == reason && before.Text("message") == message;
        return new JsonObject
        {
            ["type"] = type,
            ["status"] = status,
            ["lastUpdateTime"] = same && !touched ? before.Text("lastUpdateTime") : world.Now,
            ["lastTransitionTime"] = before.Text("status") == status ? before.Text("lastTransitionTime") : world.Now,
            ["reason"] = reason,
            ["message"] = message,
        };
    }

    private static void Count(JsonObject status, string name, int count)
    {
        if (count > 0)
        {
            status[name] = count;
        }
    }
}
