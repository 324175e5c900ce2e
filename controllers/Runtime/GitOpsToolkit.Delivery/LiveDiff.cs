using System.Text;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.Delivery;

/// <summary>Compares an object with what a dry-run apply would make of it.</summary>
internal static class LiveDiff
{
    private static readonly string[] RemovedAnnotations =
        ["kubectl.kubernetes.io/last-applied-configuration", "kustomize.toolkit.fluxcd.io/checksum", "fluxcd.io/sync-checksum"];

    private static readonly string[] RemovedLabels = ["fluxcd.io/sync-gc-mark"];

    /// <summary>Whether labels, annotations or anything outside metadata and status differ.</summary>
    internal static bool Differs(JsonObject live, JsonObject wanted)
    {
        var (a, b) = (live.Map("metadata"), wanted.Map("metadata"));
        return !SameMap(a.Map("labels"), b.Map("labels"))
            || !SameMap(a.Map("annotations"), b.Map("annotations"))
            || live.Select(field => field.Key).Union(wanted.Select(field => field.Key), StringComparer.Ordinal)
                .Any(field => field is not ("metadata" or "status") && !JsonNode.DeepEquals(live[field], wanted[field]));
    }

    /// <summary>The JSON patch that takes kubectl's marks and other managers' fields off an object, or null when there are none.</summary>
    internal static JsonArray? Cleanup(JsonObject live, string manager, IReadOnlyCollection<string> overridden)
    {
        var patch = new JsonArray();
        Remove(patch, live, "annotations", RemovedAnnotations);
        Remove(patch, live, "labels", RemovedLabels);
        if (ManagedFields.TakeOver(live, manager, overridden) is { } entries)
        {
            patch.Add((JsonNode)new JsonObject { ["op"] = "replace", ["path"] = "/metadata/managedFields", ["value"] = entries });
        }

        if (patch.Count == 0)
        {
            return null;
        }

        // The list is replaced whole: that is only right for the state it was read from.
        patch.Insert(0, new JsonObject
        {
            ["op"] = "test",
            ["path"] = "/metadata/resourceVersion",
            ["value"] = live.Map("metadata")?.Text("resourceVersion"),
        });
        return patch;
    }

    /// <summary>A webhook's certificate bundle that is no certificate, such as a placeholder, would be refused.</summary>
    internal static void DropInvalidBundle(JsonObject definition)
    {
        var client = definition.Map("spec").Map("conversion").Map("webhook").Map("clientConfig");
        if (client is not null && client.ContainsKey("caBundle") && !IsCertificate(client.Text("caBundle")))
        {
            client.Remove("caBundle");
        }
    }

    private static bool IsCertificate(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var length)
            && Encoding.ASCII.GetString(bytes, 0, length).Contains("-----BEGIN CERTIFICATE-----", StringComparison.Ordinal);
    }

    private static void Remove(JsonArray patch, JsonObject live, string map, string[] keys)
    {
        foreach (var key in keys.Where(key => live.Map("metadata").Map(map)?.ContainsKey(key) == true))
        {
            patch.Add((JsonNode)new JsonObject { ["op"] = "remove", ["path"] = $"/metadata/{map}/{key.Replace("/", "~1", StringComparison.Ordinal)}" });
        }
    }

    private static bool SameMap(JsonObject? left, JsonObject? right) => JsonNode.DeepEquals(left ?? [], right ?? []);
}
