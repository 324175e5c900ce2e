using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Resources;
using GitOpsToolkit.Sandbox.ApiServer.Storage;

namespace GitOpsToolkit.Sandbox.ApiServer.Objects;

/// <summary>How an object is to be deleted.</summary>
internal sealed record DeleteOptions
{
    public string? Propagation { get; init; }

    public long? GracePeriod { get; init; }

    public string? Uid { get; init; }

    public string? ResourceVersion { get; init; }

    public bool DryRun { get; init; }
}

/// <summary>Outcome of a delete: the object's last state, and whether it is gone already.</summary>
internal sealed record Deletion(JsonObject Object, bool Gone);

/// <summary>Deletes objects: at once, or by marking them for their finalizers, their kubelet, their namespace's content.</summary>
internal sealed class ObjectDeleter(Cluster cluster)
{
    public const string Foreground = "foregroundDeletion";
    public const string Orphan = "orphan";

    private static readonly string[] Permanent = ["default", "kube-system", "kube-public"];

    public Deletion Delete(ResourceDefinition resource, ObjectId id, DeleteOptions options)
    {
        while (true)
        {
            var current = cluster.Store.Get(id) ?? throw resource.NotFound(id.Name);
            if (resource.StorageKey == "/namespaces" && Permanent.Contains(id.Name, StringComparer.Ordinal))
            {
                throw resource.Forbidden(id.Name, "this namespace may not be deleted");
            }

            Preconditions.Check(resource, current, options);
            var before = current;
            var tree = current.Parse();
            var waits = Mark(resource, tree, options);
            if (!waits)
            {
                if (options.DryRun)
                {
                    return new(Last(resource, Conversion.ToServed(resource, tree)), true);
                }

                // Who was given time and now gets none is told so before the end.
                if (current.Parse().Meta().Number("deletionGracePeriodSeconds") > 0 && resource.StorageKey == "/pods")
                {
                    tree.Meta()["deletionGracePeriodSeconds"] = 0L;
                    current = cluster.Store.Replace(current, tree) ?? current;
                }

                var last = current;
                if (cluster.Store.Remove(current) is { } removed)
                {
                    return new(Last(resource, ObjectWriter.Served(resource, last == before ? removed : last)), true);
                }

                continue;
            }

            if (options.DryRun || JsonNode.DeepEquals(tree, current.Parse()))
            {
                return new(Conversion.ToServed(resource, tree), false);
            }

            if (cluster.Store.Replace(current, tree) is { } marked)
            {
                return new(ObjectWriter.Served(resource, marked), false);
            }
        }
    }

    /// <summary>Marks the object as being deleted where something has to happen before it may go.</summary>
    private bool Mark(ResourceDefinition resource, JsonObject tree, DeleteOptions options)
    {
        var meta = tree.Meta();
        var wasTerminating = meta["deletionTimestamp"] is not null;
        var finalizers = Finalizers(resource, meta, options);
        if (resource.StorageKey == CrdRules.StorageKey)
        {
            CrdRules.MarkTerminating(tree, finalizers, cluster.Ids.NowText);
        }

        var grace = Grace(resource, tree, options);
        var isNamespace = resource.StorageKey == "/namespaces";
        var content = isNamespace && (!wasTerminating || tree.Map("spec").List("finalizers") is { Count: > 0 });
        if (finalizers.Count == 0 && grace == 0 && !content)
        {
            return false;
        }

        meta.Put("finalizers", finalizers.Count == 0 ? null : new JsonArray([.. finalizers.Select(f => JsonValue.Create(f))]));
        var before = meta.Number("deletionGracePeriodSeconds");
        if (!wasTerminating || grace < before)
        {
            if (!wasTerminating && resource.StorageKey != CrdRules.StorageKey && meta.Number("generation") is { } generation and > 0)
            {
                meta["generation"] = generation + 1;
            }

            meta["deletionTimestamp"] = Ids.Format(cluster.Ids.Now.AddSeconds(grace));
            meta.Put("deletionGracePeriodSeconds", isNamespace || resource.StorageKey == CrdRules.StorageKey ? null : JsonValue.Create(grace));
        }

        if (isNamespace)
        {
            tree.Child("status")["phase"] = "Terminating";
        }

        return true;
    }

    /// <summary>The answer shows a pod as one that had no time left.</summary>
    private JsonObject Last(ResourceDefinition resource, JsonObject tree)
    {
        if (resource.StorageKey == "/pods")
        {
            tree.Meta()["deletionTimestamp"] ??= cluster.Ids.NowText;
            tree.Meta()["deletionGracePeriodSeconds"] = 0L;
        }

        return tree;
    }

    private static List<string> Finalizers(ResourceDefinition resource, JsonObject meta, DeleteOptions options)
    {
        var finalizers = meta.Texts("finalizers").ToList();
        var policy = options.Propagation ?? (finalizers.Contains(Orphan) ? "Orphan"
            : finalizers.Contains(Foreground) ? "Foreground"
            : resource.StorageKey is "/replicationcontrollers" or "batch/jobs" ? "Orphan" : "Background");
        finalizers.RemoveAll(f => f is Orphan or Foreground);
        if (policy == "Orphan")
        {
            finalizers.Add(Orphan);
        }
        else if (policy == "Foreground")
        {
            finalizers.Add(Foreground);
        }

        return finalizers;
    }

    /// <summary>Only pods that have reached a node end gracefully; their kubelet (here: the simulator) deletes them for good.</summary>
    private static long Grace(ResourceDefinition resource, JsonObject tree, DeleteOptions options)
    {
        if (resource.StorageKey != "/pods" || tree.Map("spec").Text("nodeName").Length == 0
            || tree.Map("status").Text("phase") is "Succeeded" or "Failed")
        {
            return 0;
        }

        var meta = tree.Meta();
        var wanted = options.GracePeriod ?? tree.Map("spec").Number("terminationGracePeriodSeconds") ?? 30;
        return meta["deletionTimestamp"] is not null && meta.Number("deletionGracePeriodSeconds") is { } present && options.GracePeriod is null
            ? present
            : Math.Max(0, wanted);
    }
}
