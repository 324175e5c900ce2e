using GitOpsToolkit.Reconciling.Queue;

namespace GitOpsToolkit.Reconciling.Loop;

/// <summary>How a <see cref="Controller"/> works.</summary>
public sealed record ControllerOptions
{
    /// <summary>How many objects are reconciled at a time.</summary>
    /// <value>4</value>
    public int Concurrency { get; init; } = 4;

    /// <summary>The back-off after failures.</summary>
    public WorkQueueOptions Retries { get; init; } = new();

    /// <summary>How long reconciles that run at the stop may go on before they are cancelled.</summary>
    /// <value>10 seconds</value>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long cancelled reconciles are waited for.</summary>
    /// <value>5 seconds</value>
    public TimeSpan AbandonTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
