namespace GitOpsToolkit.Reconciling;

/// <summary>Deadlines from what users write: an interval of a year is usual where somebody wants no polling, and is the timeout by default.</summary>
public static class Deadlines
{
    // Timers refuse more than 2^32 - 2 ms, 49 days. No operation of ours is worth waiting for so long, so none is cut short by it.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    /// <summary>A source that is cancelled after a time, or after seven days if that is sooner.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="timeout">The time; none is left where it is negative.</param>
    public static CancellationTokenSource StartDeadline(this TimeProvider time, TimeSpan timeout) =>
        new(timeout < TimeSpan.Zero ? TimeSpan.Zero : timeout < Longest ? timeout : Longest, time);
}
