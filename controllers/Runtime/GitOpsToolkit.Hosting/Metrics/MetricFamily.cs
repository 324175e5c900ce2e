using System.Globalization;

namespace GitOpsToolkit.Hosting.Metrics;

/// <summary>How the values of a family add up.</summary>
internal enum MetricType
{
    /// <summary>A sum of increments.</summary>
    Counter,

    /// <summary>A sum that is read whole.</summary>
    ObservedCounter,

    /// <summary>A sum of changes, up and down.</summary>
    Gauge,

    /// <summary>A value that is read whole.</summary>
    ObservedGauge,

    /// <summary>Counts by bucket.</summary>
    Histogram,
}

/// <summary>One metric with its series by label set. Not safe for use by several threads: the collector locks.</summary>
internal sealed class MetricFamily(string name, string help, MetricType type, double[] buckets)
{
    private readonly SortedDictionary<string, Series> _series = new(StringComparer.Ordinal);

    public string Name => name;

    public string Help => help;

    public MetricType Type => type;

    public IReadOnlyList<double> Buckets => buckets;

    public IEnumerable<KeyValuePair<string, Series>> All => _series;

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = PrometheusText.Labels(tags);
        if (!_series.TryGetValue(labels, out var series))
        {
            series = new Series(type == MetricType.Histogram ? new long[buckets.Length] : []);
            _series.Add(labels, series);
        }

        switch (type)
        {
            case MetricType.ObservedCounter or MetricType.ObservedGauge:
                series.Value = value;
                break;
            case MetricType.Histogram:
                series.Observe(value, buckets);
                break;
            default:
                series.Value += value;
                break;
        }
    }

    /// <summary>The values of one label set.</summary>
    internal sealed class Series(long[] counts)
    {
        /// <summary>The value of a counter or gauge; the sum of a histogram.</summary>
        public double Value { get; set; }

        /// <summary>How many values a histogram has seen.</summary>
        public long Count { get; private set; }

        /// <summary>How many of them were in each bucket and none before.</summary>
        public IReadOnlyList<long> Counts => counts;

        public void Observe(double value, double[] bounds)
        {
            Value += value;
            Count++;
            for (var i = 0; i < bounds.Length; i++)
            {
                if (value <= bounds[i])
                {
                    counts[i]++;
                    break;
                }
            }
        }

        public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
    }
}
