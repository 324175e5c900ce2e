using System.Diagnostics.Metrics;

namespace GitOpsToolkit.Reconciling;

/// <summary>The meter of the toolkit and the shapes of its histograms.</summary>
internal static class ToolkitMeter
{
    public static readonly Meter Meter = new("GitOpsToolkit");

    /// <summary>Ten exponential steps from 10 ms to half an hour.</summary>
    public static readonly double[] ReconcileBuckets = Exponential(0.01, 1800, 10);

    /// <summary>Ten steps from 10 ns by factors of ten, as client-go has them.</summary>
    public static readonly double[] QueueBuckets = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10];

    public static Histogram<double> Histogram(string name, string description, double[] buckets) => Meter.CreateHistogram(
        name, unit: null, description, tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = buckets });

    private static double[] Exponential(double first, double last, int count)
    {
        var factor = Math.Pow(last / first, 1.0 / (count - 1));
        return [.. Enumerable.Range(0, count).Select(i => i == count - 1 ? last : first * Math.Pow(factor, i))];
    }
}
