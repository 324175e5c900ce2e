using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Delivery;
using GitOpsToolkit.Delivery.Health;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Reconciling;
using GitOpsToolkit.Reconciling.Events;

namespace GitOpsToolkit.Controllers.Kustomize;

/// <content>Health of what was applied, and the end of a Kustomization.</content>
internal sealed partial class KustomizationReconciler
{
    /// <summary>The safety net under the watches while health is waited for.</summary>
    private static readonly TimeSpan HealthPoll = TimeSpan.FromSeconds(5);

    /// <summary>How often the end of deleted objects is looked for.</summary>
    private static readonly TimeSpan TerminationPoll = TimeSpan.FromSeconds(1);

    /// <summary>Looks once; when not all is well yet, the change of an object, or the clock, brings us here again. No worker
    /// waits.</summary>
    private async Task<Outcome> CheckHealthAsync(KustomizationScope scope, CancellationToken cancellation)
    {
        var work = _applied[scope.Key];
        var targets = HealthTargets(scope, work);
        if (targets.Count == 0)
        {
            scope.Conditions.Remove(ConditionTypes.Healthy);
            return Outcome.Next;
        }

        // Also when nothing was applied: what was healthy once may not stay so.
        var wasHealthy = scope.Conditions.IsTrue(ConditionTypes.Healthy);
        var unready = await new HealthProbe(ClientFor(scope), _mapper).FindUnreadyAsync(targets, cancellation);
        if (unready.Count > 0)
        {
            return Unhealthy(scope, work, unready);
        }

        _applied[scope.Key] = work with { HealthSince = null };
        if (!wasHealthy)
        {
            scope.Event(EventType.Normal, Reasons.Progressing, "Health check passed", KeyValuePair.Create("revision", work.Revision));
        }

        scope.Conditions.SetTrue(ConditionTypes.Healthy, Reasons.Succeeded, "Health check passed");
        return Outcome.Next;
    }

    private Outcome Unhealthy(KustomizationScope scope, AppliedWork work, IReadOnlyList<ObjectReport> unready)
    {
        var timeout = Timeout(scope.Object.Spec);
        var since = work.HealthSince ?? Time.GetUtcNow();
        var left = timeout - (Time.GetUtcNow() - since);
        var hasFailed = unready.Any(entry => entry.Report.Status == HealthStatus.Failed);
        if (!hasFailed && left > TimeSpan.Zero)
        {
            _applied[scope.Key] = work with { HealthSince = since };
            var message = $"Running health checks for revision {work.Revision} with a timeout of {GoDuration.From(timeout)}";
            scope.Conditions.SetUnknown(ConditionTypes.Healthy, Reasons.Progressing, message);
            return new Outcome.WaitFor(Reasons.Progressing, message, left < HealthPoll ? left : HealthPoll);
        }

        var list = string.Join(", ", unready.Select(entry => $"{entry.Target} status: '{entry.Report.Status}': {entry.Report.Message}"));
        var problem = hasFailed ? $"failed early due to stalled resources: [{list}]" : $"timeout waiting for: [{list}]";
        scope.Conditions.SetFalse(ConditionTypes.Healthy, Reasons.HealthCheckFailed, problem);
        return Failed(scope, Reasons.HealthCheckFailed, $"health check failed: {problem}", work.BuildDigest);
    }

    private static List<ObjectRef> HealthTargets(KustomizationScope scope, AppliedWork work)
    {
        var spec = scope.Object.Spec;
        IEnumerable<ObjectRef> targets = spec.Wait
            ? work.Objects.Where(target => !work.Skipped.Contains(target))
            : spec.HealthChecks.Select(check => new ObjectRef(
                GroupVersionKind.Parse(string.IsNullOrEmpty(check.ApiVersion) ? "apps/v1" : check.ApiVersion, check.Kind),
                check.Namespace ?? scope.Key.Namespace, check.Name));
        // It would wait for itself.
        return [.. targets.Where(target => target.Kind.Kind != "Kustomization" || target.Key != scope.Key)];
    }

    /// <inheritdoc/>
    protected override async Task<Outcome> FinalizeAsync(KustomizationScope scope, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(scope);
        var spec = scope.Object.Spec;
        var inventory = Inventory.Read(scope.Object.Status.Inventory).Objects;
        var deletes = spec.DeletionPolicy switch
        {
            "Delete" or "WaitForTermination" => true,
            "Orphan" => false,
            _ => spec.Prune,
        };
        if (spec.Suspend || !deletes || inventory.Count == 0)
        {
            return Outcome.Next;
        }

        var pruner = new Pruner(ClientFor(scope), _mapper, _ledger);
        var result = await pruner.DeleteAsync(inventory, OwnerOf(scope.Key), cancellation);
        if (result.Summary.Length > 0)
        {
            scope.Event(EventType.Normal, Reasons.ReconciliationSucceeded, result.Summary);
        }

        if (!result.IsSuccess)
        {
            return new Outcome.Retry(Reasons.PruneFailed, string.Join('\n', result.Faults));
        }

        if (spec.DeletionPolicy != "WaitForTermination")
        {
            return Outcome.Next;
        }

        var remaining = await pruner.RemainingAsync(inventory, OwnerOf(scope.Key), cancellation);
        return remaining.Count == 0
            ? Outcome.Next
            : new Outcome.WaitFor(Reasons.Progressing, $"waiting for the termination of {string.Join(", ", remaining)}", TerminationPoll);
    }
}
