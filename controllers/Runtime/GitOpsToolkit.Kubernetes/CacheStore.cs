using System.Collections.Concurrent;

namespace GitOpsToolkit.Kubernetes;

/// <summary>
/// The objects of a cache with their indexes. Reads take no lock; writes and the handlers that they call go one after the other.
/// </summary>
internal sealed class CacheStore<T>
    where T : class
{
    private readonly Lock _writing = new();
    private readonly ConcurrentDictionary<ObjectKey, CacheEntry<T>> _entries = new();
    private readonly ConcurrentDictionary<string, CacheIndex<T>> _indexes = new(StringComparer.Ordinal);
    private readonly List<Action<CacheChange<T>>> _handlers = [];
    private HashSet<ObjectKey>? _writtenDuringList;

    public int Count => _entries.Count;

    public ICollection<CacheEntry<T>> All => _entries.Values;

    public CacheEntry<T>? Find(ObjectKey key) => _entries.GetValueOrDefault(key);

    public void AddIndex(string name, Func<CacheEntry<T>, IEnumerable<string>> values)
    {
        lock (_writing)
        {
            var index = new CacheIndex<T>(values);
            foreach (var entry in _entries.Values)
            {
                index.Replace(null, entry);
            }

            if (!_indexes.TryAdd(name, index))
            {
                throw new InvalidOperationException($"The cache has an index '{name}' already.");
            }
        }
    }

    public IReadOnlyList<CacheEntry<T>> ByIndex(string name, string value)
    {
        if (!_indexes.TryGetValue(name, out var index))
        {
            throw new InvalidOperationException($"The cache has no index '{name}'.");
        }

        return [.. index.Keys(value).Select(Find).OfType<CacheEntry<T>>()];
    }

    /// <summary>The handler first hears of everything that is there already.</summary>
    public void AddHandler(Action<CacheChange<T>> handler)
    {
        lock (_writing)
        {
            foreach (var entry in _entries.Values)
            {
                handler(new CacheChange<T>(null, entry));
            }

            _handlers.Add(handler);
        }
    }

    /// <summary>From now until <see cref="Replace"/>, what <see cref="Assume"/> takes may be newer than the list under way.</summary>
    public void BeginList()
    {
        lock (_writing)
        {
            _writtenDuringList = [];
        }
    }

    /// <summary>Makes a complete list the content: the difference alone reaches the handlers.</summary>
    public void Replace(IEnumerable<CacheEntry<T>> list)
    {
        lock (_writing)
        {
            var gone = new HashSet<ObjectKey>(_entries.Keys);
            foreach (var entry in list)
            {
                gone.Remove(entry.Key);
                var present = Find(entry.Key);
                if (present is null || !IsOwnNewerWrite(present, entry))
                {
                    SetLocked(entry);
                }
            }

            foreach (var key in gone)
            {
                RemoveLocked(key);
            }

            _writtenDuringList = null;
        }
    }

    /// <summary>Takes over a state that a watch reports; one that is older than what we know by our own write is passed over.</summary>
    public void Set(CacheEntry<T> entry)
    {
        lock (_writing)
        {
            if (Find(entry.Key) is not { } present || !IsSameOrOlder(entry, present))
            {
                SetLocked(entry);
            }
        }
    }

    /// <summary>Takes over the server's answer to a write of ours, so that nobody here reads what was before it.</summary>
    public void Assume(CacheEntry<T> entry)
    {
        lock (_writing)
        {
            // An unknown object may be a deleted one: only the watch brings objects in.
            if (Find(entry.Key) is { } present && present.Head.Uid == entry.Head.Uid && !IsSameOrOlder(entry, present))
            {
                _writtenDuringList?.Add(entry.Key);
                SetLocked(entry);
            }
        }
    }

    public void Remove(CacheEntry<T> last)
    {
        lock (_writing)
        {
            // A late deletion of an object that has been created anew under its name since then.
            if (Find(last.Key) is { } present && present.Head.Uid != last.Head.Uid && last.Head.Version < present.Head.Version)
            {
                return;
            }

            RemoveLocked(last.Key);
        }
    }

    private bool IsOwnNewerWrite(CacheEntry<T> present, CacheEntry<T> listed) =>
        _writtenDuringList?.Contains(present.Key) == true && present.Head.Uid == listed.Head.Uid && present.Head.Version > listed.Head.Version;

    private static bool IsSameOrOlder(CacheEntry<T> entry, CacheEntry<T> present) =>
        present.Head.Uid == entry.Head.Uid
        && (present.Head.ResourceVersion == entry.Head.ResourceVersion
            || (entry.Head.Version != 0 && entry.Head.Version < present.Head.Version));

    private void SetLocked(CacheEntry<T> entry)
    {
        var old = Find(entry.Key);
        if (old is not null && old.Head.Uid == entry.Head.Uid && old.Head.ResourceVersion == entry.Head.ResourceVersion)
        {
            return;
        }

        if (old is not null && old.Head.Uid != entry.Head.Uid)
        {
            // Another object under the same name: the deletion in between was missed.
            RemoveLocked(entry.Key);
            old = null;
        }

        _entries[entry.Key] = entry;
        Publish(old, entry);
    }

    private void RemoveLocked(ObjectKey key)
    {
        if (_entries.TryRemove(key, out var old))
        {
            Publish(old, null);
        }
    }

    private void Publish(CacheEntry<T>? old, CacheEntry<T>? entry)
    {
        foreach (var index in _indexes.Values)
        {
            index.Replace(old, entry);
        }

        var change = new CacheChange<T>(old, entry);
        foreach (var handler in _handlers)
        {
            handler(change);
        }
    }
}

/// <summary>Finds keys by a value computed from their objects.</summary>
internal sealed class CacheIndex<T>(Func<CacheEntry<T>, IEnumerable<string>> values)
    where T : class
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SortedSet<ObjectKey>> _keys = new(StringComparer.Ordinal);

    public IReadOnlyList<ObjectKey> Keys(string value)
    {
        lock (_lock)
        {
            return _keys.TryGetValue(value, out var keys) ? [.. keys] : [];
        }
    }

    public void Replace(CacheEntry<T>? old, CacheEntry<T>? entry)
    {
        lock (_lock)
        {
            foreach (var value in old is null ? [] : values(old))
            {
                if (_keys.TryGetValue(value, out var keys) && keys.Remove(old!.Key) && keys.Count == 0)
                {
                    _keys.Remove(value);
                }
            }

            foreach (var value in entry is null ? [] : values(entry))
            {
                if (!_keys.TryGetValue(value, out var keys))
                {
                    _keys[value] = keys = [];
                }

                keys.Add(entry!.Key);
            }
        }
    }
}
