using System.Collections.Concurrent;
using GitOpsToolkit.Controllers.ImageAutomation.Updates;
using GitOpsToolkit.Git;
using GitOpsToolkit.PullRequests;
using Microsoft.Extensions.Logging;

namespace GitOpsToolkit.Controllers.ImageAutomation.PullRequests;

/// <summary>Which branches were found complete, so that an idle run does not look at their history again. Lost with the process.</summary>
internal sealed class ProposalMemory
{
    private readonly ConcurrentDictionary<string, string> complete = new(StringComparer.Ordinal);

    internal bool IsComplete(string branch, string state) => complete.TryGetValue(branch, out var known) && known == state;

    internal void Remember(string branch, string state) => complete[branch] = state;
}

/// <summary>
/// Brings changes onto the branch of a pull request: (1) fetch the base's tip and the branch's, (2) choose what to build on, (3) edit, commit and
/// push on the condition that the branch is as it was fetched; where it moved, all of it again.
/// </summary>
internal sealed class ProposalBranch(UpdateServices services, ProposalMemory memory, UpdateRequest request, string baseBranch, ILogger logger)
{
    /// <summary>Of longer branches it is not known who made them: they count as others'.</summary>
    private const int MaxCommits = 100;

    private string Branch => request.Plan.PushBranch;

    private GitMirror Mirror => request.Plan.Mirror;

    /// <summary>Makes sure that merging the branch gives the base every value.</summary>
    /// <param name="state">What tells these changes from others.</param>
    /// <param name="open">The open pull request, if there is one.</param>
    /// <param name="latest">The newest one that is not open, if there is one.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The commits that were pushed; none where the branch has everything.</returns>
    internal async Task<IReadOnlyList<PushedCommit>> BringAsync(string state, PullRequest? open, PullRequest? latest, CancellationToken cancellation)
    {
        var maker = new CommitMaker(services.Editor, request, services.Time);
        var pusher = new BranchPusher(services.Journal, request.Automation, request.Plan);
        using var turn = await services.Locks.EnterAsync(Mirror.Url.ToString(), Branch, cancellation);
        for (var attempt = 1; ; attempt++)
        {
            var refs = await Mirror.ListRefsAsync(UpdateRun.FreshFor(attempt), request.Plan.Timeout, cancellation);
            var (baseTip, tip) = (await FetchAsync(refs, baseBranch, cancellation), await FetchAsync(refs, Branch, cancellation));
            var key = $"{baseTip} {tip} {state}";
            if (tip is not null && memory.IsComplete($"{request.Automation} {Branch}", key))
            {
                return [];
            }

            var ground = await ChooseAsync(baseTip!, tip, open, latest, cancellation);
            var update = ground is null ? null : services.Editor.Edit(Mirror, ground.Commit, request.Folder, request.Values, cancellation);
            var made = update is null || update.Changed.Count == 0 ? [] : await maker.MakeAsync(ground!.Commit, update, cancellation);
            if (made.Count == 0)
            {
                memory.Remember($"{request.Automation} {Branch}", key);
                return [];
            }

            if (await pusher.PushAsync(made, ground!.Commit, tip, cancellation, ground.Rebuilds))
            {
                return made;
            }

            if (attempt >= services.Options.PushAttempts)
            {
                throw new PushRefusedException($"branch '{Branch}' moved {attempt} times while a commit was pushed to it");
            }

            logger.LogInformation("Branch {Branch} moved; attempt {Attempt}", Branch, attempt + 1);
        }
    }

    /// <summary>
    /// (2) A new branch, and one that was merged whole, is built on the base. Of one with commits of its own: nothing is pushed where a merge gives
    /// every value; commits of others stay, and ours goes on top; where all are ours, the branch is built anew on the base if that went on, or if no
    /// pull request shows it.
    /// </summary>
    private async Task<Ground?> ChooseAsync(string baseTip, string? tip, PullRequest? open, PullRequest? latest, CancellationToken cancellation)
    {
        if (tip is null)
        {
            return new Ground(baseTip, Rebuilds: false);
        }

        await Mirror.FetchHistoryAsync([baseBranch, Branch], MaxCommits, request.Plan.Timeout, cancellation);
        var comparison = Mirror.Compare(baseTip, tip, MaxCommits);
        if (comparison.Ahead.Count == 0)
        {
            return new Ground(baseTip, Rebuilds: false);
        }

        // What a squash put into the base has no commits in common with it, but the host knows what it merged.
        var wasMerged = open is null && latest is { State: PullRequestState.Merged, HeadCommit: { Length: >= 7 } head } && tip.StartsWith(head, StringComparison.Ordinal);
        if (wasMerged)
        {
            return new Ground(baseTip, Rebuilds: true);
        }

        if (comparison.MergedId is { } merged
            && services.Editor.Edit(Mirror, merged, request.Folder, request.Values, cancellation).Changed.Count == 0)
        {
            return null;
        }

        var isOurs = comparison.Ahead.Count < MaxCommits && comparison.Ahead.All(IsOurs);
        if (!isOurs)
        {
            logger.LogInformation("Branch {Branch} has commits of others; it is not built anew", Branch);
        }

        return isOurs && (comparison.IsBehind || open is null) ? new Ground(baseTip, Rebuilds: true) : new Ground(tip, Rebuilds: false);
    }

    private bool IsOurs(GitCommit commit)
    {
        var author = request.Commit.Author;
        var name = author.Name is { Length: > 0 } given ? given : author.Email;
        return commit.Author.Email == author.Email && commit.Author.Name == name && commit.Committer.Email == author.Email && commit.Committer.Name == name;
    }

    private async Task<string?> FetchAsync(Advertisement refs, string branch, CancellationToken cancellation)
    {
        var name = RefNames.Branch(branch);
        return refs.Find(name) is { } found ? await Mirror.FetchAsync(name, found.TargetId, request.Plan.Timeout, cancellation)
            : branch == baseBranch ? throw new GitException(GitFailure.RefNotFound, $"'{Mirror.Url}' has no branch '{branch}' to offer changes to.")
            : null;
    }

    /// <summary>What to build on.</summary>
    /// <param name="Commit">The commit.</param>
    /// <param name="Rebuilds">Whether commits of the branch are left behind.</param>
    private sealed record Ground(string Commit, bool Rebuilds);
}
