using GitOpsToolkit.Controllers.ImageAutomation;
using GitOpsToolkit.Controllers.ImageReflector;
using GitOpsToolkit.Controllers.Kustomize;
using GitOpsToolkit.Controllers.Source;
using GitOpsToolkit.Manager;
using GitOpsToolkit.Manager.Flags;

namespace GitOpsToolkit.Sandbox;

/// <summary>The controllers' settings inside a sandbox: Flux's defaults, on loopback, in the state directory.</summary>
internal static class SandboxControllers
{
    public static ToolkitOptions Options(IReadOnlyList<string> controllers, string folder, int artifactPort) => new()
    {
        Common = new CommonOptions { Controllers = controllers },
        Source = new SourceControllerOptions
        {
            StoragePath = Path.Combine(folder, ControllerNames.Source),
            StorageAddress = $"127.0.0.1:{artifactPort}",
            StorageAdvertisedAddress = $"127.0.0.1:{artifactPort}",
        },
        Kustomize = new KustomizeOptions { CacheDirectory = Path.Combine(folder, ControllerNames.Kustomize) },
        ImageReflector = new ImageReflectorOptions { StoragePath = Path.Combine(folder, ControllerNames.ImageReflector) },
        ImageAutomation = new ImageAutomationOptions { StoragePath = Path.Combine(folder, ControllerNames.ImageAutomation) },
    };
}
