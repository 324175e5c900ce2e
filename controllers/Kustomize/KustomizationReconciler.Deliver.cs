using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Delivery;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Kustomize;
using GitOpsToolkit.Kustomize.Loader;
using GitOpsToolkit.Reconciling;
using GitOpsToolkit.Reconciling.Events;

namespace GitOpsToolkit.Controllers.Kustomize;

/// <content>From the artifact to the cluster.</content>
internal sealed partial class KustomizationReconciler
{
    private async Task<Outcome> DeliverAsync(KustomizationScope scope, CancellationToken cancellation)
    {
        var undisturbed = FindUndisturbed(scope);
        if (undisturbed is not null && IsOf(undisturbed, scope.Get<SourceArtifact>()))
        {
            scope.Set(new Delivered(undisturbed.BuildDigest, DidWork: false));
            return Outcome.Next;
        }

        scope.Set(new Began(Time.GetUtcNow()));
        using var deadline = Time.StartDeadline(Timeout(scope.Object.Spec));
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        try
        {
            return await DeliverChangedAsync(scope, undisturbed, both.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            var timeout = GoDuration.From(Timeout(scope.Object.Spec));
            return Failed(scope, Reasons.ReconciliationFailed, $"the reconciliation took longer than its timeout of {timeout}; raise spec.timeout");
        }
    }

    /// <summary>What was applied last, if the spec is the same since then and every object is as it was left.</summary>
    private AppliedWork? FindUndisturbed(KustomizationScope scope) =>
        _applied.TryGetValue(scope.Key, out var work)
            && work.Generation == scope.Generation
            && work.Uid == scope.Object.Metadata.Uid
            && !scope.IsRequested
            && Time.GetUtcNow() - work.AuditedAt < _options.AuditInterval
            && _ledger.IsClean(OwnerOf(scope.Key), work.Objects)
            ? work
            : null;

    private static bool IsOf(AppliedWork work, SourceArtifact source) =>
        work.Revision == source.Revision && work.ArtifactDigest == source.Artifact.Digest;

    /// <summary>Takes note of a revision in which a build would see nothing else than the last one saw: nothing is built or applied.</summary>
    private void Acknowledge(KustomizationScope scope, AppliedWork work)
    {
        var source = scope.Get<SourceArtifact>();
        _applied[scope.Key] = work with { Revision = source.Revision, ArtifactDigest = source.Artifact.Digest };
        BuildMetrics.WasSpared(scope.Key);
        scope.Set(new Delivered(work.BuildDigest, DidWork: false));
    }

    private async Task<Outcome> DeliverChangedAsync(KustomizationScope scope, AppliedWork? undisturbed, CancellationToken cancellation)
    {
        var source = scope.Get<SourceArtifact>();
        Manifests manifests;
        try
        {
            using var lease = await _artifacts.GetAsync(source.Artifact, cancellation);
            if (undisturbed?.Inputs.AreUnchangedIn(new DirectoryFileSource(lease.Path), cancellation) == true)
            {
                Acknowledge(scope, undisturbed);
                return Outcome.Next;
            }

            BuildMetrics.Built(scope.Key);
            manifests = ManifestBuild.Run(scope.Object, OwnerOf(scope.Key), lease.Path, _options.BuildLimits, cancellation);
        }
        catch (ArtifactException e) when (e.IsMissing)
        {
            return new Outcome.WaitFor(
                Reasons.ArtifactFailed,
                $"Source is not ready, artifact not found, retrying in {GoDuration.From(_options.RequeueDependency)}", _options.RequeueDependency);
        }
        catch (ArtifactException e)
        {
            return Failed(scope, Reasons.ArtifactFailed, e.Message);
        }
        catch (BuildException e)
        {
            scope.Status = scope.Status with { LastAttemptedRevision = source.Revision };
            return Failed(scope, Reasons.BuildFailed, e.Message);
        }

        var before = Inventory.Read(scope.Object.Status.Inventory);
        await AnnounceAsync(scope, before, manifests, cancellation);
        return await ApplyAsync(scope, before, manifests, cancellation) ?? await PruneAsync(scope, before, manifests, cancellation);
    }

    /// <summary>
    /// Says what is under way, and notes the objects that are about to be made: should this process end now, the next one knows what
    /// it may have to remove. A mere correction of drift is not announced.
    /// </summary>
    private static async Task AnnounceAsync(KustomizationScope scope, Inventory before, Manifests manifests, CancellationToken cancellation)
    {
        var source = scope.Get<SourceArtifact>();
        var planned = before.With(manifests.Objects.Select(desired => desired.Ref));
        var isNews = scope.Object.Status.LastAttemptedRevision != source.Revision
            || scope.Object.Status.ObservedGeneration != scope.Generation;
        if (!isNews && planned.Objects.Count == before.Objects.Count)
        {
            return;
        }

        scope.Status = scope.Status with { LastAttemptedRevision = source.Revision, Inventory = planned.Write() };
        await scope.ProgressAsync(
            $"Detecting drift for revision {source.Revision} with a timeout of {GoDuration.From(Timeout(scope.Object.Spec))}", cancellation);
    }

    /// <returns>Null when all is applied.</returns>
    private async Task<Outcome?> ApplyAsync(KustomizationScope scope, Inventory before, Manifests manifests, CancellationToken cancellation)
    {
        var source = scope.Get<SourceArtifact>();
        var options = new ApplyOptions
        {
            Owner = OwnerOf(scope.Key),
            Force = scope.Object.Spec.Force,
            Audit = scope.IsRequested || !_applied.TryGetValue(scope.Key, out var work)
                || Time.GetUtcNow() - work.AuditedAt >= _options.AuditInterval,
            Concurrency = _options.ConcurrentSsa,
            StageTimeout = _options.StageTimeout,
            OverrideManagers = _options.OverrideManagers,
            CustomStageKinds = _options.CustomApplyStageKinds,
        };
        var result = await new Applier(ClientFor(scope), _mapper, _ledger).ApplyAsync(manifests.Objects, options, cancellation);
        if (result.Summary.Length > 0)
        {
            scope.Event(EventType.Normal, Reasons.Progressing, result.Summary, KeyValuePair.Create("revision", source.Revision));
        }

        if (!result.IsSuccess)
        {
            // What was applied before the fault stays on record, beside what was there before.
            var touched = result.Changes.Select(change => change.Target);
            scope.Status = scope.Status with { LastAttemptedRevision = source.Revision, Inventory = before.With(touched).Write() };
            return Failed(scope, Reasons.ReconciliationFailed, string.Join('\n', result.Faults), manifests.Digest, result.IsTransient);
        }

        scope.Set(result);
        return null;
    }

    private async Task<Outcome> PruneAsync(KustomizationScope scope, Inventory before, Manifests manifests, CancellationToken cancellation)
    {
        var source = scope.Get<SourceArtifact>();
        var applied = scope.Get<DeliveryResult>();
        var now = new Inventory(applied.Changes.Select(change => change.Target));
        var stale = before.Without(now);
        scope.Status = scope.Status with { LastAttemptedRevision = source.Revision, Inventory = now.Write() };
        if (scope.Object.Spec.Prune && stale.Count > 0)
        {
            var result = await new Pruner(ClientFor(scope), _mapper, _ledger).DeleteAsync(stale, OwnerOf(scope.Key), cancellation);
            if (result.Summary.Length > 0)
            {
                scope.Event(EventType.Normal, Reasons.ReconciliationSucceeded, result.Summary,
                    KeyValuePair.Create("revision", source.Revision));
            }

            if (!result.IsSuccess)
            {
                scope.Status = scope.Status with { Inventory = now.With(result.Faults.Select(fault => fault.Target)).Write() };
                return Failed(scope, Reasons.PruneFailed, string.Join('\n', result.Faults), manifests.Digest, result.IsTransient);
            }
        }
        else
        {
            stale.ToList().ForEach(target => _ledger.Forget(target, OwnerOf(scope.Key)));
        }

        Remember(scope, manifests, applied);
        // A look that was due, such as the first one after a start, and found all in place is no news.
        var changed = applied.Changes.Any(change => change.Action is not (ApplyAction.Unchanged or ApplyAction.Skipped));
        scope.Set(new Delivered(manifests.Digest, DidWork: changed || stale.Count > 0 || scope.IsRequested));
        return Outcome.Next;
    }

    private void Remember(KustomizationScope scope, Manifests manifests, DeliveryResult applied)
    {
        var source = scope.Get<SourceArtifact>();
        _applied[scope.Key] = new AppliedWork(
            scope.Generation, scope.Object.Metadata.Uid ?? "", source.Revision, source.Artifact.Digest, manifests.Digest, manifests.Inputs,
            [.. manifests.Objects.Select(desired => desired.Ref)],
            applied.Changes.Where(change => change.Action == ApplyAction.Skipped).Select(change => change.Target).ToHashSet(),
            Time.GetUtcNow(), HealthSince: null);
    }

    private Outcome.Retry Failed(KustomizationScope scope, string reason, string message, string? digest = null, bool isTransient = false)
    {
        // The next attempt looks at everything again.
        _applied.TryRemove(scope.Key, out _);
        if (digest is not null)
        {
            var now = Time.GetUtcNow();
            scope.Status = scope.Status with
            {
                History = History.WithFailure(
                    scope.Status.History, digest, reason, scope.Find<Began>()?.At ?? now, now, scope.Get<SourceArtifact>()),
            };
        }

        // What is no fault of the manifests is tried again with a growing delay, however long the interval is.
        return new Outcome.Retry(new Fault(reason, message), isTransient ? null : RetryInterval(scope.Object.Spec));
    }

    private KubeClient ClientFor(KustomizationScope scope)
    {
        var account = string.IsNullOrEmpty(scope.Object.Spec.ServiceAccountName) ? _options.DefaultServiceAccount : scope.Object.Spec.ServiceAccountName;
        return account.Length == 0 ? Client : Client.Impersonate(Impersonation.ServiceAccount(scope.Key.Namespace, account));
    }
}
