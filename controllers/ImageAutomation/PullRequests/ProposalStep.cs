using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Controllers.ImageAutomation.Holds;
using GitOpsToolkit.Controllers.ImageAutomation.Updates;
using GitOpsToolkit.PullRequests;
using GitOpsToolkit.Reconciling;
using GitOpsToolkit.Reconciling.Events;
using AutomationScope = GitOpsToolkit.Reconciling.Scope<
    GitOpsToolkit.Api.Image.V1.ImageUpdateAutomation, GitOpsToolkit.Api.Image.V1.ImageUpdateAutomationStatus>;

namespace GitOpsToolkit.Controllers.ImageAutomation.PullRequests;

/// <summary>The step of a reconcile that offers changes by pull requests in place of pushing them to the branch.</summary>
internal sealed class ProposalStep(UpdateServices services, HostOpener opener)
{
    private readonly ProposalMemory memory = new();

    /// <summary>Makes the run, and puts pull requests, holds and events into the scope.</summary>
    /// <param name="scope">The automation.</param>
    /// <param name="rule">The annotation.</param>
    /// <param name="request">The repository and the values; its push branch is the one that is checked out.</param>
    /// <param name="set">What was elected.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>What it came to, and what was pushed; null where nothing was tried.</returns>
    internal async Task<(Outcome Outcome, UpdateResult? Result)> RunAsync(
        AutomationScope scope, PullRequestRule rule, UpdateRequest request, PolicySet set, CancellationToken cancellation)
    {
        if (Problem(scope, rule, request, set) is { } problem)
        {
            return (new Outcome.Stalled(Reasons.InvalidSpec, $"annotation {AutomationAnnotations.PullRequestKey}: {problem}"), null);
        }

        var (host, failure) = await opener.OpenAsync(rule, request.Plan, scope.Key.Namespace, cancellation);
        if (host is null)
        {
            return (failure!, null);
        }

        var proposals = new ProposalRequest(
            request, rule, set, scope.Status.PullRequests, new HoldBook(scope.Status.Holds), rule.Base ?? request.Plan.PushBranch);
        var result = await new ProposalRun(services, memory, host, proposals, scope.Logger).RunAsync(cancellation);
        scope.Status = scope.Status with { PullRequests = result.PullRequests, Holds = result.Holds.Holds };
        foreach (var text in result.News)
        {
            scope.Event(EventType.Normal, Reasons.Succeeded, text);
        }

        return (OutcomeOf(result.Faults), result.Update);
    }

    /// <summary>What Ready says of pull requests that wait; null where none does.</summary>
    internal static string? Waiting(ImageUpdateAutomationStatus status)
    {
        var open = status.PullRequests.Where(entry => entry.State == ImageUpdatePullRequest.Open).Select(entry => entry.Url).ToList();
        return open.Count == 0 ? null : $"waiting for pull requests to be merged: {string.Join(", ", open)}";
    }

    private static string? Problem(AutomationScope scope, PullRequestRule rule, UpdateRequest request, PolicySet set)
    {
        if (scope.Object.Spec.Git?.Push is { Branch.Length: > 0 } or { Refspec.Length: > 0 })
        {
            return "spec.git.push names where to push to as well; leave its branch and refspec out";
        }

        // A policy may have the name of the very branch: its changes would go there without a request.
        var (branch, target) = (rule.BranchFor(request.CommitPer), rule.Base ?? request.Plan.PushBranch);
        return branch.ToString() == target || Proposal.Of(branch, scope.Key, set).Any(proposal => proposal.Branch == target)
            ? $"branch '{branch}' is the one that changes are offered to, '{target}'"
            : null;
    }

    /// <summary>Of several faults the longest wait counts: none is asked for before its time.</summary>
    private static Outcome OutcomeOf(IReadOnlyList<PullRequestException> faults) => faults.Count == 0
        ? Outcome.Next
        : new Outcome.Retry(
            new Fault(Reasons.PullRequestFailed, string.Join("; ", faults.Select(fault => fault.Message).Distinct(StringComparer.Ordinal).Take(3))),
            faults.Max(fault => fault.RetryAfter));
}
