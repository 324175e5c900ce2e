using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Http;
using GitOpsToolkit.Sandbox.ApiServer.Objects;
using GitOpsToolkit.Sandbox.ApiServer.Resources;
using GitOpsToolkit.Sandbox.ApiServer.Storage;

namespace GitOpsToolkit.Sandbox.ApiServer.Lifecycle;

/// <summary>Deletes objects whose owners are all gone; carries out foreground and orphan deletion.</summary>
internal sealed class GarbageCollector(Cluster cluster, ObjectDeleter deleter, RawWriter raw) : ILifecycle
{
    private readonly OwnerGraph graph = new();
    private readonly HashSet<ObjectId> dependents = [];
    private readonly HashSet<ObjectId> owners = [];

    public void Observe(Change change)
    {
        graph.Observe(change);
        var stored = change.Object;
        if (change.Kind == ChangeKind.Deleted)
        {
            dependents.UnionWith(graph.DependentsOf(stored.Uid));
            owners.UnionWith((change.Before?.Owners ?? []).Select(o => graph.Find(o.Uid)).OfType<ObjectId>());
            return;
        }

        if (stored.Owners.Count > 0)
        {
            dependents.Add(stored.Id);
        }

        if (stored.IsTerminating && stored.Finalizers.Any(f => f is ObjectDeleter.Orphan or ObjectDeleter.Foreground))
        {
            owners.Add(stored.Id);
        }

        // An owner that waits for this dependent need not wait when it no longer blocks.
        owners.UnionWith((change.Before?.Owners ?? []).Select(o => graph.Find(o.Uid)).OfType<ObjectId>());
    }

    public void Work()
    {
        foreach (var id in owners.ToList())
        {
            owners.Remove(id);
            if (cluster.Store.Get(id) is { IsTerminating: true } owner)
            {
                Release(owner);
            }
        }

        foreach (var id in dependents.ToList())
        {
            dependents.Remove(id);
            if (cluster.Store.Get(id) is { } stored)
            {
                Check(stored);
            }
        }
    }

    private void Release(StoredObject owner)
    {
        var all = graph.DependentsOf(owner.Uid).Select(cluster.Store.Get).OfType<StoredObject>().ToList();
        if (owner.Finalizers.Contains(ObjectDeleter.Orphan))
        {
            foreach (var dependent in all)
            {
                raw.Mutate(dependent.Id, tree => DropOwners(tree, [owner.Uid]));
            }

            raw.RemoveFinalizer(owner.Id, ObjectDeleter.Orphan);
        }
        else if (owner.Finalizers.Contains(ObjectDeleter.Foreground))
        {
            dependents.UnionWith(all.Select(d => d.Id));
            if (!all.Any(d => d.Owners.Any(o => o.Uid == owner.Uid && o.BlocksDeletion)))
            {
                raw.RemoveFinalizer(owner.Id, ObjectDeleter.Foreground);
            }
        }
    }

    private void Check(StoredObject stored)
    {
        if (stored.IsTerminating && !stored.Finalizers.Contains(ObjectDeleter.Foreground) || stored.Owners.Count == 0)
        {
            return;
        }

        var states = stored.Owners.Select(o => (Owner: o, State: StateOf(stored, o))).ToList();
        var gone = states.Where(s => s.State != OwnerState.Solid).Select(s => s.Owner.Uid).ToHashSet(StringComparer.Ordinal);
        if (states.Any(s => s.State == OwnerState.Solid))
        {
            if (gone.Count > 0)
            {
                raw.Mutate(stored.Id, tree => DropOwners(tree, gone));
            }

            return;
        }

        if (stored.IsTerminating || cluster.Registry.ByStorageKey(stored.Id.Resource) is not { } resource)
        {
            return;
        }

        var waiting = states.Any(s => s.State == OwnerState.Waiting);
        Delete(resource, stored, waiting && graph.DependentsOf(stored.Uid).Count > 0 ? ObjectPropagation.Foreground : Own(stored));
    }

    private void Delete(ResourceDefinition resource, StoredObject stored, string propagation)
    {
        try
        {
            deleter.Delete(resource, stored.Id, new() { Propagation = propagation, Uid = stored.Uid });
        }
        catch (ApiError e) when (e.Code is 404 or 409)
        {
            // Gone, or another object by now.
        }
    }

    private OwnerState StateOf(StoredObject dependent, OwnerReference reference)
    {
        // An owner of a kind that is not served cannot be judged: it counts as there.
        if (cluster.Registry.ByKind(reference.ApiVersion, reference.Kind) is not { } kind)
        {
            return OwnerState.Solid;
        }

        if (graph.Find(reference.Uid) is not { } id || id.Name != reference.Name
            || kind.Namespaced && id.Namespace != dependent.Id.Namespace || cluster.Store.Get(id) is not { } owner)
        {
            return OwnerState.Gone;
        }

        return owner.IsTerminating && owner.Finalizers.Contains(ObjectDeleter.Foreground) ? OwnerState.Waiting : OwnerState.Solid;
    }

    private static string Own(StoredObject stored) =>
        stored.Finalizers.Contains(ObjectDeleter.Orphan) ? ObjectPropagation.Orphan
        : stored.Finalizers.Contains(ObjectDeleter.Foreground) ? ObjectPropagation.Foreground
        : ObjectPropagation.Background;

    private static void DropOwners(JsonObject tree, HashSet<string> uids)
    {
        var left = (tree.Meta().List("ownerReferences") ?? []).Where(o => !uids.Contains(o.Text("uid"))).Select(o => o!.DeepClone()).ToList();
        tree.Meta().Put("ownerReferences", left.Count == 0 ? null : new JsonArray([.. left]));
    }

    private enum OwnerState
    {
        Solid,
        Waiting,
        Gone,
    }

    private static class ObjectPropagation
    {
        public const string Foreground = "Foreground";
        public const string Background = "Background";
        public const string Orphan = "Orphan";
    }
}
