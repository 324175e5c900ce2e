namespace GitOpsToolkit.Kustomize.Resources;

/// <summary>The objects of a build in the order they were added. No two share an id.</summary>
internal sealed class ResourceSet
{
    private readonly List<Resource> _items = [];
    private Dictionary<ResourceId, Resource>? _byId = [];

    internal IReadOnlyList<Resource> Items => _items;

    /// <exception cref="BuildException">The id is taken.</exception>
    internal void Add(Resource resource)
    {
        var index = Index();
        if (!index.TryAdd(resource.Id.Effective, resource))
        {
            var other = index[resource.Id.Effective];
            throw resource.Fault($"the object is already defined at {other.Origin}; remove one of the two or give it another name");
        }

        _items.Add(resource);
    }

    internal void AddAll(ResourceSet other)
    {
        foreach (var resource in other._items)
        {
            Add(resource);
        }
    }

    /// <summary>Must follow every change of names, namespaces or kinds.</summary>
    /// <exception cref="BuildException">Two objects now share an id.</exception>
    internal void IdsChanged()
    {
        _byId = null;
        Index();
    }

    internal void Remove(IReadOnlySet<Resource> removed)
    {
        if (removed.Count > 0)
        {
            _items.RemoveAll(removed.Contains);
            IdsChanged();
        }
    }

    /// <summary>The resources which have, or once had, this id.</summary>
    internal IReadOnlyList<Resource> WithAnyId(ResourceId id, Dictionary<ResourceId, List<Resource>> index) =>
        index.TryGetValue(id.Effective, out var found) ? found : [];

    /// <summary>An index over every present and previous id.</summary>
    internal Dictionary<ResourceId, List<Resource>> IndexAnyId()
    {
        var index = new Dictionary<ResourceId, List<Resource>>();
        foreach (var resource in _items)
        {
            foreach (var id in resource.PreviousIds.Append(resource.Id).Select(id => id.Effective).Distinct())
            {
                if (!index.TryGetValue(id, out var list))
                {
                    index[id] = list = [];
                }

                list.Add(resource);
            }
        }

        return index;
    }

    private Dictionary<ResourceId, Resource> Index()
    {
        if (_byId is not null)
        {
            return _byId;
        }

        var index = new Dictionary<ResourceId, Resource>(_items.Count);
        foreach (var resource in _items)
        {
            if (!index.TryAdd(resource.Id.Effective, resource))
            {
                throw resource.Fault($"the transformation gives this object the id of the one at {index[resource.Id.Effective].Origin}");
            }
        }

        return _byId = index;
    }
}
