using GitOpsToolkit.Kustomize.Resources;

namespace GitOpsToolkit.Kustomize.Transformers;

/// <summary>The <c>namePrefix</c> and <c>nameSuffix</c> fields.</summary>
internal static class NameTransformer
{
    internal static void Prefix(ResourceSet set, string prefix) =>
        Rename(set, name => prefix + name, resource => resource.AddPrefix(prefix));

    internal static void Suffix(ResourceSet set, string suffix) =>
        Rename(set, name => name + suffix, resource => resource.AddSuffix(suffix));

    private static void Rename(ResourceSet set, Func<string, string> rename, Action<Resource> record)
    {
        foreach (var resource in set.Items)
        {
            if (KeepsItsName(resource.OriginalId))
            {
                continue;
            }

            record(resource);
            resource.StorePreviousId();
            resource.SetMetadata("name", rename(resource.Name));
        }

        set.IdsChanged();
    }

    /// <summary>Kinds whose name is part of their meaning.</summary>
    private static bool KeepsItsName(ResourceId id) =>
        id.Kind is "CustomResourceDefinition" or "Namespace" || id is { Kind: "APIService", Group: "apiregistration.k8s.io" };
}
