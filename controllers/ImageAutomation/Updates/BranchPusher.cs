using GitOpsToolkit.Controllers.ImageAutomation.Sources;
using GitOpsToolkit.Git;
using GitOpsToolkit.Kubernetes;

namespace GitOpsToolkit.Controllers.ImageAutomation.Updates;

/// <summary>The push was refused for good, or the branch kept moving.</summary>
internal sealed class PushRefusedException(string message) : Exception(message);

/// <summary>Pushes the commits of a run: checks what they are built on, notes the push, and pushes on the condition that the branch is as it was fetched.</summary>
internal sealed class BranchPusher(PushJournal journal, ObjectKey automation, GitPlan plan)
{
    /// <summary>Makes the push.</summary>
    /// <param name="commits">The commits, each built on the one before.</param>
    /// <param name="tip">What the first one must be built on.</param>
    /// <param name="branchTip">What the branch must point at; null: it must not exist.</param>
    /// <param name="cancellation">Gives up; the server may have taken the push all the same, which the journal tells.</param>
    /// <param name="rebuilds">Whether the commits are not built on the branch's tip, and leave its commits behind.</param>
    /// <returns>False where the branch has moved.</returns>
    /// <exception cref="InvalidOperationException">A commit is not built on what it should be: a fault of this program.</exception>
    /// <exception cref="PushRefusedException">The server refuses.</exception>
    /// <exception cref="GitException">Nothing was pushed.</exception>
    internal async Task<bool> PushAsync(
        IReadOnlyList<PushedCommit> commits, string tip, string? branchTip, CancellationToken cancellation, bool rebuilds = false)
    {
        var parent = tip;
        foreach (var commit in commits)
        {
            if (!plan.Mirror.ReadCommit(commit.Commit).ParentIds.Contains(parent))
            {
                throw new InvalidOperationException($"refusing to push: commit {commit.Commit} is not built on the fetched tip {parent}");
            }

            parent = commit.Commit;
        }

        var made = commits[^1];
        journal.Write(automation, new PendingPush(made.Branch, made.Commit, made.Time));
        var command = new PushCommand(RefNames.Branch(plan.PushBranch), made.Commit, branchTip ?? "", rebuilds);
        var outcome = (await plan.Mirror.PushAsync([command], plan.PushOptions, plan.Timeout, cancellation))[0];
        switch (outcome.Result)
        {
            case PushResult.Pushed or PushResult.UpToDate:
                return true;
            case PushResult.RejectedNonFastForward:
                journal.Clear(automation);
                return false;
            default:
                journal.Clear(automation);
                throw new PushRefusedException($"'{plan.Mirror.Url}' refused the push to '{plan.PushBranch}': {outcome.Message}");
        }
    }
}
