using System.Diagnostics.Metrics;

namespace GitOpsToolkit.Hosting.Metrics;

/// <summary>
/// Collects what the toolkit's meter measures, in the shape that Prometheus reads. Names are kept exactly as the instruments
/// say (<c>gotk_reconcile_duration_seconds</c>), which is what existing dashboards ask for.
/// </summary>
public sealed class MetricsCollector : IDisposable
{
    /// <summary>The meter that all of the toolkit's instruments belong to.</summary>
    public const string MeterName = "GitOpsToolkit";

    private static readonly double[] DefaultBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly MeterListener _listener = new();
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);

    /// <summary>Starts to collect.</summary>
    public MetricsCollector()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == MeterName)
            {
                listener.EnableMeasurementEvents(instrument, Family(instrument));
            }
        };
        _listener.SetMeasurementEventCallback<int>((_, value, tags, state) => Record(state, value, tags));
        _listener.SetMeasurementEventCallback<long>((_, value, tags, state) => Record(state, value, tags));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, state) => Record(state, value, tags));
        _listener.Start();
    }

    /// <summary>Reads the observable instruments and writes everything in Prometheus' text format, version 0.0.4.</summary>
    public string Collect()
    {
        _listener.RecordObservableInstruments();
        lock (_gate)
        {
            var text = new PrometheusText();
            foreach (var family in _families.Values)
            {
                text.Add(family);
            }

            return text.ToString();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private MetricFamily Family(Instrument instrument)
    {
        lock (_gate)
        {
            if (!_families.TryGetValue(instrument.Name, out var family))
            {
                family = new MetricFamily(instrument.Name, instrument.Description ?? "", TypeOf(instrument), Buckets(instrument));
                _families.Add(instrument.Name, family);
            }

            return family;
        }
    }

    private void Record(object? state, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_gate)
        {
            ((MetricFamily)state!).Record(value, tags);
        }
    }

    private static MetricType TypeOf(Instrument instrument)
    {
        var type = instrument.GetType();
        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        return definition switch
        {
            _ when definition == typeof(Counter<>) => MetricType.Counter,
            _ when definition == typeof(ObservableCounter<>) => MetricType.ObservedCounter,
            _ when definition == typeof(Histogram<>) => MetricType.Histogram,
            _ when definition == typeof(UpDownCounter<>) => MetricType.Gauge,
            _ => MetricType.ObservedGauge,
        };
    }

    private static double[] Buckets(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds],
        Histogram<long> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds.Select(bound => (double)bound)],
        _ => DefaultBuckets,
    };
}
