namespace GitOpsToolkit.Hosting.Options;

/// <summary>How replicas agree on the one that works.</summary>
public sealed record LeaderElectionOptions
{
    /// <summary>The lease's namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>The lease's name, such as <c>source-controller-leader-election</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Who we are: unique among the replicas.</summary>
    public required string Identity { get; init; }

    /// <summary>How long others wait before they take a lease that is not renewed.</summary>
    /// <value>35 seconds</value>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(35);

    /// <summary>How long the holder keeps working without having been able to renew; shorter than the lease itself.</summary>
    /// <value>30 seconds</value>
    public TimeSpan RenewDeadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The wait between two tries to acquire or renew.</summary>
    /// <value>5 seconds</value>
    public TimeSpan RetryPeriod { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether the lease is given back at a clean stop, so that another replica starts at once.</summary>
    /// <value>true</value>
    public bool ReleaseOnCancel { get; init; } = true;

    /// <summary>Says what is wrong with the durations, or null.</summary>
    public string? Problem() => true switch
    {
        _ when RetryPeriod <= TimeSpan.Zero => $"the retry period {RetryPeriod} must be above zero",
        _ when RenewDeadline <= RetryPeriod => $"the renew deadline {RenewDeadline} must be longer than the retry period {RetryPeriod}",
        _ when LeaseDuration <= RenewDeadline => $"the lease duration {LeaseDuration} must be longer than the renew deadline {RenewDeadline}",
        _ => null,
    };
}
