namespace GitOpsToolkit.Controllers.ImageAutomation;

/// <summary>The flags of the image automation controller, with Flux's names and defaults.</summary>
public sealed record ImageAutomationOptions
{
    /// <summary>
    /// The folder of the Git mirrors and of the journal of pushes. A restart with the same folder remembers pushes that were under way.
    /// </summary>
    /// <value><c>/data</c></value>
    public string StoragePath { get; init; } = "/data";

    /// <summary><c>--concurrent</c>: objects that are reconciled at a time.</summary>
    /// <value>4</value>
    public int Concurrency { get; init; } = 4;

    /// <summary><c>--min-retry-delay</c>: the back-off after a first failure.</summary>
    /// <value>750 milliseconds</value>
    public TimeSpan MinRetryDelay { get; init; } = TimeSpan.FromMilliseconds(750);

    /// <summary><c>--max-retry-delay</c>: the longest back-off.</summary>
    /// <value>15 minutes</value>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary><c>--no-cross-namespace-refs</c>: refuse sources in other namespaces.</summary>
    /// <value>false</value>
    public bool NoCrossNamespaceRefs { get; init; }

    /// <summary>
    /// How often the edits are made anew on a branch that moved while they were being pushed, before the reconcile fails and backs off.
    /// </summary>
    /// <value>10</value>
    public int PushAttempts { get; init; } = 10;

    /// <summary>The longest pause before edits are made anew; the pause is random, so that rivals do not meet again.</summary>
    /// <value>300 milliseconds</value>
    public TimeSpan PushPause { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>How long a run that is under way at the stop may go on before it is cancelled.</summary>
    /// <value>10 seconds</value>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The only namespace to look at (<c>--watch-all-namespaces=false</c> takes RUNTIME_NAMESPACE).</summary>
    /// <value>null: all.</value>
    public string? WatchNamespace { get; init; }

    /// <summary><c>--watch-label-selector</c>: the only automations to look at; policies and sources are not restricted by it.</summary>
    /// <value>null: all.</value>
    public string? WatchLabelSelector { get; init; }

    /// <summary>Which of several instances this is, in events.</summary>
    /// <value>The host's name.</value>
    public string Instance { get; init; } = Environment.MachineName;
}
