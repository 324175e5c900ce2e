using System.Text.Json.Nodes;
using GitOpsToolkit.Api.Meta;

namespace GitOpsToolkit.Delivery;

/// <summary>The labels and annotations by which objects steer how they are delivered. Values compare without regard to case.</summary>
internal static class ObjectMarks
{
    internal static bool IsIgnored(JsonObject? body) =>
        Has(body, WellKnown.ReconcileAnnotation, "Disabled") || Has(body, WellKnown.SsaAnnotation, "Ignore");

    internal static bool IsOnlyCreated(JsonObject body) => Has(body, WellKnown.SsaAnnotation, "IfNotPresent");

    internal static bool IsMerged(JsonObject? body) => Has(body, WellKnown.SsaAnnotation, "Merge");

    internal static bool IsForced(JsonObject? body) => Has(body, WellKnown.ForceAnnotation, "Enabled");

    internal static bool IsKept(JsonObject body) => Has(body, WellKnown.PruneAnnotation, "Disabled") || IsIgnored(body);

    internal static bool IsOwned(JsonObject body, OwnerLabels owner) =>
        body.Label(WellKnown.KustomizationNameLabel) == owner.Name && body.Label(WellKnown.KustomizationNamespaceLabel) == owner.Namespace;

    private static bool Has(JsonObject? body, string key, string value)
    {
        var metadata = body.Map("metadata");
        return string.Equals(metadata.Map("labels")?.Text(key), value, StringComparison.OrdinalIgnoreCase)
            || string.Equals(metadata.Map("annotations")?.Text(key), value, StringComparison.OrdinalIgnoreCase);
    }
}

/// <summary>The Kustomization that owns objects, as their labels name it.</summary>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
public sealed record OwnerLabels(string Namespace, string Name)
{
    /// <summary>Puts the labels on a manifest.</summary>
    public void Stamp(JsonObject body)
    {
        ArgumentNullException.ThrowIfNull(body);
        var metadata = Ensure(body, "metadata");
        var labels = Ensure(metadata, "labels");
        labels[WellKnown.KustomizationNameLabel] = Name;
        labels[WellKnown.KustomizationNamespaceLabel] = Namespace;
    }

    private static JsonObject Ensure(JsonObject node, string field)
    {
        if (node[field] is JsonObject existing)
        {
            return existing;
        }

        var created = new JsonObject();
        node[field] = created;
        return created;
    }
}
