namespace GitOpsToolkit.Benchmarks;

/// <summary>Some measurements of one thing.</summary>
internal sealed class Sample
{
    private readonly List<double> _values = [];

    public IReadOnlyList<double> Values => _values;

    public void Add(double value) => _values.Add(value);

    public double Median
    {
        get
        {
            var sorted = _values.Order().ToList();
            return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
        }
    }

    /// <summary>"median (min-max)".</summary>
    public string Text(string format = "0") => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{Median.ToString(format)} ({_values.Min().ToString(format)}-{_values.Max().ToString(format)})");
}
