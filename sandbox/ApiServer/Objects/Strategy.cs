using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Resources;

namespace GitOpsToolkit.Sandbox.ApiServer.Objects;

/// <summary>Which part of an object a request may write: all but the status, or the status alone.</summary>
internal enum Part
{
    Main,
    Status,
    Finalize,
}

/// <summary>What the server itself sets or resets in objects, by kind.</summary>
internal static class Strategy
{
    private static readonly string[] KeptByStatus =
        ["managedFields", "resourceVersion", "uid", "finalizers", "ownerReferences", "annotations", "labels"];

    /// <summary>Prepares a new object: the status belongs to controllers, the generation starts at 1.</summary>
    public static void PrepareCreate(ResourceDefinition resource, JsonObject tree, string uid, string now)
    {
        var meta = tree.Meta();
        foreach (var field in (ReadOnlySpan<string>)["deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "resourceVersion"])
        {
            meta.Remove(field);
        }

        meta["uid"] = uid;
        meta["creationTimestamp"] = now;
        if (Counts(resource))
        {
            // What does not count generations keeps the client's.
            meta["generation"] = 1L;
        }

        if (!resource.Namespaced)
        {
            meta.Remove("namespace");
        }

        if (resource.HasStatus)
        {
            ResetStatus(resource, tree);
        }

        KindHooks.PrepareCreate(resource, tree);
    }

    /// <summary>Puts back what the request may not write, and counts the generation.</summary>
    public static void PrepareUpdate(ResourceDefinition resource, Part part, JsonObject before, JsonObject tree)
    {
        if (part == Part.Status)
        {
            KeepOnlyStatus(resource, before, tree);
            return;
        }

        if (part == Part.Finalize)
        {
            tree.Take("status", before);
            return;
        }

        if (resource.HasStatus)
        {
            tree.Take("status", before);
        }

        KindHooks.PrepareUpdate(resource, before, tree);
        if (Counts(resource) && SpecChanged(resource, before, tree))
        {
            tree.Meta()["generation"] = (before.Meta().Number("generation") ?? 0) + 1;
        }
    }

    private static bool Counts(ResourceDefinition resource) => resource.TracksGeneration || resource.Custom is not null;

    private static bool SpecChanged(ResourceDefinition resource, JsonObject before, JsonObject tree)
    {
        var fields = Fields(before, tree)
            .Where(f => f is not ("metadata" or "apiVersion" or "kind") && !(f == "status" && resource.HasStatus));
        return fields.Any(f => !JsonNode.DeepEquals(before[f], tree[f]));
    }

    /// <summary>A status request keeps everything but the status; of the metadata only the managed fields follow (and for built-ins
    /// the labels, annotations, finalizers and owners, as their strategies do).</summary>
    private static void KeepOnlyStatus(ResourceDefinition resource, JsonObject before, JsonObject tree)
    {
        foreach (var field in Fields(before, tree).Where(f => f is not ("status" or "metadata")).ToList())
        {
            tree.Take(field, before);
        }

        var (old, now) = (before.Meta(), tree.Meta());
        var kept = resource switch
        {
            { Custom: not null } => KeptByStatus[..2],
            { Kind: "Deployment" } => KeptByStatus[..^1],
            _ => KeptByStatus,
        };
        foreach (var field in Fields(old, now).Where(f => !kept.Contains(f)).ToList())
        {
            now.Take(field, old);
        }
    }

    private static IEnumerable<string> Fields(JsonObject one, JsonObject other) =>
        one.Concat(other).Select(p => p.Key).Distinct(StringComparer.Ordinal);

    private static void ResetStatus(ResourceDefinition resource, JsonObject tree)
    {
        if (resource.Custom is not null)
        {
            tree.Remove("status");
            return;
        }

        tree["status"] = resource.Kind switch
        {
            "Pod" or "PersistentVolume" or "PersistentVolumeClaim" => new JsonObject { ["phase"] = "Pending" },
            "Namespace" => new JsonObject { ["phase"] = "Active" },
            "Service" or "Ingress" => new JsonObject { ["loadBalancer"] = new JsonObject() },
            "ReplicationController" or "ReplicaSet" => new JsonObject { ["replicas"] = 0L },
            "StatefulSet" => new JsonObject { ["replicas"] = 0L, ["availableReplicas"] = 0L },
            "DaemonSet" => new JsonObject
            {
                ["currentNumberScheduled"] = 0L,
                ["numberMisscheduled"] = 0L,
                ["desiredNumberScheduled"] = 0L,
                ["numberReady"] = 0L,
            },
            "HorizontalPodAutoscaler" => new JsonObject { ["currentReplicas"] = 0L, ["desiredReplicas"] = 0L, ["currentMetrics"] = null },
            "PodDisruptionBudget" => new JsonObject
            {
                ["disruptionsAllowed"] = 0L,
                ["currentHealthy"] = 0L,
                ["desiredHealthy"] = 0L,
                ["expectedPods"] = 0L,
            },
            "CustomResourceDefinition" => CrdRules.NewStatus(tree),
            "Node" => tree["status"]?.DeepClone() ?? new JsonObject(),
            _ => new JsonObject(),
        };
    }
}
