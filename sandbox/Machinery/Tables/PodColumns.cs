using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.Machinery.Builtins;

namespace GitOpsToolkit.Sandbox.Machinery.Tables;

/// <summary>Columns of pods.</summary>
internal static class PodColumns
{
    public static IReadOnlyList<TableCell> All { get; } =
    [
        TableCell.Name,
        TableCell.Text("Ready", Ready),
        TableCell.Text("Status", Status),
        new(new TableColumn("Restarts"), Restarts),
        TableCell.Age,
        TableCell.Text("IP", pod => Json.Text(pod, "status", "podIP"), 1),
        TableCell.Text("Node", pod => Json.Text(pod, "spec", "nodeName"), 1),
        TableCell.Text("Nominated Node", pod => Json.Text(pod, "status", "nominatedNodeName"), 1),
        TableCell.Text("Readiness Gates", ReadinessGates, 1),
    ];

    private static string Ready(JsonObject pod)
    {
        var total = Json.Array(pod, "spec", "containers")?.Count ?? 0;
        var ready = Statuses(pod, "containerStatuses").Count(s => Json.Boolean(s, "ready") == true && s["state"]?["running"] is not null);
        return $"{ready}/{total}";
    }

    private static string Status(JsonObject pod)
    {
        var reason = Json.Text(pod, "status", "reason") is { Length: > 0 } given ? given : Json.Text(pod, "status", "phase") ?? "";
        if (Condition(pod, "PodScheduled") is { } scheduled && Json.Text(scheduled, "reason") == "SchedulingGated")
        {
            reason = "SchedulingGated";
        }

        var initializing = Initializing(pod);
        if (initializing is not null)
        {
            reason = initializing;
        }
        else
        {
            reason = Containers(pod, reason);
        }

        if (Json.At(pod, "metadata", "deletionTimestamp") is null)
        {
            return reason;
        }

        return Json.Text(pod, "status", "reason") == "NodeLost" ? "Unknown"
            : Json.Text(pod, "status", "phase") is "Failed" or "Succeeded" ? reason : "Terminating";
    }

    private static string? Initializing(JsonObject pod)
    {
        var total = Json.Array(pod, "spec", "initContainers")?.Count ?? 0;
        var index = 0;
        foreach (var status in Statuses(pod, "initContainerStatuses"))
        {
            var at = index++;
            if (Json.Object(status, "state", "terminated") is { } ended)
            {
                if (Json.Integer(ended, "exitCode") == 0)
                {
                    continue;
                }

                return $"Init:{Ended(ended)}";
            }

            return Json.Text(status, "state", "waiting", "reason") is { Length: > 0 } waiting and not "PodInitializing"
                ? $"Init:{waiting}" : $"Init:{at}/{total}";
        }

        return null;
    }

    private static string Containers(JsonObject pod, string reason)
    {
        var running = false;
        foreach (var status in Statuses(pod, "containerStatuses").Reverse())
        {
            if (Json.Text(status, "state", "waiting", "reason") is { Length: > 0 } waiting)
            {
                reason = waiting;
            }
            else if (Json.Object(status, "state", "terminated") is { } ended)
            {
                reason = Ended(ended);
            }
            else if (Json.Boolean(status, "ready") == true && Json.At(status, "state", "running") is not null)
            {
                running = true;
            }
        }

        if (reason != "Completed" || !running)
        {
            return reason;
        }

        return Condition(pod, "Ready") is { } ready && Json.Text(ready, "status") == "True" ? "Running" : "NotReady";
    }

    private static string Ended(JsonObject ended)
    {
        if (Json.Text(ended, "reason") is { Length: > 0 } reason)
        {
            return reason;
        }

        return Json.Integer(ended, "signal") is { } signal and not 0 ? $"Signal:{signal}" : $"ExitCode:{Json.Integer(ended, "exitCode")}";
    }

    private static JsonNode? Restarts(JsonObject pod, DateTimeOffset now)
    {
        var statuses = Statuses(pod, "containerStatuses").ToList();
        var count = statuses.Sum(s => Json.Integer(s, "restartCount") ?? 0);
        var last = statuses.Select(s => Json.Text(s, "lastState", "terminated", "finishedAt")).Where(t => t is not null)
            .Max(StringComparer.Ordinal);
        return count > 0 && last is not null ? $"{count} ({HumanDuration.Since(last, now)} ago)" : $"{count}";
    }

    private static string? ReadinessGates(JsonObject pod)
    {
        var gates = BuiltinDefaults.Objects(Json.At(pod, "spec", "readinessGates")).ToList();
        var met = gates.Count(gate => Json.Text(gate, "conditionType") is { } type && Condition(pod, type) is { } c && Json.Text(c, "status") == "True");
        return gates.Count == 0 ? null : $"{met}/{gates.Count}";
    }

    private static JsonObject? Condition(JsonObject pod, string type) =>
        BuiltinDefaults.Objects(Json.At(pod, "status", "conditions")).FirstOrDefault(c => Json.Text(c, "type") == type);

    private static IEnumerable<JsonObject> Statuses(JsonObject pod, string list) => BuiltinDefaults.Objects(Json.At(pod, "status", list));
}
