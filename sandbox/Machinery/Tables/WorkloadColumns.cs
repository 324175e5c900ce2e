using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.Machinery.Builtins;
using static GitOpsToolkit.Sandbox.Machinery.Tables.TableCell;

namespace GitOpsToolkit.Sandbox.Machinery.Tables;

/// <summary>Columns of the workloads of <c>apps</c> and <c>batch</c>.</summary>
internal static class WorkloadColumns
{
    public static IReadOnlyList<TableCell> Of(string kind) => kind switch
    {
        "Deployment" =>
        [
            Name, Text("Ready", obj => $"{Status(obj, "readyReplicas")}/{Spec(obj, "replicas")}"),
            NumberInText("Up-to-date", obj => Status(obj, "updatedReplicas")), NumberInText("Available", obj => Status(obj, "availableReplicas")), Age, .. Wide(true),
        ],
        "ReplicaSet" =>
        [
            Name, Count("Desired", "spec", "replicas"), Count("Current", "status", "replicas"), Count("Ready", "status", "readyReplicas"), Age,
            .. Wide(true),
        ],
        "StatefulSet" => [Name, Text("Ready", obj => $"{Status(obj, "readyReplicas")}/{Spec(obj, "replicas")}"), Age, .. Wide(false)],
        "DaemonSet" =>
        [
            Name, Count("Desired", "status", "desiredNumberScheduled"), Count("Current", "status", "currentNumberScheduled"),
            Count("Ready", "status", "numberReady"), Count("Up-to-date", "status", "updatedNumberScheduled"),
            Count("Available", "status", "numberAvailable"), Text("Node Selector", NodeSelector), Age, .. Wide(true),
        ],
        "Job" => [Name, Text("Status", JobStatus), Text("Completions", Completions), new(new TableColumn("Duration"), Duration), Age, .. Wide(true)],
        "CronJob" => CronJob,
        "ControllerRevision" => [Name, Text("Controller", Owner), Count("Revision", "revision"), Age],
        _ => [Name, Age],
    };

    private static IReadOnlyList<TableCell> CronJob { get; } =
    [
        Name,
        At("Schedule", "spec", "schedule"),
        At("Timezone", "spec", "timeZone"),
        Text("Suspend", obj => Json.Boolean(obj, "spec", "suspend") == true ? "True" : "False"),
        Number("Active", obj => Json.Array(obj, "status", "active")?.Count ?? 0),
        new(new TableColumn("Last Schedule"), (obj, now) =>
            Json.Text(obj, "status", "lastScheduleTime") is { } time ? HumanDuration.Since(time, now) : "<none>"),
        Age,
        Text("Containers", obj => Containers(obj, "name", "spec", "jobTemplate", "spec", "template", "spec", "containers"), 1),
        Text("Images", obj => Containers(obj, "image", "spec", "jobTemplate", "spec", "template", "spec", "containers"), 1),
        Text("Selector", obj => BuiltinColumns.Selector(Json.Object(obj, "spec", "jobTemplate", "spec", "selector")), 1),
    ];

    private static IEnumerable<TableCell> Wide(bool withSelector)
    {
        yield return Text("Containers", obj => Containers(obj, "name", "spec", "template", "spec", "containers"), 1);
        yield return Text("Images", obj => Containers(obj, "image", "spec", "template", "spec", "containers"), 1);
        if (withSelector)
        {
            yield return Text("Selector", obj => BuiltinColumns.Selector(Json.Object(obj, "spec", "selector")), 1);
        }
    }

    private static string Containers(JsonObject obj, string member, params string[] path) =>
        string.Join(',', BuiltinDefaults.Objects(Json.At(obj, path)).Select(c => Json.Text(c, member)));

    private static long Spec(JsonObject obj, string name) => Json.Integer(obj, "spec", name) ?? 0;

    private static long Status(JsonObject obj, string name) => Json.Integer(obj, "status", name) ?? 0;

    private static string NodeSelector(JsonObject obj) => string.Join(',', (Json.Object(obj, "spec", "template", "spec", "nodeSelector") ?? [])
        .Select(l => $"{l.Key}={Json.Text(l.Value)}"));

    private static string? Owner(JsonObject obj)
    {
        var owner = BuiltinDefaults.Objects(Json.At(obj, "metadata", "ownerReferences")).FirstOrDefault(o => Json.Boolean(o, "controller") == true);
        return owner is null ? null : $"{Json.Text(owner, "kind")?.ToLowerInvariant()}.{Json.Text(owner, "apiVersion")?.Split('/')[0]}/{Json.Text(owner, "name")}";
    }

    private static string JobStatus(JsonObject job)
    {
        bool True(string type) => BuiltinDefaults.Objects(Json.At(job, "status", "conditions"))
            .Any(c => Json.Text(c, "type") == type && Json.Text(c, "status") == "True");
        return True("Complete") ? "Complete"
            : True("Failed") ? "Failed"
            : Json.At(job, "metadata", "deletionTimestamp") is not null ? "Terminating"
            : True("Suspended") ? "Suspended"
            : True("FailureTarget") ? "FailureTarget"
            : True("SuccessCriteriaMet") ? "SuccessCriteriaMet" : "Running";
    }

    private static string Completions(JsonObject job)
    {
        var done = Status(job, "succeeded");
        if (Json.Integer(job, "spec", "completions") is { } wanted)
        {
            return $"{done}/{wanted}";
        }

        var parallelism = Json.Integer(job, "spec", "parallelism") ?? 0;
        return parallelism > 1 ? $"{done}/1 of {parallelism}" : $"{done}/1";
    }

    private static JsonNode? Duration(JsonObject job, DateTimeOffset now)
    {
        if (Json.Text(job, "status", "startTime") is not { } text || !Rfc3339.TryParse(text, out var start))
        {
            return "";
        }

        var end = Json.Text(job, "status", "completionTime") is { } done && Rfc3339.TryParse(done, out var finished) ? finished : now;
        return HumanDuration.Format(end - start);
    }
}
