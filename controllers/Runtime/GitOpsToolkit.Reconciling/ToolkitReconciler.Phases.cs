using GitOpsToolkit.Api.Json;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Reconciling.Status;
using Microsoft.Extensions.Logging;

namespace GitOpsToolkit.Reconciling;

/// <content>The phases of a reconcile.</content>
public abstract partial class ToolkitReconciler<T, TStatus>
{
    /// <summary>Runs steps until one is not done. Of their requeues the shortest counts.</summary>
    private async Task<Outcome> RunAsync(Scope<T, TStatus> scope, IReadOnlyList<Step<T, TStatus>> steps, CancellationToken cancellation)
    {
        TimeSpan? after = null;
        try
        {
            foreach (var step in steps)
            {
                var outcome = await step(scope, cancellation);
                if (outcome is not Outcome.Done done)
                {
                    return outcome;
                }

                after = after is null || done.After < after ? done.After ?? after : after;
            }
        }
        catch (Exception error) when (!cancellation.IsCancellationRequested)
        {
            // Expected failures are outcomes. What is thrown is a bug or an API server in trouble: said aloud and tried again.
            if (error is not ApiException)
            {
                Logger.LogError(error, "a step failed unexpectedly");
            }

            return new Outcome.Retry(Reasons.ReconciliationFailed, error is OperationCanceledException ? "the operation timed out" : error.Message);
        }

        return new Outcome.Done(after);
    }

    private async Task<Outcome> FinishAsync(Scope<T, TStatus> scope, Outcome outcome, CancellationToken cancellation)
    {
        ConditionSummary.Final(scope.Conditions, outcome, () => Success(scope));
        if (ConditionSummary.ObservesGeneration(outcome))
        {
            scope.Status = (TStatus)((ToolkitStatus)scope.Status with { ObservedGeneration = scope.Generation });
        }

        RecordRequest(scope);
        await WriteAsync(scope, cancellation);
        Announce(scope, outcome);
        return outcome is Outcome.Done { After: { } after } ? new Outcome.Done(_jitter.Around(after)) : outcome;
    }

    private async Task<Outcome> SuspendAsync(Scope<T, TStatus> scope, CancellationToken cancellation)
    {
        RecordRequest(scope);
        await WriteAsync(scope, cancellation);
        return Outcome.Next;
    }

    private async Task<Outcome> DeleteAsync(Scope<T, TStatus> scope, CancellationToken cancellation)
    {
        if (!FinalizerKeeper<T>.Has(scope.Entry))
        {
            return Outcome.Next;
        }

        var outcome = await RunAsync(scope, [FinalizeAsync], cancellation);
        if (outcome is not Outcome.Done)
        {
            return await FinishAsync(scope, outcome, cancellation);
        }

        Forget(scope.Key);
        await _finalizer.RemoveAsync(scope.Entry, cancellation);
        return Outcome.Next;
    }

    /// <summary>What keeps the object from being reconciled at all until the user changes it.</summary>
    private Outcome? FindStall(CacheEntry<T> entry)
    {
        if (!entry.IsValid)
        {
            return new Outcome.Stalled(Reasons.InvalidSpec, string.Join("; ", entry.Errors));
        }

        if (_options.UnsupportedFields.Count == 0)
        {
            return null;
        }

        var used = UnsupportedFields.Find(ToolkitJson.ToElement(entry.Value).GetProperty("spec"), _options.UnsupportedFields);
        return used.Count == 0 ? null : new Outcome.Stalled(Reasons.InvalidSpec, UnsupportedFields.Message(used));
    }

    private static void RecordRequest(Scope<T, TStatus> scope)
    {
        if (scope.IsRequested)
        {
            scope.Status = (TStatus)((ToolkitStatus)scope.Status with { LastHandledReconcileAt = scope.RequestedAt });
        }
    }

    private async Task WriteAsync(Scope<T, TStatus> scope, CancellationToken cancellation)
    {
        var wanted = (TStatus)((ToolkitStatus)scope.Status with { Conditions = scope.Conditions.ToList() });
        if (await _writer.WriteAsync(scope.Key, scope.Written, wanted, cancellation))
        {
            scope.Written = wanted;
        }
    }
}
