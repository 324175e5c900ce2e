using System.CommandLine;
using GitOpsToolkit.Controllers.ImageAutomation;
using GitOpsToolkit.Controllers.ImageReflector;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Reconciling.Loop;
using GitOpsToolkit.Reconciling.Queue;

namespace GitOpsToolkit.Manager.Flags;

/// <summary>The flags of the image controllers; nearly all are shared ones.</summary>
internal sealed class ImageFlags
{
    private readonly Flag<TimeSpan> _scanStartSpread;

    public ImageFlags(FlagSet flags) => _scanStartSpread = flags.Duration(
        "--scan-start-spread", new ImageReflectorOptions().ScanStartSpread, "over how long the scans of images that are due at the start are spread");

    public ImageReflectorOptions Reflector(ParseResult parsed, CommonOptions common, string storage, string defaultAccount) => new()
    {
        ObjectLevelWorkloadIdentity = common.FeatureGates.IsEnabled("ObjectLevelWorkloadIdentity"),
        DefaultServiceAccount = defaultAccount,
        ScanStartSpread = _scanStartSpread.In(parsed),
        StoragePath = storage,
        NoCrossNamespaceRefs = common.NoCrossNamespaceRefs,
        FluxCompatible = common.FluxCompatible,
        RequeueDependency = common.RequeueDependency,
        Loop = new ControllerOptions
        {
            Concurrency = common.Concurrent ?? new ControllerOptions().Concurrency,
            Retries = new WorkQueueOptions { MinRetryDelay = common.MinRetryDelay, MaxRetryDelay = common.MaxRetryDelay },
        },
        Watch = new WatchCacheOptions { Namespace = common.WatchNamespace, LabelSelector = common.WatchLabelSelector },
    };

    public static ImageAutomationOptions Automation(CommonOptions common, string storage) => new()
    {
        StoragePath = storage,
        Concurrency = common.Concurrent ?? new ImageAutomationOptions().Concurrency,
        MinRetryDelay = common.MinRetryDelay,
        MaxRetryDelay = common.MaxRetryDelay,
        NoCrossNamespaceRefs = common.NoCrossNamespaceRefs,
        WatchNamespace = common.WatchNamespace,
        WatchLabelSelector = common.WatchLabelSelector,
    };
}
