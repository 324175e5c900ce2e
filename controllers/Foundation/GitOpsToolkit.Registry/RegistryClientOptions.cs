namespace GitOpsToolkit.Registry;

/// <summary>Limits and times of the registry client.</summary>
public sealed record RegistryClientOptions
{
    /// <summary>What the client calls itself.</summary>
    public string UserAgent { get; init; } = "gitops-toolkit";

    /// <summary>How long one attempt may take until its headers are there.</summary>
    /// <value>15 s.</value>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How often a request is tried again after a connection failure or a 5xx answer.</summary>
    /// <value>2.</value>
    public int Retries { get; init; } = 2;

    /// <summary>The first pause before trying again; it grows exponentially.</summary>
    /// <value>200 ms.</value>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How many tags to ask for in a page.</summary>
    /// <value>1000.</value>
    public int PageSize { get; init; } = 1000;

    /// <summary>The most pages of one listing.</summary>
    /// <value>10 000.</value>
    public int MaxPages { get; init; } = 10_000;

    /// <summary>The most bytes of one listing, all pages together.</summary>
    /// <value>32 MiB: a million tags or some.</value>
    public long MaxListBytes { get; init; } = 32L << 20;

    /// <summary>The largest manifest, in bytes.</summary>
    /// <value>4 MiB.</value>
    public int MaxManifestBytes { get; init; } = 4 << 20;

    /// <summary>The largest blob that is read into memory, in bytes.</summary>
    /// <value>4 MiB.</value>
    public int MaxBlobBytes { get; init; } = 4 << 20;

    /// <summary>The most pages of one list of referrers.</summary>
    /// <value>32.</value>
    public int MaxReferrerPages { get; init; } = 32;

    /// <summary>How long to leave a host alone after a 429 without Retry-After.</summary>
    /// <value>30 s.</value>
    public TimeSpan DefaultRetryAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest Retry-After that is believed.</summary>
    /// <value>1 h.</value>
    public TimeSpan MaxRetryAfter { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How many calls to one host may run at a time, whoever asks; a listing of many pages is one call.</summary>
    /// <value>8.</value>
    public int MaxRequestsPerHost { get; init; } = 8;

    /// <summary>How many requests one host gets in a second in the long run, whoever asks. A host on this machine has no such limit.</summary>
    /// <value>50.</value>
    public double RequestsPerSecond { get; init; } = 50;

    /// <summary>How many requests beyond that rate may go out at once after a quiet time.</summary>
    /// <value>100.</value>
    public int RequestBurst { get; init; } = 100;
}
