using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.Machinery.Builtins;
using static GitOpsToolkit.Sandbox.Machinery.Tables.TableCell;

namespace GitOpsToolkit.Sandbox.Machinery.Tables;

/// <summary>Columns of nodes.</summary>
internal static class NodeColumns
{
    private const string RolePrefix = "node-role.kubernetes.io/";

    public static IReadOnlyList<TableCell> All { get; } =
    [
        Name,
        Text("Status", Status),
        Text("Roles", Roles),
        Age,
        At("Version", "status", "nodeInfo", "kubeletVersion"),
        Text("Internal-IP", node => Address(node, "InternalIP"), 1),
        Text("External-IP", node => Address(node, "ExternalIP"), 1),
        Text("OS-Image", node => Json.Text(node, "status", "nodeInfo", "osImage") ?? "<unknown>", 1),
        Text("Kernel-Version", node => Json.Text(node, "status", "nodeInfo", "kernelVersion") ?? "<unknown>", 1),
        Text("Container-Runtime", node => Json.Text(node, "status", "nodeInfo", "containerRuntimeVersion") ?? "<unknown>", 1),
    ];

    private static string Status(JsonObject node)
    {
        var ready = BuiltinDefaults.Objects(Json.At(node, "status", "conditions")).FirstOrDefault(c => Json.Text(c, "type") == "Ready");
        var text = ready is null ? "Unknown" : Json.Text(ready, "status") == "True" ? "Ready" : "NotReady";
        return Json.Boolean(node, "spec", "unschedulable") == true ? $"{text},SchedulingDisabled" : text;
    }

    private static string Roles(JsonObject node) => string.Join(',', (Json.Object(node, "metadata", "labels") ?? [])
        .Where(l => l.Key.StartsWith(RolePrefix)).Select(l => l.Key[RolePrefix.Length..]).Order(StringComparer.Ordinal));

    private static string? Address(JsonObject node, string type) => BuiltinDefaults.Objects(Json.At(node, "status", "addresses"))
        .Where(a => Json.Text(a, "type") == type).Select(a => Json.Text(a, "address")).FirstOrDefault();
}
