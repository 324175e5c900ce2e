namespace GitOpsToolkit.Reconciling;

/// <summary>Spreads equal intervals, so that many objects do not come up together for ever.</summary>
/// <param name="random">The randomness; used under a lock.</param>
/// <param name="percentage">The largest deviation in per cent; 0 means none.</param>
internal sealed class Jitter(Random random, int percentage)
{
    /// <summary>An interval within the percentage of the given one.</summary>
    public TimeSpan Around(TimeSpan interval)
    {
        if (percentage <= 0 || interval <= TimeSpan.Zero)
        {
            return interval;
        }

        double unit;
        lock (random)
        {
            unit = random.NextDouble();
        }

        return interval * (1 + (((2 * unit) - 1) * percentage / 100));
    }
}
