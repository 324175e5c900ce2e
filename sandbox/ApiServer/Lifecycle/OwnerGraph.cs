using GitOpsToolkit.Sandbox.ApiServer.Storage;

namespace GitOpsToolkit.Sandbox.ApiServer.Lifecycle;

/// <summary>Who is alive, and who names whom as an owner.</summary>
internal sealed class OwnerGraph
{
    private readonly Dictionary<string, ObjectId> alive = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<ObjectId>> dependents = new(StringComparer.Ordinal);

    public void Observe(Change change)
    {
        foreach (var owner in change.Before?.Owners ?? [])
        {
            if (dependents.TryGetValue(owner.Uid, out var set) && set.Remove(change.Object.Id) && set.Count == 0)
            {
                dependents.Remove(owner.Uid);
            }
        }

        if (change.Kind == ChangeKind.Deleted)
        {
            alive.Remove(change.Object.Uid);
            return;
        }

        alive[change.Object.Uid] = change.Object.Id;
        foreach (var owner in change.Object.Owners)
        {
            if (!dependents.TryGetValue(owner.Uid, out var set))
            {
                dependents[owner.Uid] = set = [];
            }

            set.Add(change.Object.Id);
        }
    }

    public ObjectId? Find(string uid) => alive.TryGetValue(uid, out var id) ? id : null;

    public IReadOnlyList<ObjectId> DependentsOf(string uid) => dependents.TryGetValue(uid, out var set) ? [.. set] : [];
}
