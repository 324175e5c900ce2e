namespace GitOpsToolkit.Reconciling.Queue;

/// <summary>How a <see cref="WorkQueue{TKey}"/> delays.</summary>
public sealed record WorkQueueOptions
{
    /// <summary>The back-off after a key's first failure; it doubles with each.</summary>
    /// <value>750 milliseconds</value>
    public TimeSpan MinRetryDelay { get; init; } = TimeSpan.FromMilliseconds(750);

    /// <summary>The longest back-off.</summary>
    /// <value>15 minutes</value>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromMinutes(15);
}
