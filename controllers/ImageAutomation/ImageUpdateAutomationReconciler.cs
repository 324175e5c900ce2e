using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Controllers.ImageAutomation.PullRequests;
using GitOpsToolkit.Controllers.ImageAutomation.Setters;
using GitOpsToolkit.Controllers.ImageAutomation.Sources;
using GitOpsToolkit.Controllers.ImageAutomation.Updates;
using GitOpsToolkit.Git;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Reconciling;
using GitOpsToolkit.Reconciling.Events;
using GitOpsToolkit.Reconciling.Status;
using GitOpsToolkit.Templating;
using Microsoft.Extensions.Logging;
using AutomationScope = GitOpsToolkit.Reconciling.Scope<
    GitOpsToolkit.Api.Image.V1.ImageUpdateAutomation, GitOpsToolkit.Api.Image.V1.ImageUpdateAutomationStatus>;

namespace GitOpsToolkit.Controllers.ImageAutomation;

/// <summary>Reconciles ImageUpdateAutomation: elected images become commits.</summary>
internal sealed class ImageUpdateAutomationReconciler(
    WatchCache<ImageUpdateAutomation> cache, WatchCache<ImagePolicy> policies, GitPlanner planner, UpdateServices updates,
    ProposalStep proposals, ReconcilerServices services)
    : ToolkitReconciler<ImageUpdateAutomation, ImageUpdateAutomationStatus>(cache, services, Options)
{
    /// <summary>The index of policies by namespace.</summary>
    internal const string ByNamespace = "namespace";

    private static readonly ReconcilerOptions Options = new()
    {
        FieldManager = ControllerNames.ImageAutomation,
        UnsupportedFields = ["git.push.refspec"],
    };

    /// <inheritdoc/>
    protected override IReadOnlyList<Step<ImageUpdateAutomation, ImageUpdateAutomationStatus>> Steps =>
        [ReadAnnotationsAsync, SelectPoliciesAsync, SettleAsync, PlanAsync, RecoverPushAsync, ResolveAsync, UpdateAsync, RunAgainAsync];

    /// <inheritdoc/>
    protected override ReadyMessage Success(AutomationScope scope) => new(Reasons.Succeeded, scope.Find<Unsettled>() is null
        ? ProposalStep.Waiting(scope.Status) ?? "repository up-to-date"
        : $"new elections are committed once they have settled, see the annotation {AutomationAnnotations.SettleKey}");

    private static Task<Outcome> ReadAnnotationsAsync(AutomationScope scope, CancellationToken cancellation)
    {
        if (!AutomationAnnotations.TryRead(scope.Object.Metadata.Annotations, out var annotations, out var problem))
        {
            return Task.FromResult<Outcome>(new Outcome.Stalled(Reasons.InvalidSpec, problem));
        }

        scope.Set(annotations);
        return Task.FromResult(Outcome.Next);
    }

    /// <summary>
    /// New elections wait for each other where an annotation says so. The first run, a changed spec and a request of the user wait for nothing.
    /// </summary>
    private Task<Outcome> SettleAsync(AutomationScope scope, CancellationToken cancellation)
    {
        var set = scope.Get<PolicySet>();
        var status = scope.Object.Status;
        if (scope.Get<AutomationAnnotations>().Settle is not { } rule || scope.IsRequested || status?.LastAutomationRunTime is null
            || status.ObservedGeneration != scope.Generation || set.Matches(status.ObservedPolicies))
        {
            updates.Windows.Close(scope.Key);
            return Task.FromResult(Outcome.Next);
        }

        var rest = updates.Windows.Observe(scope.Key, set, rule);
        if (rest == TimeSpan.Zero)
        {
            return Task.FromResult(Outcome.Next);
        }

        scope.Logger.LogInformation("Elections settle, {Rest} still: {Images}", rest,
            string.Join(", ", set.Images.Select(image => image.Reference)));
        scope.Set(new Unsettled());
        return Task.FromResult<Outcome>(new Outcome.Done(rest));
    }

    private Task<Outcome> SelectPoliciesAsync(AutomationScope scope, CancellationToken cancellation)
    {
        var spec = scope.Object.Spec;
        if (spec.Update?.Strategy is { Length: > 0 } strategy and not "Setters")
        {
            return Task.FromResult<Outcome>(new Outcome.Stalled(Reasons.InvalidUpdateStrategy,
                $"unsupported update strategy '{strategy}', expected Setters"));
        }

        PolicySet set;
        try
        {
            set = PolicySet.Of(policies.ByIndex(ByNamespace, scope.Key.Namespace), spec.PolicySelector);
        }
        catch (FormatException error)
        {
            return Task.FromResult<Outcome>(new Outcome.Stalled(Reasons.InvalidPolicySelector, error.Message));
        }

        scope.Set(set);
        return Task.FromResult(Outcome.Next);
    }

    private async Task<Outcome> PlanAsync(AutomationScope scope, CancellationToken cancellation)
    {
        var (plan, problem) = await planner.PlanAsync(scope.Object, cancellation);
        if (plan is null)
        {
            return problem!;
        }

        scope.Set(plan);
        return Outcome.Next;
    }

    /// <summary>
    /// A run that was killed between its push and its status left a note: where the branch has that commit, the status is made up for.
    /// </summary>
    private async Task<Outcome> RecoverPushAsync(AutomationScope scope, CancellationToken cancellation)
    {
        if (updates.Journal.Read(scope.Key) is not { } pending)
        {
            return Outcome.Next;
        }

        if (pending.Commit == scope.Status.LastPushCommit)
        {
            updates.Journal.Clear(scope.Key);
            return Outcome.Next;
        }

        var plan = scope.Get<GitPlan>();
        try
        {
            var refs = await plan.Mirror.ListRefsAsync(TimeSpan.Zero, plan.Timeout, cancellation);
            if (refs.Find("refs/heads/" + pending.Branch)?.TargetId == pending.Commit)
            {
                scope.Status = scope.Status with { LastPushCommit = pending.Commit, LastPushTime = pending.Time };
                scope.Logger.LogInformation("Commit {Commit} had been pushed to {Branch} by a run that was interrupted",
                    pending.Commit, pending.Branch);
                return Outcome.Next;
            }
        }
        catch (GitException error)
        {
            return Failed("failed to checkout source", error);
        }

        // It was not pushed, or others have built on it since: what the branch holds now decides, as at every run.
        updates.Journal.Clear(scope.Key);
        return Outcome.Next;
    }

    /// <summary>Looks at the server's references; an unchanged branch and unchanged policies are all that an idle run looks at.</summary>
    private async Task<Outcome> ResolveAsync(AutomationScope scope, CancellationToken cancellation)
    {
        if (scope.Find<Unsettled>() is not null)
        {
            return Outcome.Next;
        }

        var plan = scope.Get<GitPlan>();
        try
        {
            var resolver = new ReferenceResolver(plan.Mirror, TagSelection.Highest);
            scope.Set(await resolver.ResolveAsync(plan.Checkout, UpdateRun.FreshFor(attempt: 0), plan.Timeout, cancellation));
            return Outcome.Next;
        }
        catch (GitException error)
        {
            return Failed("failed to checkout source", error);
        }
    }

    private async Task<Outcome> UpdateAsync(AutomationScope scope, CancellationToken cancellation)
    {
        if (scope.Find<Unsettled>() is not null)
        {
            return Outcome.Next;
        }

        var (plan, checkout, set) = (scope.Get<GitPlan>(), scope.Get<ResolvedReference>(), scope.Get<PolicySet>());
        if (!NeedsRun(scope, plan, checkout, set))
        {
            return Outcome.Next;
        }

        try
        {
            var values = new SetterValues(set.Images, set.WithoutImage, set.NotSelected);
            var request = new UpdateRequest(scope.Key, scope.Object.Spec.Git!.Commit,
                UpdatePath.Clean(scope.Object.Spec.Update?.Path), plan, values)
            {
                CommitPer = scope.Get<AutomationAnnotations>().CommitPer,
                Groups = set.Groups,
            };
            if (scope.Get<AutomationAnnotations>().PullRequest is { } rule)
            {
                return await ProposeAsync(scope, rule, request, set, checkout, cancellation);
            }

            var run = new UpdateRun(updates, request, scope.Logger);
            var result = await run.RunAsync(
                checkout,
                update => scope.ProgressAsync($"updating {update.Changes.Count()} values in {update.Changed.Count} files", cancellation),
                cancellation);
            Observe(scope, plan, checkout, set, result);
            updates.Windows.Close(scope.Key);
            return Outcome.Next;
        }
        catch (FormatException error)
        {
            return new Outcome.Retry(Reasons.UpdateFailed, $"failed to apply policies: {error.Message}");
        }
        catch (Exception error) when (error is DirectoryNotFoundException or InvalidOperationException)
        {
            return new Outcome.Retry(Reasons.UpdateFailed, $"failed to apply policies: {error.Message}");
        }
        catch (RemovedFieldException error)
        {
            return new Outcome.Stalled(Reasons.RemovedTemplateField, error.Message);
        }
        catch (TemplateException error)
        {
            // The reason is Flux's, which would try the same template again and again.
            return new Outcome.Stalled(Reasons.GitOperationFailed,
                $"failed to update source: spec.git.commit.messageTemplate cannot be carried out: {error.Message}");
        }
        catch (PushRefusedException error)
        {
            return new Outcome.Retry(Reasons.GitOperationFailed, $"failed to update source: {error.Message}");
        }
        catch (GitException error)
        {
            return await DiscardWhereDamagedAsync(plan, error, cancellation);
        }
    }

    /// <summary>Changes are offered, not pushed; the branch that was checked out never moves by this.</summary>
    private async Task<Outcome> ProposeAsync(
        AutomationScope scope, PullRequestRule rule, UpdateRequest request, PolicySet set, ResolvedReference checkout, CancellationToken cancellation)
    {
        var (outcome, result) = await proposals.RunAsync(scope, rule, request, set, cancellation);
        if (result is not null)
        {
            // Of several branches none is the push branch: what was seen is the source alone.
            Observe(scope, request.Plan with { PushBranch = "" }, checkout, set, result);
            updates.Windows.Close(scope.Key);
        }

        return outcome;
    }

    /// <summary>
    /// The source and the policies may be as they were at the last run, which then left nothing to do; an automation that pushes
    /// elsewhere has two branches
    /// to look at and always runs.
    /// </summary>
    private static bool NeedsRun(AutomationScope scope, GitPlan plan, ResolvedReference checkout, PolicySet set)
    {
        var status = scope.Object.Status;
        return status?.ObservedSourceRevision != checkout.Revision
            || !set.Matches(status.ObservedPolicies)
            || status.ObservedGeneration != scope.Generation
            || plan.SwitchesBranch
            || scope.Get<AutomationAnnotations>().PullRequest is not null
            || scope.IsRequested;
    }

    /// <summary>Puts what the run saw and did into the status; a run that saw and did nothing new leaves it as it is.</summary>
    private void Observe(AutomationScope scope, GitPlan plan, ResolvedReference checkout, PolicySet set, UpdateResult result)
    {
        var began = Time.GetUtcNow();
        var seen = plan.SwitchesBranch ? checkout.Revision : $"{plan.PushBranch}@sha1:{result.Pushed?.Commit ?? result.Tip}";
        var isNews = result.Pushed is not null || scope.Status.ObservedSourceRevision != seen
            || !set.Matches(scope.Status.ObservedPolicies);
        if (isNews)
        {
            scope.Status = scope.Status with
            {
                ObservedPolicies = set.Observed,
                ObservedSourceRevision = seen,
                LastAutomationRunTime = began,
            };
        }

        if (result.Pushed is { } pushed)
        {
            scope.Status = scope.Status with { LastPushCommit = pushed.Commit, LastPushTime = pushed.Time };
            foreach (var commit in result.Commits)
            {
                scope.Event(EventType.Normal, Reasons.Succeeded, commit.Summary);
            }
        }

        MarkerReport.Report(scope, result.Update);
        scope.Logger.LogInformation(
            "{Found} markers: {Changed} changed, {UpToDate} up to date, {Unresolved} unresolved; {Result}",
            result.Update.Found, result.Update.Changes.Count(), result.Update.UpToDate, result.Update.Unresolved.Count,
            result.Pushed is null ? "no changes made; no commit" : $"pushed {result.Pushed.Commit}");
    }

    private static async Task<Outcome> DiscardWhereDamagedAsync(GitPlan plan, GitException error, CancellationToken cancellation)
    {
        if (error.Failure == GitFailure.Corrupt)
        {
            await plan.Mirror.DiscardAsync(cancellation);
        }

        return Failed("failed to update source", error);
    }

    /// <summary>Elections are new and have not settled: nothing is fetched or committed in this reconcile.</summary>
    private sealed record Unsettled;

    private static Outcome.Retry Failed(string what, GitException error) => new(Reasons.GitOperationFailed, $"{what}: {error.Message}");

    private Task<Outcome> RunAgainAsync(AutomationScope scope, CancellationToken cancellation) =>
        Task.FromResult<Outcome>(new Outcome.Done(scope.Object.Spec.Interval.ToTimeSpan()));
}
