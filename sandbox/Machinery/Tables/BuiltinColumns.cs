using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.Machinery.Builtins;
using static GitOpsToolkit.Sandbox.Machinery.Tables.TableCell;

namespace GitOpsToolkit.Sandbox.Machinery.Tables;

/// <summary>Columns of the built-in kinds.</summary>
internal static class BuiltinColumns
{
    public static IReadOnlyList<TableCell> Of(string group, string kind) => (group, kind) switch
    {
        ("", "Pod") => PodColumns.All,
        ("", "Service") => NetworkColumns.Service,
        ("", "Namespace") => [Name, At("Status", "status", "phase"), Age],
        ("", "Node") => NodeColumns.All,
        ("", "ConfigMap") => [Name, NumberInText("Data", obj => Entries(obj, "data") + Entries(obj, "binaryData")), Age],
        ("", "Secret") => [Name, At("Type", "type"), NumberInText("Data", obj => Entries(obj, "data")), Age],
        ("", "ServiceAccount") => [Name, Number("Secrets", obj => Json.Array(obj, "secrets")?.Count ?? 0), Age],
        ("", "Event") => EventColumns("involvedObject", "source"),
        ("events.k8s.io", "Event") => EventColumns("regarding", "deprecatedSource"),
        ("", "Endpoints") => [Name, Text("Endpoints", NetworkColumns.Addresses), Age],
        ("", "PersistentVolumeClaim") => VolumeColumns.Claim,
        ("", "PersistentVolume") => VolumeColumns.Volume,
        ("apps" or "batch", _) => WorkloadColumns.Of(kind),
        ("rbac.authorization.k8s.io", "Role" or "ClusterRole") => [Name, CreatedAt],
        ("rbac.authorization.k8s.io", _) => BindingColumns,
        ("networking.k8s.io", "Ingress") => NetworkColumns.Ingress,
        ("networking.k8s.io", "IngressClass") =>
            [Name, At("Controller", "spec", "controller"), Text("Parameters", obj => Json.Text(obj, "spec", "parameters", "name")), Age],
        ("networking.k8s.io", "NetworkPolicy") => [Name, Text("Pod-Selector", obj => Selector(Json.Object(obj, "spec", "podSelector"))), Age],
        ("discovery.k8s.io", "EndpointSlice") => NetworkColumns.Slice,
        ("policy", "PodDisruptionBudget") => BudgetColumns,
        ("autoscaling", "HorizontalPodAutoscaler") => AutoscalerColumns,
        ("coordination.k8s.io", "Lease") => [Name, At("Holder", "spec", "holderIdentity"), Age],
        ("storage.k8s.io", "StorageClass") => VolumeColumns.Class,
        ("scheduling.k8s.io", "PriorityClass") =>
        [
            Name, Count("Value", "value"),
            new(new TableColumn("Global-Default", "boolean"), (obj, _) => Json.Boolean(obj, "globalDefault") ?? false), Age,
            Text("PreemptionPolicy", obj => Json.Text(obj, "preemptionPolicy"), 1),
        ],
        ("apiextensions.k8s.io", _) => [Name, CreatedAt],
        _ => [Name, Age],
    };

    /// <summary>A label selector as the server prints it.</summary>
    public static string? Selector(JsonObject? selector)
    {
        var parts = (Json.Object(selector, "matchLabels") ?? []).OrderBy(l => l.Key, StringComparer.Ordinal)
            .Select(l => $"{l.Key}={Json.Text(l.Value)}").ToList();
        foreach (var expression in BuiltinDefaults.Objects(selector?["matchExpressions"]))
        {
            var key = Json.Text(expression, "key");
            var values = string.Join(',', (Json.Array(expression, "values") ?? []).Select(v => Json.Text(v)));
            parts.Add(Json.Text(expression, "operator") switch
            {
                "In" => $"{key} in ({values})",
                "NotIn" => $"{key} notin ({values})",
                "Exists" => key ?? "",
                _ => $"!{key}",
            });
        }

        return string.Join(',', parts);
    }

    private static long Entries(JsonObject obj, string name) => Json.Object(obj, name)?.Count ?? 0;

    private static IReadOnlyList<TableCell> EventColumns(string subject, string source) =>
    [
        new(new TableColumn("Last Seen"), (obj, now) => HumanDuration.Since(LastSeen(obj), now)),
        At("Type", "type"),
        At("Reason", "reason"),
        Text("Object", obj => $"{Json.Text(obj, subject, "kind")?.ToLowerInvariant()}/{Json.Text(obj, subject, "name")}"),
        Text("Subobject", obj => Json.Text(obj, subject, "fieldPath"), 1),
        Text("Source", obj => Source(obj, source), 1),
        Text("Message", obj => (Json.Text(obj, "message") ?? Json.Text(obj, "note"))?.Trim()),
        new(new TableColumn("First Seen", Priority: 1), (obj, now) => HumanDuration.Since(FirstSeen(obj), now)),
        Number("Count", obj => Json.Integer(obj, "series", "count") ?? Json.Integer(obj, "count") ?? Json.Integer(obj, "deprecatedCount") ?? 1, 1),
        Text("Name", obj => Json.Text(obj, "metadata", "name"), 1),
    ];

    private static string? FirstSeen(JsonObject obj) => Json.Text(obj, "firstTimestamp") ?? Json.Text(obj, "deprecatedFirstTimestamp")
        ?? Json.Text(obj, "eventTime");

    private static string? LastSeen(JsonObject obj) => Json.Text(obj, "series", "lastObservedTime") ?? Json.Text(obj, "lastTimestamp")
        ?? Json.Text(obj, "deprecatedLastTimestamp") ?? FirstSeen(obj);

    private static string? Source(JsonObject obj, string source)
    {
        var component = Json.Text(obj, source, "component") ?? Json.Text(obj, "reportingComponent") ?? Json.Text(obj, "reportingController");
        return Json.Text(obj, source, "host") is { Length: > 0 } host ? $"{component}, {host}" : component;
    }

    private static IReadOnlyList<TableCell> BindingColumns { get; } =
    [
        Name,
        Text("Role", obj => $"{Json.Text(obj, "roleRef", "kind")}/{Json.Text(obj, "roleRef", "name")}"),
        Age,
        new(new TableColumn("Users", Priority: 1), (obj, _) => Subjects(obj, "User")),
        new(new TableColumn("Groups", Priority: 1), (obj, _) => Subjects(obj, "Group")),
        new(new TableColumn("ServiceAccounts", Priority: 1), (obj, _) => Subjects(obj, "ServiceAccount")),
    ];

    private static string Subjects(JsonObject obj, string kind) => string.Join(", ", BuiltinDefaults.Objects(obj["subjects"])
        .Where(s => Json.Text(s, "kind") == kind)
        .Select(s => Json.Text(s, "namespace") is { Length: > 0 } ns ? $"{ns}/{Json.Text(s, "name")}" : Json.Text(s, "name")));

    private static IReadOnlyList<TableCell> BudgetColumns { get; } =
    [
        Name,
        Text("Min Available", obj => Plain(Json.At(obj, "spec", "minAvailable"))),
        Text("Max Unavailable", obj => Plain(Json.At(obj, "spec", "maxUnavailable"))),
        Count("Allowed Disruptions", "status", "disruptionsAllowed"),
        Age,
    ];

    private static IReadOnlyList<TableCell> AutoscalerColumns { get; } =
    [
        Name,
        Text("Reference", obj => $"{Json.Text(obj, "spec", "scaleTargetRef", "kind")}/{Json.Text(obj, "spec", "scaleTargetRef", "name")}"),
        Text("Targets", Targets),
        Text("MinPods", obj => Json.Integer(obj, "spec", "minReplicas")?.ToString() ?? "<unset>"),
        Count("MaxPods", "spec", "maxReplicas"),
        Count("Replicas", "status", "currentReplicas"),
        Age,
    ];

    private static string? Targets(JsonObject obj)
    {
        var targets = BuiltinDefaults.Objects(Json.At(obj, "spec", "metrics")).Select(metric => Json.Object(metric, "resource") is { } resource
            ? $"{Json.Text(resource, "name")}: <unknown>/{Json.Integer(resource, "target", "averageUtilization") ?? 0}%" : "<unknown>");
        return string.Join(", ", targets);
    }

    private static string Plain(JsonNode? value) => value is null ? "N/A" : Json.Text(value) ?? GoText.Json(value);
}
