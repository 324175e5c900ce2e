using System.Collections.Frozen;
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
        set.Reorder(set.Items.Select(resource => new Entry(resource, ranks)).Order().Select(entry => entry.Resource));
    }

    private sealed class Entry(Resource resource, FrozenDictionary<string, int> ranks) : IComparable<Entry>
    {
        private readonly ResourceId _id = resource.Id;
        private readonly int _rank = ranks.GetValueOrDefault(resource.Kind);

        internal Resource Resource => resource;

        public int CompareTo(Entry? other)
        {
            if (other is null || _rank != other._rank)
            {
                return _rank.CompareTo(other?._rank ?? int.MinValue);
            }

            var types = string.CompareOrdinal(TypeText(_id), TypeText(other._id));
            if (types != 0)
            {
                // Namespaces of the core group come before those of other groups.
                var reversed = _id.Kind == "Namespace" && other._id.Kind == "Namespace" && (_id.Group.Length == 0 || other._id.Group.Length == 0);
                return reversed ? -types : types;
            }

            return string.CompareOrdinal(NameText(_id), NameText(other._id));
        }

        private static string TypeText(ResourceId id) => KindOrder.SortText(id.Group, id.Version, id.Kind);

        private static string NameText(ResourceId id) =>
            $"{(id.Namespace.Length == 0 ? "~X" : id.Namespace)}|{(id.Name.Length == 0 ? "~N" : id.Name)}";
    }
}
