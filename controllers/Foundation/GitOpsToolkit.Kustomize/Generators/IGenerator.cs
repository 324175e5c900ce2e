using GitOpsToolkit.Kustomize.Resources;

namespace GitOpsToolkit.Kustomize.Generators;

/// <summary>Makes objects.</summary>
internal interface IGenerator
{
    /// <exception cref="BuildException">The configuration is at fault.</exception>
    IEnumerable<Resource> Generate();
}
