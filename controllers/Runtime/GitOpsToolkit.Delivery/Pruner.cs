using GitOpsToolkit.Kubernetes;

namespace GitOpsToolkit.Delivery;

/// <summary>
/// Deletes objects that their owner no longer asks for. Each is read again first: only what still bears the owner's labels goes,
/// and nothing that asks to be kept.
/// </summary>
/// <param name="client">The server, under the identity that may delete.</param>
/// <param name="mapper">The kinds of that server.</param>
/// <param name="ledger">Forgets what was deleted.</param>
public sealed class Pruner(KubeClient client, RestMapper mapper, DriftLedger ledger)
{
    /// <summary>
    /// Deletes objects in the reverse order of their application, in the background. Objects that are gone already count as deleted.
    /// </summary>
    /// <returns>Every object with <see cref="ApplyAction.Deleted"/> or <see cref="ApplyAction.Skipped"/>, or with a fault: those stay the
    /// owner's.</returns>
    public async Task<DeliveryResult> DeleteAsync(IEnumerable<ObjectRef> targets, OwnerLabels owner, CancellationToken cancellation)
    {
        List<Change> changes = [];
        List<ObjectFault> faults = [];
        foreach (var target in targets.OrderDescending(ApplyOrder.Instance))
        {
            try
            {
                changes.Add(new Change(target, await DeleteAsync(target, owner, cancellation)));
                ledger.Forget(target, owner);
            }
            catch (ApiException e)
            {
                faults.Add(new ObjectFault(target, Origin: null, $"delete failed: {e.Message}", e.IsTransient));
            }
        }

        return new DeliveryResult(changes, faults);
    }

    /// <summary>Which of the objects still exist with the owner's labels.</summary>
    public async Task<IReadOnlyList<ObjectRef>> RemainingAsync(IEnumerable<ObjectRef> targets, OwnerLabels owner,
        CancellationToken cancellation)
    {
        List<ObjectRef> remaining = [];
        foreach (var target in targets)
        {
            if (await mapper.FindAsync(target.Kind, cancellation) is { } resource
                && await client.GetAsync(resource.At(target.Key), cancellation) is { } live
                && ObjectMarks.IsOwned(live, owner) && !ObjectMarks.IsKept(live))
            {
                remaining.Add(target);
            }
        }

        return remaining;
    }

    private async Task<ApplyAction> DeleteAsync(ObjectRef target, OwnerLabels owner, CancellationToken cancellation)
    {
        if (await mapper.FindAsync(target.Kind, cancellation) is not { } resource)
        {
            // The kind is gone, and its objects with it.
            return ApplyAction.Deleted;
        }

        var path = resource.At(target.Key);
        if (await client.GetAsync(path, cancellation) is not { } live)
        {
            return ApplyAction.Deleted;
        }

        if (!ObjectMarks.IsOwned(live, owner) || ObjectMarks.IsKept(live))
        {
            return ApplyAction.Skipped;
        }

        // The very object that was looked at, not one that took its name meanwhile.
        var options = new DeleteOptions { Propagation = Propagation.Background, Uid = live.Map("metadata")!.Text("uid") };
        await client.DeleteAsync(path, options, cancellation);
        return ApplyAction.Deleted;
    }
}
