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
                Release(name);
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
        raw.Mutate(id, tree => CrdRules.Establish(tree, Taken(name, tree.Map("spec").Text("group")), now), Track);
        if (cluster.Store.Get(id) is { } established)
        {
            cluster.Registry.SetCustom(name, CrdRules.Definitions(established.Parse()));
        }
    }

    private void Track(System.Text.Json.Nodes.JsonObject before, System.Text.Json.Nodes.JsonObject after)
    {
        if (cluster.Registry.Find("apiextensions.k8s.io", "v1", "customresourcedefinitions") is { } definitions)
        {
            Schemas.Track(definitions, before, after, new() { Manager = "kube-apiserver", Subresource = "status" }, cluster.Ids.Now);
        }
    }

    private TakenNames Taken(string name, string group)
    {
        var others = cluster.Registry.All.Where(d => d.Group == group && $"{d.Plural}.{d.Group}" != name).ToList();
        return new(
            others.SelectMany(d => d.ShortNames.Append(d.Plural).Append(d.Singular)).ToHashSet(StringComparer.Ordinal),
            others.SelectMany(d => new[] { d.Kind, d.ListKind }).ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>Names have become free: definitions that could not have theirs try again.</summary>
    private void Release(string name)
    {
        cluster.Registry.SetCustom(name, []);
        foreach (var other in cluster.Store.Snapshot(CrdRules.StorageKey).All.Values.Where(o => o.Id.Name != name && !o.IsTerminating))
        {
            if (!CrdRules.IsTrue(other.Parse(), "NamesAccepted"))
            {
                Establish(other.Id, other.Id.Name);
            }
        }
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
                raw.Mutate(crd.Id, tree => CrdRules.SetCondition(tree, "Terminating", true, "InstanceDeletionInProgress",
                    "CustomResource deletion is in progress", cluster.Ids.NowText), Track);
                return;
            }

            terminating.Remove(definitions[0].StorageKey);
        }

        Release(crd.Id.Name);
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
