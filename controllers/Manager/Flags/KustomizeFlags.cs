using System.CommandLine;
using GitOpsToolkit.Controllers.Kustomize;
using GitOpsToolkit.Reconciling.Queue;

namespace GitOpsToolkit.Manager.Flags;

/// <summary>The flags of the kustomize controller. Source of names and defaults: Flux's kustomize-controller.</summary>
internal sealed class KustomizeFlags
{
    private readonly Flag<int> _concurrentSsa;
    private readonly Flag<int> _httpRetry;
    private readonly Flag<string> _defaultAccount;
    private readonly Flag<IReadOnlyList<string>> _overrideManagers;
    private readonly Flag<string> _stageKinds;

    public KustomizeFlags(FlagSet flags)
    {
        var defaults = new KustomizeOptions();
        _concurrentSsa = flags.Number("--concurrent-ssa", defaults.ConcurrentSsa, "how many objects of a Kustomization are compared and applied at a time");
        _httpRetry = flags.Number("--http-retry", defaults.HttpRetry, "how often the download of an artifact is tried again");
        _defaultAccount = flags.Text("--default-service-account", "", "the service account to impersonate, or to log in to a cloud as, where an object names none");
        _overrideManagers = flags.Many("--override-manager", "a field manager whose changes are undone; may be repeated");
        _stageKinds = flags.Text("--custom-apply-stage-kinds", "", "comma-separated group/Kind that are applied in a stage of their own");
    }

    public KustomizeOptions Bind(ParseResult parsed, CommonOptions common) => new()
    {
        Concurrent = common.Concurrent ?? new KustomizeOptions().Concurrent,
        ConcurrentSsa = _concurrentSsa.In(parsed),
        HttpRetry = _httpRetry.In(parsed),
        RequeueDependency = common.RequeueDependency,
        IntervalJitterPercentage = common.IntervalJitterPercentage,
        NoCrossNamespaceRefs = common.NoCrossNamespaceRefs,
        DefaultServiceAccount = _defaultAccount.In(parsed),
        OverrideManagers = _overrideManagers.In(parsed),
        CustomApplyStageKinds = _stageKinds.In(parsed)
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToHashSet(StringComparer.Ordinal),
        WatchLabelSelector = common.WatchLabelSelector,
        WatchNamespace = common.WatchNamespace,
        Retries = new WorkQueueOptions { MinRetryDelay = common.MinRetryDelay, MaxRetryDelay = common.MaxRetryDelay },
        ExternalArtifact = common.FeatureGates.IsEnabled("ExternalArtifact"),
        SourceHost = Environment.GetEnvironmentVariable("SOURCE_CONTROLLER_LOCALHOST") ?? "",
    };
}
