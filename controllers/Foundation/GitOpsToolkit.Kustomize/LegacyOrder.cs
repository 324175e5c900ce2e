using GitOpsToolkit.Kustomize.Configuration;
using GitOpsToolkit.Kustomize.Loader;
using GitOpsToolkit.Kustomize.Resources;

namespace GitOpsToolkit.Kustomize;

/// <summary>The order <c>legacy</c> of <c>sortOptions</c>: by kind, then by group, version, namespace and name.</summary>
internal static class LegacyOrder
{
    /// <summary>Sorts the objects, if <paramref name="options"/> asks for it.</summary>
    internal static void Apply(ResourceSet set, SortOptions? options)
    {
        if (options is not { IsLegacy: true })
        {
            return;
        }

        var ranks = KindOrder.RanksOf(options.First ?? KindOrder.First, options.Last ?? KindOrder.Last);
        set.Reorder(set.Items
            .Select(resource => new Entry(resource, resource.Id, ranks.GetValueOrDefault(resource.Kind)))
            .Order(Comparer<Entry>.Create(Compare))
            .Select(entry => entry.Resource));
    }

    private readonly record struct Entry(Resource Resource, ResourceId Id, int Rank);

    private static int Compare(Entry a, Entry b)
    {
        if (a.Rank != b.Rank)
        {
            return a.Rank.CompareTo(b.Rank);
        }

        var types = string.CompareOrdinal(TypeText(a.Id), TypeText(b.Id));
        if (types == 0)
        {
            return string.CompareOrdinal(NameText(a.Id), NameText(b.Id));
        }

        // Namespaces of the core group come before those of other groups.
        var reversed = a.Id.Kind == "Namespace" && b.Id.Kind == "Namespace" && (a.Id.Group.Length == 0 || b.Id.Group.Length == 0);
        return reversed ? -types : types;
    }

    private static string TypeText(ResourceId id) => KindOrder.SortText(id.Group, id.Version, id.Kind);

    private static string NameText(ResourceId id) =>
        $"{(id.Namespace.Length == 0 ? "~X" : id.Namespace)}|{(id.Name.Length == 0 ? "~N" : id.Name)}";
}
