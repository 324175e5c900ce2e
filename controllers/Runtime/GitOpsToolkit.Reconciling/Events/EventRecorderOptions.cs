namespace GitOpsToolkit.Reconciling.Events;

/// <summary>How an <see cref="EventRecorder"/> sends.</summary>
public sealed record EventRecorderOptions
{
    /// <summary>The name of the controller that reports, such as <c>source-controller</c>.</summary>
    public required string Controller { get; init; }

    /// <summary>Which of several instances reports: the host's or the pod's name.</summary>
    public required string Instance { get; init; }

    /// <summary>Events that wait to be sent; more are dropped.</summary>
    /// <value>1000</value>
    public int QueueSize { get; init; } = 1000;

    /// <summary>How many events about one object go out at once.</summary>
    /// <value>25</value>
    public int Burst { get; init; } = 25;

    /// <summary>After a burst, one event about the object in this time.</summary>
    /// <value>10 seconds</value>
    public TimeSpan RefillInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// An event that says what the last one about its object said is only counted for this long; then the count is brought up to date on the server.
    /// </summary>
    /// <value>10 minutes</value>
    public TimeSpan RepeatInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long an event on the server may be counted up; after that a new one is made, since servers forget events after an hour.</summary>
    /// <value>50 minutes</value>
    public TimeSpan AggregateFor { get; init; } = TimeSpan.FromMinutes(50);

    /// <summary>How long the rest may be sent at the stop.</summary>
    /// <value>5 seconds</value>
    public TimeSpan FlushTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
