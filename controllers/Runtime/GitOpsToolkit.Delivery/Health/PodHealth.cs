using System.Globalization;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.Delivery.Health;

/// <summary>The state of a Pod.</summary>
internal static class PodHealth
{
    /// <summary>How long a pod may be without a node before it counts as unschedulable.</summary>
    private static readonly TimeSpan ScheduleWindow = TimeSpan.FromSeconds(15);

    internal static HealthReport Compute(StatusView view, DateTimeOffset now)
    {
        var conditions = view.Conditions;
        return view.Text("", "status", "phase") switch
        {
            "Succeeded" => HealthReport.Current("Pod has completed successfully"),
            "Failed" => HealthReport.Current("Pod has completed, but not successfully"),
            "Running" => Running(view, conditions),
            "Pending" => Pending(view, conditions, now),
            "" => HealthReport.InProgress("Pod phase not available"),
            var phase => throw new StatusFormatException($"unknown phase {phase}"),
        };
    }

    private static HealthReport Running(StatusView view, IReadOnlyList<StatusCondition> conditions)
    {
        if (conditions.Any(condition => condition is { Type: "Ready", IsTrue: true }))
        {
            return HealthReport.Current("Pod is Ready");
        }

        string[] crashing = [.. ((view.Find("status", "containerStatuses") as JsonArray) ?? []).OfType<JsonObject>()
            .Where(container => container.ContainsKey("name")
                && container.Map("state").Map("waiting")?.Text("reason") == "CrashLoopBackOff")
            .Select(container => container.Text("name"))];
        return crashing.Length > 0
            ? HealthReport.Failed($"Containers in CrashLoop state: {string.Join(',', crashing)}")
            : HealthReport.InProgress("Pod is running but is not Ready");
    }

    private static HealthReport Pending(StatusView view, IReadOnlyList<StatusCondition> conditions, DateTimeOffset now)
    {
        var scheduled = conditions.FirstOrDefault(condition => condition is { Type: "PodScheduled", IsFalse: true });
        if (scheduled.Reason != "Unschedulable")
        {
            return HealthReport.InProgress("Pod is in the Pending phase");
        }

        var isNew = DateTimeOffset.TryParse(
            view.Text("", "metadata", "creationTimestamp"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var created)
            && now - ScheduleWindow < created;
        return isNew ? HealthReport.InProgress("Pod has not been scheduled") : HealthReport.Failed("Pod could not be scheduled");
    }
}
