using GitOpsToolkit.Controllers.ImageAutomation;
using GitOpsToolkit.Controllers.ImageReflector;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Reconciling.Loop;
using GitOpsToolkit.Reconciling.Queue;

namespace GitOpsToolkit.Manager.Flags;

/// <summary>The image controllers have no flags of their own, only shared ones.</summary>
internal static class ImageOptions
{
    public static ImageReflectorOptions Reflector(CommonOptions common, string storage) => new()
    {
        StoragePath = storage,
        NoCrossNamespaceRefs = common.NoCrossNamespaceRefs,
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
