using System.CommandLine;
using GitOpsToolkit.Controllers.Source;

namespace GitOpsToolkit.Manager.Flags;

/// <summary>The flags of the source controller. Source of names and defaults: Flux's source-controller.</summary>
internal sealed class SourceFlags
{
    private readonly Flag<string> _storageAddress;
    private readonly Flag<string> _advertised;
    private readonly Flag<TimeSpan> _retentionTtl;
    private readonly Flag<int> _retentionRecords;
    private readonly Flag<string> _digest;

    public SourceFlags(FlagSet flags)
    {
        var defaults = new SourceControllerOptions();
        _storageAddress = flags.Text("--storage-addr", "STORAGE_ADDR", defaults.StorageAddress, "the address artifacts are served on");
        _advertised = flags.Text("--storage-adv-addr", "STORAGE_ADV_ADDR", "", "host and port under which consumers reach the artifacts (default: the host's name)");
        _retentionTtl = flags.Duration("--artifact-retention-ttl", defaults.ArtifactRetentionTtl, "how long artifacts that are no longer current are kept");
        _retentionRecords = flags.Number("--artifact-retention-records", defaults.ArtifactRetentionRecords, "how many artifacts of an object are kept");
        _digest = flags.Text("--artifact-digest-algo", defaults.ArtifactDigestAlgorithm, "sha256, sha384 or sha512");
    }

    public SourceControllerOptions Bind(ParseResult parsed, CommonOptions common, string storage) => new()
    {
        StoragePath = storage,
        StorageAddress = _storageAddress.In(parsed),
        StorageAdvertisedAddress = _advertised.In(parsed) is { Length: > 0 } address ? address : null,
        ArtifactRetentionTtl = _retentionTtl.In(parsed),
        ArtifactRetentionRecords = _retentionRecords.In(parsed),
        ArtifactDigestAlgorithm = _digest.In(parsed),
        Concurrency = common.Concurrent ?? new SourceControllerOptions().Concurrency,
        IntervalJitterPercentage = common.IntervalJitterPercentage,
        MinRetryDelay = common.MinRetryDelay,
        MaxRetryDelay = common.MaxRetryDelay,
        WatchNamespace = common.WatchNamespace,
        WatchLabelSelector = common.WatchLabelSelector,
    };
}
