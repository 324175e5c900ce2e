using System.Collections.Immutable;

namespace GitOpsToolkit.Sandbox.ApiServer.Resources;

/// <summary>All resources that are served now: the built-ins and those of established CustomResourceDefinitions.</summary>
internal sealed class ResourceRegistry
{
    private static readonly string[] GroupOrder =
    [
        "", "apps", "events.k8s.io", "authentication.k8s.io", "authorization.k8s.io", "autoscaling", "batch", "networking.k8s.io",
        "policy", "rbac.authorization.k8s.io", "storage.k8s.io", "admissionregistration.k8s.io", "apiextensions.k8s.io",
        "scheduling.k8s.io", "coordination.k8s.io", "node.k8s.io", "discovery.k8s.io",
    ];

    private static readonly ImmutableSortedDictionary<string, IReadOnlyList<ResourceDefinition>> NoCustom =
        ImmutableSortedDictionary.Create<string, IReadOnlyList<ResourceDefinition>>(StringComparer.Ordinal);

    private readonly Lock gate = new();
    private volatile View view = new(NoCustom);

    /// <summary>Every served resource in every served version: built-ins first, then groups by name.</summary>
    public IReadOnlyList<ResourceDefinition> All => view.All;

    public ResourceDefinition? Find(string group, string version, string plural) =>
        view.ByName.GetValueOrDefault((group, version, plural));

    /// <summary>The definition whose objects are stored under a key, in the storage version (or the first served one).</summary>
    public ResourceDefinition? ByStorageKey(string key) => view.ByStorage.GetValueOrDefault(key);

    /// <summary>The definition of a kind, as owner references name it: any served version of the group matches.</summary>
    public ResourceDefinition? ByKind(string apiVersion, string kind)
    {
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        var group = slash < 0 ? "" : apiVersion[..slash];
        return view.All.FirstOrDefault(d => d.Group == group && d.Kind == kind && !d.IsVirtual);
    }

    public bool HasGroupVersion(string group, string version) => view.All.Any(d => d.Group == group && d.Version == version);

    /// <summary>The groups in discovery order, each with its versions, the preferred one first.</summary>
    public IReadOnlyList<(string Group, IReadOnlyList<string> Versions)> Groups()
    {
        var groups = view.All.GroupBy(d => d.Group, StringComparer.Ordinal);
        return
        [
            .. groups
                .OrderBy(g => Array.IndexOf(GroupOrder, g.Key) is >= 0 and var at ? at : GroupOrder.Length)
                .ThenBy(g => g.Key, StringComparer.Ordinal)
                .Select(g => (g.Key, (IReadOnlyList<string>)[.. g.Select(d => d.Version).Distinct(StringComparer.Ordinal).Order(VersionOrder.Instance)])),
        ];
    }

    /// <summary>Replaces the versions of one CustomResourceDefinition; an empty list withdraws it.</summary>
    public void SetCustom(string crdName, IReadOnlyList<ResourceDefinition> versions)
    {
        lock (gate)
        {
            var custom = view.Custom.Remove(crdName);
            view = new(versions.Count == 0 ? custom : custom.Add(crdName, versions));
        }
    }

    private sealed class View
    {
        public View(ImmutableSortedDictionary<string, IReadOnlyList<ResourceDefinition>> custom)
        {
            Custom = custom;
            All = [.. BuiltIns.Definitions, .. custom.Values.SelectMany(v => v)];
            ByName = All.ToDictionary(d => (d.Group, d.Version, d.Plural));
            ByStorage = All.Where(d => !d.IsVirtual)
                .GroupBy(d => d.StorageKey, StringComparer.Ordinal)
                .ToDictionary(g => g.Key, g => g.FirstOrDefault(d => d.Version == d.StorageVersion) ?? g.First(), StringComparer.Ordinal);
        }

        public ImmutableSortedDictionary<string, IReadOnlyList<ResourceDefinition>> Custom { get; }

        public IReadOnlyList<ResourceDefinition> All { get; }

        public Dictionary<(string, string, string), ResourceDefinition> ByName { get; }

        public Dictionary<string, ResourceDefinition> ByStorage { get; }
    }
}
