using GitOpsToolkit.Sandbox.ApiServer.Http;
using GitOpsToolkit.Sandbox.ApiServer.Objects;
using GitOpsToolkit.Sandbox.ApiServer.Resources;
using GitOpsToolkit.Sandbox.ApiServer.Storage;

namespace GitOpsToolkit.Sandbox.ApiServer.Lifecycle;

/// <summary>Establishes CustomResourceDefinitions, serves what they define, and removes the instances of deleted ones.</summary>
internal sealed class CrdController(Cluster cluster, ObjectDeleter deleter, RawWriter raw) : ILifecycle
{
    private readonly HashSet<string> dirty = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> terminating = new(StringComparer.Ordinal);

    public void Observe(Change change)
    {
        if (change.Object.Id.Resource == CrdRules.StorageKey)
        {
            dirty.Add(change.Object.Id.Name);
        }
        else if (change.Kind == ChangeKind.Deleted && terminating.TryGetValue(change.Object.Id.Resource, out var name))
        {
            dirty.Add(name);
        }
    }

    public void Work()
    {
        foreach (var name in dirty.ToList())
        {
            dirty.Remove(name);
            var id = new ObjectId(CrdRules.StorageKey, "", name);
            if (cluster.Store.Get(id) is not { } crd)
            {
                cluster.Registry.SetCustom(name, []);
            }
            else if (crd.IsTerminating)
            {
                RemoveInstances(crd);
            }
            else
            {
                Establish(id, name);
            }
        }
    }

    private void Establish(ObjectId id, string name)
    {
        var now = cluster.Ids.NowText;
        raw.Mutate(id, tree => CrdRules.Establish(tree, namesTaken: IsTaken(name, tree.Map("spec")), now));
        if (cluster.Store.Get(id) is { } established)
        {
            cluster.Registry.SetCustom(name, CrdRules.Definitions(established.Parse()));
        }
    }

    private bool IsTaken(string name, System.Text.Json.Nodes.JsonObject? spec)
    {
        var (group, kind) = (spec.Text("group"), spec.Map("names").Text("kind"));
        return cluster.Registry.All.Any(d => d.Group == group && d.Kind == kind && $"{d.Plural}.{d.Group}" != name);
    }

    private void RemoveInstances(StoredObject crd)
    {
        if (!crd.Finalizers.Contains(CrdRules.CleanupFinalizer))
        {
            return;
        }

        var definitions = CrdRules.Definitions(crd.Parse());
        if (definitions.Count > 0)
        {
            terminating[definitions[0].StorageKey] = crd.Id.Name;
            foreach (var instance in cluster.Store.Snapshot(definitions[0].StorageKey).All.Values)
            {
                Delete(definitions[0], instance.Id);
            }

            if (!cluster.Store.Snapshot(definitions[0].StorageKey).All.IsEmpty)
            {
                return;
            }

            terminating.Remove(definitions[0].StorageKey);
        }

        cluster.Registry.SetCustom(crd.Id.Name, []);
        raw.RemoveFinalizer(crd.Id, CrdRules.CleanupFinalizer);
    }

    private void Delete(ResourceDefinition resource, ObjectId id)
    {
        try
        {
            deleter.Delete(resource, id, new() { Propagation = "Background" });
        }
        catch (ApiError e) when (e.Code == 404)
        {
            // Gone already.
        }
    }
}
