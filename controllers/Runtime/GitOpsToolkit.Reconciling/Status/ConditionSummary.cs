using GitOpsToolkit.Api.Meta;

namespace GitOpsToolkit.Reconciling.Status;

/// <summary>Reason and message of a Ready condition that is True.</summary>
/// <param name="Reason">The CamelCase reason, such as <c>Succeeded</c>.</param>
/// <param name="Message">What was reached, such as <c>stored artifact for revision …</c>; without times.</param>
public sealed record ReadyMessage(string Reason, string Message);

/// <summary>Draws Ready, Reconciling and Stalled from an outcome, in the terms of kstatus.</summary>
internal static class ConditionSummary
{
    /// <summary>Work was found and is going on.</summary>
    public static void InProgress(ConditionSet conditions, string reason, string message)
    {
        conditions.Drop(ConditionTypes.Stalled);
        conditions.Set(ConditionTypes.Reconciling, ConditionStatus.True, reason, message);
        conditions.Set(ConditionTypes.Ready, ConditionStatus.Unknown, reason, message);
    }

    /// <summary>The outcome of a whole reconcile.</summary>
    /// <param name="conditions">What the steps stated.</param>
    /// <param name="outcome">What it came to.</param>
    /// <param name="success">What Ready says after <see cref="Outcome.Done"/>.</param>
    public static void Final(ConditionSet conditions, Outcome outcome, Func<ReadyMessage> success)
    {
        switch (outcome)
        {
            case Outcome.Done:
                var ready = success();
                conditions.Drop(ConditionTypes.Reconciling);
                conditions.Drop(ConditionTypes.Stalled);
                conditions.Set(ConditionTypes.Ready, ConditionStatus.True, ready.Reason, ready.Message);
                break;
            case Outcome.Retry(var fault, _):
                NotReady(conditions, fault);
                break;
            case Outcome.WaitFor({ Reason: Reasons.Progressing } work, _):
                // Work that takes its time, such as a rollout, is no failure: nobody shall be woken for it.
                InProgress(conditions, work.Reason, work.Text);
                break;
            case Outcome.WaitFor(var what, _):
                NotReady(conditions, what);
                break;
            case Outcome.Stalled(var fault):
                conditions.Drop(ConditionTypes.Reconciling);
                conditions.Set(ConditionTypes.Stalled, ConditionStatus.True, fault.Reason, fault.Text);
                conditions.Set(ConditionTypes.Ready, ConditionStatus.False, fault.Reason, fault.Text);
                break;
        }
    }

    /// <summary>Whether the outcome says that the present generation was handled fully.</summary>
    public static bool ObservesGeneration(Outcome outcome) => outcome is Outcome.Done or Outcome.Stalled;

    private static void NotReady(ConditionSet conditions, Fault fault)
    {
        conditions.Drop(ConditionTypes.Stalled);
        conditions.Set(ConditionTypes.Reconciling, ConditionStatus.True, Reasons.ProgressingWithRetry, fault.Text);
        conditions.Set(ConditionTypes.Ready, ConditionStatus.False, fault.Reason, fault.Text);
    }
}
