using GitOpsToolkit.Kustomize.Resources;

namespace GitOpsToolkit.Kustomize.Transformers;

/// <summary>Changes the objects that were accumulated.</summary>
internal interface ITransformer
{
    /// <exception cref="BuildException">The objects, or the configuration, are at fault.</exception>
    void Transform(ResourceSet set);
}
