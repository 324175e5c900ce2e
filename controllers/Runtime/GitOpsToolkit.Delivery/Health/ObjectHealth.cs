using System.Text.Json.Nodes;

namespace GitOpsToolkit.Delivery.Health;

/// <summary>Tells the state of an object from its fields, by the rules of kstatus.</summary>
public static class ObjectHealth
{
    /// <summary>Computes the state.</summary>
    /// <param name="body">The object as the server has it.</param>
    /// <param name="now">The present time, by which a pod counts as unschedulable.</param>
    /// <param name="jobsMustFinish">Whether a Job is current only when it has completed, as Flux wants it; kstatus is content with a
    /// running one.</param>
    public static HealthReport Compute(JsonObject body, DateTimeOffset now, bool jobsMustFinish = true)
    {
        var view = new StatusView(body);
        try
        {
            return Generic(view) ?? BuiltIn(view, now, jobsMustFinish) ?? Ready(view) ?? HealthReport.Current("Resource is current");
        }
        catch (StatusFormatException e)
        {
            return new HealthReport(HealthStatus.Unknown, e.Message);
        }
    }

    /// <summary>What holds for every kind: deletion, the observed generation, and the standard conditions.</summary>
    private static HealthReport? Generic(StatusView view)
    {
        if (view.Text("", "metadata", "deletionTimestamp").Length > 0)
        {
            return new HealthReport(HealthStatus.Terminating, "Resource scheduled for deletion");
        }

        if (view.FindInt("metadata", "generation") is { } generation
            && view.FindInt("status", "observedGeneration") is { } observed && observed != generation)
        {
            return HealthReport.InProgress($"{view.Kind} generation is {generation}, but latest observed generation is {observed}");
        }

        foreach (var condition in view.Conditions)
        {
            if (condition is { Type: "Reconciling", IsTrue: true })
            {
                return HealthReport.InProgress(condition.Message);
            }

            if (condition is { Type: "Stalled", IsTrue: true })
            {
                return HealthReport.Failed(condition.Message);
            }
        }

        return null;
    }

    private static HealthReport? BuiltIn(StatusView view, DateTimeOffset now, bool jobsMustFinish)
    {
        var slash = view.ApiVersion.IndexOf('/', StringComparison.Ordinal);
        var group = slash < 0 ? "" : view.ApiVersion[..slash];
        return (group, view.Kind) switch
        {
            ("", "Service") => Service(view),
            ("", "Pod") => PodHealth.Compute(view, now),
            ("", "Secret" or "ConfigMap") or ("batch", "CronJob") => HealthReport.Current("Resource is always ready"),
            ("", "PersistentVolumeClaim") => Claim(view),
            ("apps", "StatefulSet") => WorkloadHealth.StatefulSet(view),
            ("apps" or "extensions", "DaemonSet") => WorkloadHealth.DaemonSet(view),
            ("apps" or "extensions", "Deployment") => WorkloadHealth.Deployment(view),
            ("apps" or "extensions", "ReplicaSet") => WorkloadHealth.ReplicaSet(view),
            ("policy", "PodDisruptionBudget") => HealthReport.Current("AllowedDisruptions has been computed."),
            ("batch", "Job") => JobHealth.Compute(view, jobsMustFinish),
            ("apiextensions.k8s.io", "CustomResourceDefinition") => Definition(view),
            _ => null,
        };
    }

    private static HealthReport? Ready(StatusView view)
    {
        foreach (var condition in view.Conditions)
        {
            if (condition is { Type: "Ready", Status: "True" or "False" or "Unknown" })
            {
                return condition.IsTrue ? HealthReport.Current("Resource is Ready") : HealthReport.InProgress(condition.Message);
            }
        }

        return null;
    }

    private static HealthReport Service(StatusView view)
    {
        var waitsForAddress = view.Text("ClusterIP", "spec", "type") == "LoadBalancer" && view.Text("", "spec", "clusterIP").Length == 0;
        return waitsForAddress
            ? HealthReport.InProgress("ClusterIP not set. Service type: LoadBalancer")
            : HealthReport.Current("Service is ready");
    }

    private static HealthReport Claim(StatusView view)
    {
        var phase = view.Text("unknown", "status", "phase");
        return phase == "Bound" ? HealthReport.Current("PVC is Bound") : HealthReport.InProgress($"PVC is not Bound. phase: {phase}");
    }

    private static HealthReport Definition(StatusView view)
    {
        foreach (var condition in view.Conditions)
        {
            switch (condition)
            {
                case { Type: "NamesAccepted", IsFalse: true }:
                case { Type: "Established", IsFalse: true, Reason: not "Installing" }:
                    return HealthReport.Failed(condition.Message);
                case { Type: "Established", IsTrue: true }:
                    return HealthReport.Current("CRD is established");
            }
        }

        return HealthReport.InProgress("Install in progress");
    }
}
