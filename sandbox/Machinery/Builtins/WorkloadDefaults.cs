using System.Text.Json.Nodes;
using static GitOpsToolkit.Sandbox.Machinery.Builtins.BuiltinDefaults;

namespace GitOpsToolkit.Sandbox.Machinery.Builtins;

/// <summary>Defaults of the workloads of <c>apps</c> and <c>batch</c>.</summary>
internal static class WorkloadDefaults
{
    public static void Apps(string kind, JsonObject spec)
    {
        switch (kind)
        {
            case "Deployment":
                Template(spec, "template");
                Set(spec, "replicas", 1);
                Deployment(spec);
                break;
            case "ReplicaSet":
                Template(spec, "template");
                Set(spec, "replicas", 1);
                break;
            case "StatefulSet":
                Template(spec, "template");
                StatefulSet(spec);
                break;
            case "DaemonSet":
                Template(spec, "template");
                DaemonSet(spec);
                break;
        }
    }

    public static void Batch(string kind, JsonObject obj)
    {
        var spec = Json.Ensure(obj, "spec");
        if (kind == "Job")
        {
            Job(obj, spec);
            return;
        }

        Set(spec, "concurrencyPolicy", "Allow");
        Set(spec, "suspend", false);
        Set(spec, "successfulJobsHistoryLimit", 3);
        Set(spec, "failedJobsHistoryLimit", 1);
        Template(Json.Ensure(spec, "jobTemplate", "spec"), "template");
    }

    private static void Deployment(JsonObject spec)
    {
        var strategy = Json.Ensure(spec, "strategy");
        Set(strategy, "type", "RollingUpdate");
        if (Json.Text(strategy, "type") == "RollingUpdate")
        {
            var rolling = Json.Ensure(strategy, "rollingUpdate");
            Set(rolling, "maxUnavailable", "25%");
            Set(rolling, "maxSurge", "25%");
        }

        Set(spec, "revisionHistoryLimit", 10);
        Set(spec, "progressDeadlineSeconds", 600);
    }

    private static void StatefulSet(JsonObject spec)
    {
        Set(spec, "podManagementPolicy", "OrderedReady");
        Set(spec, "replicas", 1);
        Set(spec, "revisionHistoryLimit", 10);
        var update = Json.Ensure(spec, "updateStrategy");
        Set(update, "type", "RollingUpdate");
        if (Json.Text(update, "type") == "RollingUpdate")
        {
            Set(Json.Ensure(update, "rollingUpdate"), "partition", 0);
        }

        var retention = Json.Ensure(spec, "persistentVolumeClaimRetentionPolicy");
        Set(retention, "whenDeleted", "Retain");
        Set(retention, "whenScaled", "Retain");
        foreach (var claim in Objects(spec["volumeClaimTemplates"]))
        {
            Set(claim, "apiVersion", "v1");
            Set(claim, "kind", "PersistentVolumeClaim");
            Set(Json.Ensure(claim, "spec"), "volumeMode", "Filesystem");
            Set(Json.Ensure(claim, "status"), "phase", "Pending");
        }
    }

    private static void DaemonSet(JsonObject spec)
    {
        Set(spec, "revisionHistoryLimit", 10);
        var update = Json.Ensure(spec, "updateStrategy");
        Set(update, "type", "RollingUpdate");
        if (Json.Text(update, "type") == "RollingUpdate")
        {
            var rolling = Json.Ensure(update, "rollingUpdate");
            Set(rolling, "maxUnavailable", 1);
            Set(rolling, "maxSurge", 0);
        }
    }

    private static void Job(JsonObject obj, JsonObject spec)
    {
        Template(spec, "template");
        if (spec["completions"] is null && spec["parallelism"] is null)
        {
            Set(spec, "completions", 1);
        }

        Set(spec, "parallelism", 1);
        Set(spec, "backoffLimit", Json.Integer(spec, "backoffLimitPerIndex") is null ? 6 : int.MaxValue);
        Set(spec, "completionMode", "NonIndexed");
        Set(spec, "suspend", false);
        Set(spec, "podReplacementPolicy", spec["podFailurePolicy"] is null ? "TerminatingOrFailed" : "Failed");

        // A job without labels has those of its pods.
        if (Json.Object(spec, "template", "metadata", "labels") is { Count: > 0 } labels && Json.Object(obj, "metadata", "labels") is not { Count: > 0 })
        {
            Json.Ensure(obj, "metadata")["labels"] = labels.DeepClone();
        }
    }
}
