using System.Diagnostics.Metrics;

namespace GitOpsToolkit.Controllers.ImageReflector;

/// <summary>What the image-reflector-controller measures besides what every controller does.</summary>
internal static class ReflectorMetrics
{
    private static readonly Meter Meter = new("GitOpsToolkit");

    private static readonly Histogram<double> Duration = Meter.CreateHistogram(
        "gotk_image_scan_duration_seconds",
        unit: null,
        "How long the listing of a repository's tags took; objects that share a listing count once.",
        tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] });

    private static readonly Counter<long> Tags = Meter.CreateCounter<long>(
        "gotk_image_scan_tags_total", description: "Tags that registries listed.");

    private static readonly Counter<long> Failures = Meter.CreateCounter<long>(
        "gotk_image_scan_failures_total", description: "Listings that failed, by the class of the failure.");

    private static readonly Counter<long> Shared = Meter.CreateCounter<long>(
        "gotk_image_scan_shared_total", description: "Scans that were served by the listing of another object.");

    private static readonly Counter<long> Held = Meter.CreateCounter<long>(
        "gotk_image_scan_held_total", description: "Listings that were held because they had less than half of the tags before.");

    private static readonly Counter<long> Lost = Meter.CreateCounter<long>(
        "gotk_image_store_lost_total", description: "Stored tag sets that were found damaged.");

    /// <summary>A listing was had.</summary>
    internal static void Listed(TimeSpan took, int tags)
    {
        Duration.Record(took.TotalSeconds, Pair("result", "success"));
        Tags.Add(tags);
    }

    /// <summary>A listing failed; one that the host's budget did not allow has the class RateLimited.</summary>
    internal static void Failed(TimeSpan took, string fault)
    {
        Duration.Record(took.TotalSeconds, Pair("result", "failure"));
        Failures.Add(1, Pair("fault", fault));
    }

    internal static void SharedListing() => Shared.Add(1);

    internal static void HeldListing() => Held.Add(1);

    internal static void LostSet() => Lost.Add(1);

    private static KeyValuePair<string, object?> Pair(string name, string value) => new(name, value);
}
