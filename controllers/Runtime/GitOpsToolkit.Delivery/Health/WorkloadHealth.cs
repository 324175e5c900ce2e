namespace GitOpsToolkit.Delivery.Health;

/// <summary>The state of the kinds that keep replicas. Each looks at the counts in a fixed order: the first one that is off gives the
/// message.</summary>
internal static class WorkloadHealth
{
    internal static HealthReport Deployment(StatusView view)
    {
        var progressing = view.Int(int.MaxValue, "spec", "progressDeadlineSeconds") == int.MaxValue;
        var available = false;
        foreach (var condition in view.Conditions)
        {
            switch (condition)
            {
                case { Type: "Progressing", Reason: "ProgressDeadlineExceeded" }:
                    return HealthReport.Failed("Progress deadline exceeded");
                case { Type: "Progressing", IsTrue: true, Reason: "NewReplicaSetAvailable" }:
                    progressing = true;
                    break;
                case { Type: "Available", IsTrue: true }:
                    available = true;
                    break;
            }
        }

        var wanted = view.Int(1, "spec", "replicas");
        var replicas = view.Int(0, "status", "replicas");
        var updated = view.Int(0, "status", "updatedReplicas");
        return Short("Replicas", replicas, wanted)
            ?? Short("Updated", updated, wanted)
            ?? Excess(replicas, wanted)
            ?? Short("Available", view.Int(0, "status", "availableReplicas"), updated)
            ?? Short("Ready", view.Int(0, "status", "readyReplicas"), wanted)
            ?? (progressing ? null : HealthReport.InProgress("ReplicaSet not Available"))
            ?? (available ? null : HealthReport.InProgress("Deployment not Available"))
            ?? HealthReport.Current($"Deployment is available. Replicas: {replicas}");
    }

    internal static HealthReport ReplicaSet(StatusView view)
    {
        if (view.Conditions.Any(condition => condition is { Type: "ReplicaFailure", IsTrue: true }))
        {
            return HealthReport.InProgress("Replica Failure condition. Check Pods");
        }

        var wanted = view.Int(1, "spec", "replicas");
        var replicas = view.Int(0, "status", "replicas");
        return Short("Labelled", view.Int(0, "status", "fullyLabeledReplicas"), wanted)
            ?? Short("Available", view.Int(0, "status", "availableReplicas"), wanted)
            ?? Short("Ready", view.Int(0, "status", "readyReplicas"), wanted)
            ?? Excess(replicas, wanted)
            ?? HealthReport.Current($"ReplicaSet is available. Replicas: {replicas}");
    }

    internal static HealthReport StatefulSet(StatusView view)
    {
        if (view.Text("", "spec", "updateStrategy", "type") == "OnDelete")
        {
            return HealthReport.Current("StatefulSet is using the ondelete update strategy");
        }

        var wanted = view.Int(1, "spec", "replicas");
        var replicas = view.Int(0, "status", "replicas");
        var report = Short("Replicas", replicas, wanted)
            ?? Short("Ready", view.Int(0, "status", "readyReplicas"), wanted)
            ?? Excess(replicas, wanted);
        if (report is not null)
        {
            return report;
        }

        if (view.Int(-1, "spec", "updateStrategy", "rollingUpdate", "partition") is var partition and not -1)
        {
            var updated = view.Int(0, "status", "updatedReplicas");
            return Short("updated", updated, wanted - partition)
                ?? HealthReport.Current($"Partition rollout complete. updated: {updated}");
        }

        if (Short("current", view.Int(0, "status", "currentReplicas"), wanted) is { } tooFew)
        {
            return tooFew;
        }

        return view.Text("", "status", "currentRevision") == view.Text("", "status", "updateRevision")
            ? HealthReport.Current($"All replicas scheduled as expected. Replicas: {replicas}")
            : HealthReport.InProgress("Waiting for updated revision to match current");
    }

    internal static HealthReport DaemonSet(StatusView view)
    {
        if (view.FindInt("metadata", "generation") is null)
        {
            return HealthReport.InProgress($"{view.Kind} metadata.generation not found");
        }

        if (view.FindInt("status", "observedGeneration") is null)
        {
            return HealthReport.InProgress($"{view.Kind} status.observedGeneration not found");
        }

        if (view.FindInt("status", "desiredNumberScheduled") is not { } wanted || wanted == -1)
        {
            return HealthReport.InProgress("Missing .status.desiredNumberScheduled");
        }

        return Short("Current", view.Int(0, "status", "currentNumberScheduled"), wanted)
            ?? Short("Updated", view.Int(0, "status", "updatedNumberScheduled"), wanted)
            ?? Short("Available", view.Int(0, "status", "numberAvailable"), wanted)
            ?? Short("Ready", view.Int(0, "status", "numberReady"), wanted)
            ?? HealthReport.Current($"All replicas scheduled as expected. Replicas: {wanted}");
    }

    private static HealthReport? Short(string what, long have, long want) =>
        want > have ? HealthReport.InProgress($"{what}: {have}/{want}") : null;

    private static HealthReport? Excess(long have, long want) =>
        have > want ? HealthReport.InProgress($"Pending termination: {have - want}") : null;
}
