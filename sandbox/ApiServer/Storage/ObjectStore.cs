using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.ApiServer.Storage;

/// <summary>All objects under one revision counter. Writes are compare-and-swap: they fail when somebody else was faster.</summary>
internal sealed class ObjectStore
{
    /// <summary>No server that one can reach knows its first versions any more: version 1 is too old for a watch.</summary>
    private const long FirstRevision = 100;

    private readonly Lock gate = new();
    private readonly Dictionary<string, ResourceStore> resources = new(StringComparer.Ordinal);
    private readonly Journal? journal;
    private readonly int history;
    private readonly long start;
    private TaskCompletionSource anyChange = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long revision;

    public ObjectStore(int history, Journal? journal)
    {
        this.history = history;
        this.journal = journal;
        start = revision = journal?.Recovered.FloorRevision ?? FirstRevision;
        if (journal is not null)
        {
            Recover(journal.Recovered);
        }
    }

    /// <summary>Get every change, in order; called inside the lock, so they must be quick.</summary>
    public Action<Change>? Committed { get; set; }

    public long Revision
    {
        get
        {
            lock (gate)
            {
                return revision;
            }
        }
    }

    public StoredObject? Get(ObjectId id)
    {
        lock (gate)
        {
            return Of(id.Resource).All.GetValueOrDefault(id.SortKey);
        }
    }

    /// <summary>The objects of a resource and the revision at which they are so.</summary>
    public (long Revision, ImmutableSortedDictionary<string, StoredObject> All) Snapshot(string resource)
    {
        lock (gate)
        {
            return (revision, Of(resource).All);
        }
    }

    /// <summary>The objects of a resource at an earlier revision; null when it is forgotten.</summary>
    public ImmutableSortedDictionary<string, StoredObject>? SnapshotAt(string resource, long at)
    {
        lock (gate)
        {
            return Of(resource).At(at);
        }
    }

    /// <summary>Changes of a resource after a revision (null: forgotten), the revision up to which they reach, and a task for the next one.</summary>
    public (List<Change>? Changes, long UpTo, long Floor, Task Next) Follow(string resource, long after)
    {
        lock (gate)
        {
            var store = Of(resource);
            return (store.Since(after), revision, store.Floor, store.Changed);
        }
    }

    /// <summary>Completes at the next change of any resource.</summary>
    public Task NextChange()
    {
        lock (gate)
        {
            return anyChange.Task;
        }
    }

    /// <summary>Every resource that was ever stored.</summary>
    public IReadOnlyList<string> Resources()
    {
        lock (gate)
        {
            return [.. resources.Keys];
        }
    }

    /// <summary>Adds an object; null when one of that name exists.</summary>
    public StoredObject? Create(ObjectId id, JsonObject tree)
    {
        lock (gate)
        {
            var store = Of(id.Resource);
            return store.All.ContainsKey(id.SortKey) ? null : Commit(store, ChangeKind.Added, id, tree, null);
        }
    }

    /// <summary>Replaces an object; null when it is no longer the given one.</summary>
    public StoredObject? Replace(StoredObject current, JsonObject tree)
    {
        lock (gate)
        {
            var store = Of(current.Id.Resource);
            return store.All.GetValueOrDefault(current.Id.SortKey) == current
                ? Commit(store, ChangeKind.Modified, current.Id, tree, current)
                : null;
        }
    }

    /// <summary>Removes an object; null when it is no longer the given one.</summary>
    public StoredObject? Remove(StoredObject current)
    {
        lock (gate)
        {
            var store = Of(current.Id.Resource);
            return store.All.GetValueOrDefault(current.Id.SortKey) == current
                ? Commit(store, ChangeKind.Deleted, current.Id, current.Parse(), current)
                : null;
        }
    }

    private StoredObject Commit(ResourceStore store, ChangeKind kind, ObjectId id, JsonObject tree, StoredObject? before)
    {
        var stored = StoredObject.Freeze(id, revision + 1, tree);
        journal?.Append(stored, kind == ChangeKind.Deleted);
        revision++;
        Apply(store, kind, stored, before);
        if (journal is { WantsCompaction: true })
        {
            journal.Compact(revision, resources.Values.SelectMany(r => r.All.Values));
        }

        return stored;
    }

    private void Apply(ResourceStore store, ChangeKind kind, StoredObject stored, StoredObject? before)
    {
        var all = kind == ChangeKind.Deleted ? store.All.Remove(stored.Id.SortKey) : store.All.SetItem(stored.Id.SortKey, stored);
        var change = new Change(stored.Revision, kind, stored, before, all);
        store.Apply(change);
        Committed?.Invoke(change);
        var done = anyChange;
        anyChange = new(TaskCreationOptions.RunContinuationsAsynchronously);
        done.SetResult();
    }

    private void Recover(RecoveredState state)
    {
        foreach (var (stored, deleted) in state.Records)
        {
            var store = Of(stored.Id.Resource);
            var before = store.All.GetValueOrDefault(stored.Id.SortKey);
            var kind = deleted ? ChangeKind.Deleted : before is null ? ChangeKind.Added : ChangeKind.Modified;
            Apply(store, kind, stored, before);
            revision = Math.Max(revision, stored.Revision);
        }
    }

    private ResourceStore Of(string resource)
    {
        if (!resources.TryGetValue(resource, out var store))
        {
            resources[resource] = store = new(resource, start, history);
        }

        return store;
    }
}
