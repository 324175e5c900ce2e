using System.Text;

namespace GitOpsToolkit.Hosting.Metrics;

/// <summary>Prometheus' text exposition format 0.0.4.</summary>
internal sealed class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new();

    public void Add(MetricFamily family)
    {
        var type = family.Type switch
        {
            MetricType.Histogram => "histogram",
            MetricType.Counter or MetricType.ObservedCounter => "counter",
            _ => "gauge",
        };
        _text.Append("# HELP ").Append(family.Name).Append(' ').Append(EscapeHelp(family.Help)).Append('\n');
        _text.Append("# TYPE ").Append(family.Name).Append(' ').Append(type).Append('\n');
        foreach (var (labels, series) in family.All)
        {
            if (family.Type == MetricType.Histogram)
            {
                AddHistogram(family, labels, series);
            }
            else
            {
                Line(family.Name, labels, series.Value);
            }
        }
    }

    public override string ToString() => _text.ToString();

    /// <summary>Labels sorted by name, as they stand between the braces; empty without labels.</summary>
    public static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
        {
            return "";
        }

        var pairs = tags.ToArray();
        Array.Sort(pairs, static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        return string.Join(',', pairs.Select(pair => $"{pair.Key}=\"{EscapeLabel(pair.Value?.ToString() ?? "")}\""));
    }

    private void AddHistogram(MetricFamily family, string labels, MetricFamily.Series series)
    {
        var prefix = labels.Length == 0 ? "" : labels + ",";
        long cumulative = 0;
        for (var i = 0; i < family.Buckets.Count; i++)
        {
            cumulative += series.Counts[i];
            Line(family.Name + "_bucket", $"{prefix}le=\"{Number(family.Buckets[i])}\"", cumulative);
        }

        Line(family.Name + "_bucket", $"{prefix}le=\"+Inf\"", series.Count);
        Line(family.Name + "_sum", labels, series.Value);
        Line(family.Name + "_count", labels, series.Count);
    }

    private void Line(string name, string labels, double value)
    {
        _text.Append(name);
        if (labels.Length > 0)
        {
            _text.Append('{').Append(labels).Append('}');
        }

        _text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R"),
    };

    private static string EscapeLabel(string value) => value.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n");

    private static string EscapeHelp(string value) => value.Replace("\\", "\\\\").Replace("\n", "\\n");
}
