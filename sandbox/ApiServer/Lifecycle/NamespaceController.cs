using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Http;
using GitOpsToolkit.Sandbox.ApiServer.Objects;
using GitOpsToolkit.Sandbox.ApiServer.Resources;
using GitOpsToolkit.Sandbox.ApiServer.Storage;

namespace GitOpsToolkit.Sandbox.ApiServer.Lifecycle;

/// <summary>Empties namespaces that are being deleted, tells in their conditions what is left, and lets them go.</summary>
internal sealed class NamespaceController(Cluster cluster, ObjectWriter writer, ObjectDeleter deleter, RawWriter raw) : ILifecycle
{
    private readonly HashSet<string> dirty = new(StringComparer.Ordinal);
    private readonly HashSet<string> terminating = new(StringComparer.Ordinal);

    public void Observe(Change change)
    {
        var id = change.Object.Id;
        if (id.Resource != "/namespaces")
        {
            if (terminating.Contains(id.Namespace))
            {
                dirty.Add(id.Namespace);
            }

            return;
        }

        if (change.Kind == ChangeKind.Deleted)
        {
            terminating.Remove(id.Name);
        }
        else if (change.Object.IsTerminating && terminating.Add(id.Name))
        {
            dirty.Add(id.Name);
        }
    }

    public void Work()
    {
        foreach (var name in dirty.ToList())
        {
            dirty.Remove(name);
            var id = new ObjectId("/namespaces", "", name);
            if (cluster.Store.Get(id) is { IsTerminating: true })
            {
                Empty(name);
                Finish(id, name);
            }
        }
    }

    private IEnumerable<(ResourceDefinition Resource, List<StoredObject> Objects)> Content(string space)
    {
        foreach (var key in cluster.Store.Resources().Order(StringComparer.Ordinal))
        {
            if (cluster.Registry.ByStorageKey(key) is { Namespaced: true } resource)
            {
                var objects = cluster.Store.Snapshot(key).All.Values.Where(o => o.Id.Namespace == space).ToList();
                if (objects.Count > 0)
                {
                    yield return (resource, objects);
                }
            }
        }
    }

    private void Empty(string space)
    {
        foreach (var (resource, objects) in Content(space).ToList())
        {
            foreach (var stored in objects.Where(o => !o.IsTerminating))
            {
                try
                {
                    deleter.Delete(resource, stored.Id, new() { Propagation = "Background" });
                }
                catch (ApiError e) when (e.Code == 404)
                {
                    // Gone already.
                }
            }
        }
    }

    private void Finish(ObjectId id, string space)
    {
        var left = Content(space).ToList();
        var resource = cluster.Registry.Find("", "v1", "namespaces")!;
        writer.Update(resource, id, Part.Status, tree =>
        {
            tree.Child("status")["conditions"] = Conditions(tree, left);
            return tree;
        }, WriteContext.Internal("status"));
        if (left.Count == 0)
        {
            raw.Mutate(id, tree => tree.Child("spec").Remove("finalizers"));
        }
    }

    private JsonArray Conditions(JsonObject tree, List<(ResourceDefinition Resource, List<StoredObject> Objects)> left)
    {
        var before = tree.Map("status").List("conditions");
        var finalizers = left.SelectMany(l => l.Objects).SelectMany(o => o.Finalizers)
            .GroupBy(f => f, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).ToList();
        var content = string.Join(", ", left.Select(l => $"{l.Resource.Plural}.{l.Resource.Group} has {l.Objects.Count} resource instances"));
        var waits = string.Join(", ", finalizers.Select(g => $"{g.Key} in {g.Count()} resource instances"));
        return
        [
            Condition(before, "NamespaceDeletionDiscoveryFailure", false, "ResourcesDiscovered", "All resources successfully discovered"),
            Condition(before, "NamespaceDeletionGroupVersionParsingFailure", false, "ParsedGroupVersions",
                "All legacy kube types successfully parsed"),
            Condition(before, "NamespaceDeletionContentFailure", false, "ContentDeleted",
                "All content successfully deleted, may be waiting on finalization"),
            left.Count > 0
                ? Condition(before, "NamespaceContentRemaining", true, "SomeResourcesRemain", $"Some resources are remaining: {content}")
                : Condition(before, "NamespaceContentRemaining", false, "ContentRemoved", "All content successfully removed"),
            finalizers.Count > 0
                ? Condition(before, "NamespaceFinalizersRemaining", true, "SomeFinalizersRemain",
                    $"Some content in the namespace has finalizers remaining: {waits}")
                : Condition(before, "NamespaceFinalizersRemaining", false, "ContentHasNoFinalizers", "All content-preserving finalizers finished"),
        ];
    }

    private JsonObject Condition(JsonArray? before, string type, bool value, string reason, string message)
    {
        var status = value ? "True" : "False";
        var present = (before ?? []).FirstOrDefault(c => c.Text("type") == type);
        return new()
        {
            ["type"] = type,
            ["status"] = status,
            ["lastTransitionTime"] = present.Text("status") == status ? present.Text("lastTransitionTime") : cluster.Ids.NowText,
            ["reason"] = reason,
            ["message"] = message,
        };
    }
}
