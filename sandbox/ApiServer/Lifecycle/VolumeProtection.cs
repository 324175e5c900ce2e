using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Resources;
using GitOpsToolkit.Sandbox.ApiServer.Storage;

namespace GitOpsToolkit.Sandbox.ApiServer.Lifecycle;

/// <summary>
/// Lets volumes and claims on them go when nobody uses them any more. Until then the finalizer holds them that every new one gets: a claim is
/// used by the scheduled pods that mount it, a volume by the claim that it is bound to.
/// </summary>
internal sealed class VolumeProtection(Cluster cluster, RawWriter raw) : ILifecycle
{
    private const string Claims = "/persistentvolumeclaims";
    private const string Volumes = "/persistentvolumes";
    private readonly HashSet<ObjectId> waiting = [];
    private bool isDirty;

    /// <summary>The finalizer of a kind's objects; null for all kinds but volumes and claims.</summary>
    public static string? Finalizer(string storageKey) => storageKey switch
    {
        Claims => "kubernetes.io/pvc-protection",
        Volumes => "kubernetes.io/pv-protection",
        _ => null,
    };

    /// <summary>Gives a new object its finalizer.</summary>
    public static void Protect(string storageKey, JsonObject tree)
    {
        if (Finalizer(storageKey) is { } finalizer && !tree.Meta().Texts("finalizers").Contains(finalizer))
        {
            var list = tree.Meta().List("finalizers");
            if (list is null)
            {
                tree.Meta()["finalizers"] = list = [];
            }

            list.Add((JsonNode)finalizer);
        }
    }

    public void Observe(Change change)
    {
        var id = change.Object.Id;
        if (Finalizer(id.Resource) is { } finalizer)
        {
            if (change.Kind == ChangeKind.Deleted || !change.Object.IsTerminating || !change.Object.Finalizers.Contains(finalizer))
            {
                waiting.Remove(id);
            }
            else
            {
                waiting.Add(id);
                isDirty = true;
            }
        }
        else if (id.Resource == "/pods" && waiting.Count > 0)
        {
            isDirty = true;
        }
    }

    public void Work()
    {
        if (!isDirty)
        {
            return;
        }

        isDirty = false;
        foreach (var id in waiting.Where(id => !IsUsed(id)).ToList())
        {
            waiting.Remove(id);
            raw.RemoveFinalizer(id, Finalizer(id.Resource)!);
        }
    }

    private bool IsUsed(ObjectId id) => id.Resource == Volumes
        ? cluster.Store.Get(id)?.Parse().Map("status").Text("phase") == "Bound"
        : cluster.Store.Snapshot("/pods").All.Values.Where(p => p.Id.Namespace == id.Namespace).Select(p => p.Parse().Map("spec")).Any(spec =>
            spec.Text("nodeName").Length > 0
            && (spec.List("volumes") ?? []).Any(v => v.Map("persistentVolumeClaim").Text("claimName") == id.Name));
}
