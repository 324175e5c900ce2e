namespace GitOpsToolkit.PullRequests;

/// <summary>Deadlines, caps and retries of requests to hosts.</summary>
public sealed record PullRequestOptions
{
    /// <summary>The deadline of one attempt, the reading of its answer included.</summary>
    /// <value>15 seconds</value>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How often a request that changes nothing is tried again where the connection or the server failed.</summary>
    /// <value>2</value>
    public int Retries { get; init; } = 2;

    /// <summary>The pause before the first retry; later ones are longer.</summary>
    /// <value>500 milliseconds</value>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest Retry-After that is waited for in place; a longer one ends the call, which is to be made again by then.</summary>
    /// <value>3 seconds</value>
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>When to come back after a 429 that does not say.</summary>
    /// <value>1 minute</value>
    public TimeSpan DefaultRetryAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The latest time to come back, whatever the host says.</summary>
    /// <value>1 hour</value>
    public TimeSpan MaxRetryAfter { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The largest answer that is read, in bytes.</summary>
    /// <value>16 MiB</value>
    public int MaxAnswer { get; init; } = 16 << 20;

    /// <summary>The most pages of one list.</summary>
    /// <value>40</value>
    public int MaxPages { get; init; } = 40;

    /// <summary>The User-Agent header, which GitHub insists on.</summary>
    /// <value>gitops-toolkit</value>
    public string UserAgent { get; init; } = "gitops-toolkit";
}
