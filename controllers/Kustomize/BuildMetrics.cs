using System.Diagnostics.Metrics;
using GitOpsToolkit.Kubernetes;

namespace GitOpsToolkit.Controllers.Kustomize;

/// <summary>What the kustomize-controller measures besides what every controller does.</summary>
internal static class BuildMetrics
{
    private static readonly Meter Meter = new("GitOpsToolkit");

    private static readonly Counter<long> Builds = Meter.CreateCounter<long>(
        "gotk_kustomization_builds_total", description: "Builds of Kustomizations; also those that failed.");

    private static readonly Counter<long> Spared = Meter.CreateCounter<long>(
        "gotk_kustomization_builds_spared_total", description: "Revisions that changed no input of a Kustomization, and took no build and no apply.");

    internal static void Built(ObjectKey key) => Count(Builds, key);

    internal static void WasSpared(ObjectKey key) => Count(Spared, key);

    private static void Count(Counter<long> counter, ObjectKey key) => counter.Add(
        1, KeyValuePair.Create<string, object?>("name", key.Name), KeyValuePair.Create<string, object?>("namespace", key.Namespace));
}
