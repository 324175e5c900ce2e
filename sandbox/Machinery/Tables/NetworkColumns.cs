using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.Machinery.Builtins;
using static GitOpsToolkit.Sandbox.Machinery.Tables.TableCell;

namespace GitOpsToolkit.Sandbox.Machinery.Tables;

/// <summary>Columns of Services, Ingresses and endpoints.</summary>
internal static class NetworkColumns
{
    public static IReadOnlyList<TableCell> Service { get; } =
    [
        Name,
        At("Type", "spec", "type"),
        At("Cluster-IP", "spec", "clusterIP"),
        Text("External-IP", ExternalIp),
        Text("Port(s)", Ports),
        Age,
        Text("Selector", obj => string.Join(',', (Json.Object(obj, "spec", "selector") ?? []).OrderBy(l => l.Key, StringComparer.Ordinal)
            .Select(l => $"{l.Key}={Json.Text(l.Value)}")), 1),
    ];

    public static IReadOnlyList<TableCell> Ingress { get; } =
    [
        Name,
        At("Class", "spec", "ingressClassName"),
        Text("Hosts", Hosts),
        new(new TableColumn("Address"), (obj, _) => string.Join(',', LoadBalancer(obj))),
        Text("Ports", obj => Json.Array(obj, "spec", "tls") is { Count: > 0 } ? "80, 443" : "80"),
        Age,
    ];

    public static IReadOnlyList<TableCell> Slice { get; } =
    [
        Name,
        At("AddressType", "addressType"),
        Text("Ports", obj => string.Join(',', BuiltinDefaults.Objects(obj["ports"]).Select(p => GoText.Json(p["port"]))) is { Length: > 0 } ports
            ? ports : "<unset>"),
        Text("Endpoints", obj => Short([.. BuiltinDefaults.Objects(obj["endpoints"])
            .SelectMany(e => Json.Array(e, "addresses") ?? []).Select(a => Json.Text(a) ?? "")])),
        Age,
    ];

    /// <summary>Addresses with ports of an Endpoints object.</summary>
    public static string? Addresses(JsonObject obj) => Short([.. BuiltinDefaults.Objects(obj["subsets"]).SelectMany(subset =>
        BuiltinDefaults.Objects(subset["ports"]).SelectMany(port =>
            BuiltinDefaults.Objects(subset["addresses"]).Select(a => $"{Json.Text(a, "ip")}:{Json.Integer(port, "port")}")))]);

    private static string Short(List<string> addresses) => addresses.Count <= 3
        ? string.Join(',', addresses) : $"{string.Join(',', addresses.Take(3))} + {addresses.Count - 3} more...";

    private static string? ExternalIp(JsonObject service)
    {
        var given = (Json.Array(service, "spec", "externalIPs") ?? []).Select(ip => Json.Text(ip) ?? "");
        switch (Json.Text(service, "spec", "type"))
        {
            case "ExternalName":
                return Json.Text(service, "spec", "externalName");
            case "LoadBalancer":
                var all = LoadBalancer(service).Concat(given).ToList();
                return all.Count == 0 ? "<pending>" : string.Join(',', all);
            default:
                return string.Join(',', given);
        }
    }

    private static IEnumerable<string> LoadBalancer(JsonObject obj) =>
        BuiltinDefaults.Objects(Json.At(obj, "status", "loadBalancer", "ingress")).Select(i => Json.Text(i, "ip") ?? Json.Text(i, "hostname") ?? "");

    private static string Ports(JsonObject service) => string.Join(',', BuiltinDefaults.Objects(Json.At(service, "spec", "ports")).Select(port =>
        Json.Integer(port, "nodePort") is { } node and > 0
            ? $"{Json.Integer(port, "port")}:{node}/{Json.Text(port, "protocol")}"
            : $"{Json.Integer(port, "port")}/{Json.Text(port, "protocol")}"));

    private static string Hosts(JsonObject ingress)
    {
        var hosts = BuiltinDefaults.Objects(Json.At(ingress, "spec", "rules")).Select(r => Json.Text(r, "host") ?? "").Where(h => h.Length > 0).ToList();
        return hosts.Count switch
        {
            0 => "*",
            <= 3 => string.Join(',', hosts),
            _ => $"{string.Join(',', hosts.Take(3))} + {hosts.Count - 3} more...",
        };
    }
}

/// <summary>Columns of storage kinds.</summary>
internal static class VolumeColumns
{
    public static IReadOnlyList<TableCell> Claim { get; } =
    [
        Name, At("Status", "status", "phase"), Cell("Volume", "spec", "volumeName"), Cell("Capacity", "status", "capacity", "storage"),
        Modes("status"), Cell("StorageClass", "spec", "storageClassName"), Unset("VolumeAttributesClass", 0, "spec", "volumeAttributesClassName"), Age,
        Unset("VolumeMode", 1, "spec", "volumeMode"),
    ];

    public static IReadOnlyList<TableCell> Volume { get; } =
    [
        Name, Cell("Capacity", "spec", "capacity", "storage"), Modes("spec"), Cell("Reclaim Policy", "spec", "persistentVolumeReclaimPolicy"),
        At("Status", "status", "phase"),
        new(new TableColumn("Claim"), (obj, _) => Json.Object(obj, "spec", "claimRef") is { } claim
            ? $"{Json.Text(claim, "namespace")}/{Json.Text(claim, "name")}" : ""),
        Cell("StorageClass", "spec", "storageClassName"), Unset("VolumeAttributesClass", 0, "spec", "volumeAttributesClassName"),
        Cell("Reason", "status", "reason"), Age, Unset("VolumeMode", 1, "spec", "volumeMode"),
    ];

    public static IReadOnlyList<TableCell> Class { get; } =
    [
        Name, At("Provisioner", "provisioner"), At("ReclaimPolicy", "reclaimPolicy"), At("VolumeBindingMode", "volumeBindingMode"),
        new(new TableColumn("AllowVolumeExpansion", "boolean"), (obj, _) => Json.Boolean(obj, "allowVolumeExpansion") ?? false), Age,
    ];

    private static TableCell Cell(string name, params string[] path) => new(new TableColumn(name), (obj, _) => Json.Text(obj, path) ?? "");

    private static TableCell Unset(string name, int priority, params string[] path) =>
        new(new TableColumn(name, Priority: priority), (obj, _) => Json.Text(obj, path) ?? "<unset>");

    private static TableCell Modes(string parent) => new(new TableColumn("Access Modes"), (obj, _) =>
        string.Join(',', (Json.Array(obj, parent, "accessModes") ?? []).Select(mode => Json.Text(mode) switch
        {
            "ReadWriteOnce" => "RWO",
            "ReadOnlyMany" => "ROX",
            "ReadWriteMany" => "RWX",
            "ReadWriteOncePod" => "RWOP",
            var other => other,
        })));
}
