namespace GitOpsToolkit.Kubernetes;

/// <summary>How a <see cref="KubeClient"/> behaves.</summary>
public sealed record KubeClientOptions
{
    /// <summary>The User-Agent header.</summary>
    /// <value><c>gitops-toolkit</c></value>
    public string UserAgent { get; init; } = "gitops-toolkit";

    /// <summary>The deadline of one request, its retries not counted; watches excepted.</summary>
    /// <value>30 seconds</value>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The largest answer that is read (one page of a list, one event of a watch), in bytes.</summary>
    /// <value>64 MiB</value>
    public int MaxResponseBytes { get; init; } = 64 << 20;

    /// <summary>
    /// How often a request is tried again after 429, or (where it can be repeated without harm) after a failed connection or 502, 503, 504.
    /// </summary>
    /// <value>3</value>
    public int Retries { get; init; } = 3;

    /// <summary>The wait before the first retry; it doubles with each. A Retry-After of the server takes precedence.</summary>
    /// <value>250 milliseconds</value>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The longest Retry-After that is waited for; a longer one gives the refusal to the caller at once.</summary>
    /// <value>10 seconds</value>
    public TimeSpan MaxRetryAfter { get; init; } = TimeSpan.FromSeconds(10);
}
