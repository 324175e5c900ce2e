using GitOpsToolkit.Archives;

namespace GitOpsToolkit.Controllers.Source;

/// <summary>The flags of the source controller, with Flux's names and defaults.</summary>
public sealed record SourceControllerOptions
{
    /// <summary><c>--storage-path</c>: the folder of the artifacts. A restart with the same folder serves what is in it.</summary>
    /// <value><c>/data</c></value>
    public string StoragePath { get; init; } = "/data";

    /// <summary><c>--storage-addr</c>: where artifacts are served, e.g. <c>:9090</c> or <c>127.0.0.1:0</c>.</summary>
    /// <value><c>:9090</c></value>
    public string StorageAddress { get; init; } = ":9090";

    /// <summary><c>--storage-adv-addr</c>: host and port under which consumers reach the artifacts; an http:// or https:// in front is kept.</summary>
    /// <value>null: the host name with the port of <see cref="StorageAddress"/>.</value>
    public string? StorageAdvertisedAddress { get; init; }

    /// <summary>The folder of the Git mirrors; a cache that may be deleted while the controller is not running.</summary>
    /// <value>null: <c>.mirrors</c> in <see cref="StoragePath"/>, which is never served.</value>
    public string? MirrorPath { get; init; }

    /// <summary><c>--artifact-retention-ttl</c>: how long artifacts that are no longer current are kept.</summary>
    /// <value>1 minute</value>
    public TimeSpan ArtifactRetentionTtl { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary><c>--artifact-retention-records</c>: how many artifacts of one object are kept, the current one included.</summary>
    /// <value>2</value>
    public int ArtifactRetentionRecords { get; init; } = 2;

    /// <summary><c>--artifact-digest-algo</c>: <c>sha256</c>, <c>sha384</c> or <c>sha512</c>.</summary>
    /// <value><c>sha256</c></value>
    public string ArtifactDigestAlgorithm { get; init; } = "sha256";

    /// <summary>Caps on what one artifact may hold.</summary>
    /// <value>1 GiB in all, 256 MiB a file, 500 000 entries.</value>
    public ArchiveLimits ArtifactLimits { get; init; } = ArchiveLimits.Default;

    /// <summary><c>--concurrent</c>: objects of a kind that are reconciled at a time.</summary>
    /// <value>2</value>
    public int Concurrency { get; init; } = 2;

    /// <summary><c>--interval-jitter-percentage</c>: how many per cent an interval may be longer or shorter.</summary>
    /// <value>5</value>
    public int IntervalJitterPercentage { get; init; } = 5;

    /// <summary><c>--min-retry-delay</c>: the back-off after a first failure.</summary>
    /// <value>750 milliseconds</value>
    public TimeSpan MinRetryDelay { get; init; } = TimeSpan.FromMilliseconds(750);

    /// <summary><c>--max-retry-delay</c>: the longest back-off.</summary>
    /// <value>15 minutes</value>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>The only namespace to look at (<c>--watch-all-namespaces=false</c> takes RUNTIME_NAMESPACE).</summary>
    /// <value>null: all.</value>
    public string? WatchNamespace { get; init; }

    /// <summary><c>--watch-label-selector</c>: the only objects to look at.</summary>
    /// <value>null: all.</value>
    public string? WatchLabelSelector { get; init; }

    /// <summary>Which of several instances this is, in events.</summary>
    /// <value>The host's name.</value>
    public string Instance { get; init; } = Environment.MachineName;
}
