using System.Collections.Immutable;

namespace GitOpsToolkit.Sandbox.ApiServer.Storage;

internal enum ChangeKind
{
    Added,
    Modified,
    Deleted,
}

/// <summary>One committed change: the object after it (for a deletion: its last state at the deletion's revision), the one before it,
/// and all objects of the resource after it.</summary>
internal sealed record Change(
    long Revision, ChangeKind Kind, StoredObject Object, StoredObject? Before, ImmutableSortedDictionary<string, StoredObject> All);

/// <summary>The objects of one resource, with the changes that a watch or a paged list can go back to. Guarded by the store's lock.</summary>
internal sealed class ResourceStore(string key, long floor, int history)
{
    private static readonly ImmutableSortedDictionary<string, StoredObject> Empty =
        ImmutableSortedDictionary.Create<string, StoredObject>(StringComparer.Ordinal);

    private readonly LinkedList<Change> changes = [];
    private ImmutableSortedDictionary<string, StoredObject> beforeFirst = Empty;
    private TaskCompletionSource signal = NewSignal();

    public string Key => key;

    public ImmutableSortedDictionary<string, StoredObject> All { get; private set; } = Empty;

    /// <summary>The oldest revision from which changes can be followed: everything after it is known.</summary>
    public long Floor { get; private set; } = floor;

    /// <summary>Completes at the next change.</summary>
    public Task Changed => signal.Task;

    public void Apply(Change change)
    {
        if (changes.Count == 0)
        {
            beforeFirst = All;
        }

        All = change.All;
        changes.AddLast(change);
        while (changes.Count > history)
        {
            beforeFirst = changes.First!.Value.All;
            Floor = Math.Max(Floor, changes.First.Value.Revision);
            changes.RemoveFirst();
        }

        var done = signal;
        signal = NewSignal();
        done.SetResult();
    }

    /// <summary>The changes after a revision, oldest first; null when some of them are forgotten.</summary>
    public List<Change>? Since(long revision)
    {
        if (revision < Floor)
        {
            return null;
        }

        var found = new List<Change>();
        for (var node = changes.Last; node is not null && node.Value.Revision > revision; node = node.Previous)
        {
            found.Add(node.Value);
        }

        found.Reverse();
        return found;
    }

    /// <summary>All objects as they were at a revision; null when that is forgotten.</summary>
    public ImmutableSortedDictionary<string, StoredObject>? At(long revision)
    {
        if (revision < Floor)
        {
            return null;
        }

        for (var node = changes.Last; node is not null; node = node.Previous)
        {
            if (node.Value.Revision <= revision)
            {
                return node.Value.All;
            }
        }

        return changes.Count == 0 ? All : beforeFirst;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
