using GitOpsToolkit.Sandbox.ApiServer.Resources;
using GitOpsToolkit.Sandbox.ApiServer.Storage;

namespace GitOpsToolkit.Sandbox.ApiServer.Lifecycle;

/// <summary>Forgets Events some time after their last change, as the lease of their key does in etcd.</summary>
internal sealed class EventExpiry(Cluster cluster) : ILifecycle
{
    private readonly PriorityQueue<StoredObject, DateTimeOffset> expiring = new();

    public void Observe(Change change)
    {
        if (change.Object.Id.Resource == "/events" && change.Kind != ChangeKind.Deleted)
        {
            expiring.Enqueue(change.Object, LastChange(change) + cluster.Options.EventLifetime);
        }
    }

    public void Work()
    {
        while (expiring.TryPeek(out var stored, out var at) && at <= cluster.Ids.Now)
        {
            expiring.Dequeue();
            if (cluster.Store.Get(stored.Id)?.Revision == stored.Revision)
            {
                cluster.Store.Remove(cluster.Store.Get(stored.Id)!);
            }
        }
    }

    /// <summary>Now, or for events that were there before the start: when they were created.</summary>
    private DateTimeOffset LastChange(Change change)
    {
        var created = change.Object.Parse().Map("metadata").Text("creationTimestamp");
        return change is { Kind: ChangeKind.Added, Before: null } && DateTimeOffset.TryParse(created, out var time) ? time : cluster.Ids.Now;
    }
}
