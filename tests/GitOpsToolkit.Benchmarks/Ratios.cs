namespace GitOpsToolkit.Benchmarks;

/// <summary>Times of alternating runs of a peer and of ours, and the median of the ratios pair by pair.</summary>
internal sealed class Ratios
{
    private readonly List<(double Peer, double Ours)> _pairs = [];

    public void Add(TimeSpan peer, TimeSpan ours) => _pairs.Add((peer.TotalMilliseconds, ours.TotalMilliseconds));

    public double Peer => Median(_pairs.Select(pair => pair.Peer));

    public double Ours => Median(_pairs.Select(pair => pair.Ours));

    public double Ratio => Median(All);

    public double Lowest => All.Min();

    public double Highest => All.Max();

    private IEnumerable<double> All => _pairs.Select(pair => pair.Peer / pair.Ours);

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
