using GitOpsToolkit.Controllers.ImageAutomation;
using GitOpsToolkit.Controllers.ImageReflector;
using GitOpsToolkit.Controllers.Kustomize;
using GitOpsToolkit.Controllers.Source;
using GitOpsToolkit.Manager.Flags;

namespace GitOpsToolkit.Manager;

/// <summary>Everything the process was told: what all controllers share, and each one's own.</summary>
public sealed record ToolkitOptions
{
    /// <summary>What all controllers share.</summary>
    public required CommonOptions Common { get; init; }

    /// <summary>The source controller's flags.</summary>
    public required SourceControllerOptions Source { get; init; }

    /// <summary>The kustomize controller's flags.</summary>
    public required KustomizeOptions Kustomize { get; init; }

    /// <summary>The image-reflector controller's flags.</summary>
    public required ImageReflectorOptions ImageReflector { get; init; }

    /// <summary>The image-automation controller's flags.</summary>
    public required ImageAutomationOptions ImageAutomation { get; init; }

    /// <summary>Flags that were given and mean nothing here, each with the reason.</summary>
    public IReadOnlyList<string> WithoutEffect { get; init; } = [];
}
