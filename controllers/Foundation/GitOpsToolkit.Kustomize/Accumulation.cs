using GitOpsToolkit.Kustomize.Configuration;
using GitOpsToolkit.Kustomize.Resources;
using GitOpsToolkit.Kustomize.Variables;

namespace GitOpsToolkit.Kustomize;

/// <summary>What a kustomization and everything below it gave so far: objects, the configuration of fields, variables.</summary>
internal sealed class Accumulation
{
    internal ResourceSet Set { get; } = new();

    internal TransformerConfig Config { get; private set; } = TransformerConfig.Empty;

    internal VariableSet Variables { get; } = new();

    internal void MergeConfig(TransformerConfig config) => Config = Config.Merge(config);

    /// <exception cref="BuildException">An object or a variable is there already.</exception>
    internal void MergeAll(Accumulation other)
    {
        Set.AddAll(other.Set);
        MergeConfig(other.Config);
        Variables.AddAll(other.Variables);
    }
}
