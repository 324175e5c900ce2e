using System.Text.Json.Nodes;
using GitOpsToolkit.Kustomize.Resources;

namespace GitOpsToolkit.Kustomize.Transformers;

/// <summary>Adds a prefix or a suffix to names (<c>namePrefix</c>, <c>nameSuffix</c>), and to other fields where configured.</summary>
/// <param name="affix">What is added.</param>
/// <param name="isSuffix">Whether it goes behind the name.</param>
/// <param name="fields">The fields.</param>
internal sealed class NameTransformer(string affix, bool isSuffix, IReadOnlyList<FieldSpec> fields) : ITransformer
{
    public void Transform(ResourceSet set)
    {
        foreach (var resource in set.Items)
        {
            var original = resource.OriginalId;
            if (KeepsItsName(original))
            {
                continue;
            }

            foreach (var field in fields)
            {
                if (field.Selects(original))
                {
                    Rename(resource, field);
                }
            }
        }

        set.IdsChanged();
    }

    private void Rename(Resource resource, FieldSpec field)
    {
        if (field.Path == "metadata/name")
        {
            if (isSuffix)
            {
                resource.AddSuffix(affix);
            }
            else
            {
                resource.AddPrefix(affix);
            }

            if (affix.Length > 0)
            {
                resource.StorePreviousId();
            }
        }

        FieldWalker.Apply(resource, field, () => "", value => value is JsonValue
            ? isSuffix ? JsonNodes.ScalarText(value) + affix : affix + JsonNodes.ScalarText(value)
            : throw resource.Fault("only a text can have a prefix or suffix", field.Path));
    }

    /// <summary>Kinds whose name is part of their meaning.</summary>
    private static bool KeepsItsName(ResourceId id) =>
        id.Kind is "CustomResourceDefinition" or "Namespace" || id is { Kind: "APIService", Group: "apiregistration.k8s.io" };
}
