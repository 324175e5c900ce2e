namespace GitOpsToolkit.Kustomize.Resources;

/// <summary>The objects of a build in the order they were added, with indexes by id that are kept while ids stand still.</summary>
internal sealed class ResourceSet
{
    private readonly List<Resource> _items = [];
    private Dictionary<ResourceId, Resource>? _byId;
    private Dictionary<ResourceId, List<Resource>>? _byAnyId;

    internal IReadOnlyList<Resource> Items => _items;

    /// <exception cref="BuildException">The id is taken.</exception>
    internal void Add(Resource resource)
    {
        var index = ById();
        var id = resource.Id.Effective;
        if (!index.TryAdd(id, resource))
        {
            throw resource.Fault($"the object is already defined at {index[id].Origin}; remove one of the two or give it another name");
        }

        _items.Add(resource);
        if (_byAnyId is not null)
        {
            AddAnyIds(_byAnyId, resource);
        }
    }

    internal void AddAll(ResourceSet other)
    {
        foreach (var resource in other._items)
        {
            Add(resource);
        }
    }

    /// <summary>Must follow every change of names, namespaces or kinds.</summary>
    internal void IdsChanged()
    {
        _byId = null;
        _byAnyId = null;
    }

    /// <exception cref="BuildException">Two objects share an id.</exception>
    internal void RefuseDuplicates()
    {
        var index = new Dictionary<ResourceId, Resource>(_items.Count);
        foreach (var resource in _items)
        {
            if (!index.TryAdd(resource.Id.Effective, resource))
            {
                throw resource.Fault($"the transformation gives this object the id of the one at {index[resource.Id.Effective].Origin}");
            }
        }

        _byId = index;
    }

    internal void Remove(IReadOnlySet<Resource> removed)
    {
        if (removed.Count > 0)
        {
            _items.RemoveAll(removed.Contains);
            IdsChanged();
        }
    }

    /// <summary>Puts one object in the place of another.</summary>
    internal void Replace(Resource old, Resource replacement)
    {
        _items[_items.IndexOf(old)] = replacement;
        IdsChanged();
    }

    /// <summary>Gives the objects another order.</summary>
    internal void Reorder(IEnumerable<Resource> items)
    {
        List<Resource> ordered = [.. items];
        _items.Clear();
        _items.AddRange(ordered);
        IdsChanged();
    }

    /// <summary>The resources which have, or once had, this id, in the order of the set.</summary>
    internal IReadOnlyList<Resource> WithAnyId(ResourceId id)
    {
        if (_byAnyId is null)
        {
            _byAnyId = [];
            foreach (var resource in _items)
            {
                AddAnyIds(_byAnyId, resource);
            }
        }

        return _byAnyId.TryGetValue(id.Effective, out var found) ? found : [];
    }

    private static void AddAnyIds(Dictionary<ResourceId, List<Resource>> index, Resource resource)
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

    private Dictionary<ResourceId, Resource> ById()
    {
        if (_byId is null)
        {
            _byId = new Dictionary<ResourceId, Resource>(_items.Count);
            foreach (var resource in _items)
            {
                _byId.TryAdd(resource.Id.Effective, resource);
            }
        }

        return _byId;
    }
}
