using GitOpsToolkit.Kustomize.Resources;
using GitOpsToolkit.Kustomize.Transformers;

namespace GitOpsToolkit.Kustomize.Plugins;

/// <summary>Several transformers that one configuration makes.</summary>
internal sealed class TransformerChain(IReadOnlyList<ITransformer> transformers) : ITransformer
{
    public void Transform(ResourceSet set)
    {
        foreach (var transformer in transformers)
        {
            transformer.Transform(set);
        }
    }
}
