using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Controllers.ImageAutomation.Setters;
using GitOpsToolkit.Controllers.ImageAutomation.Sources;
using GitOpsToolkit.Git;
using GitOpsToolkit.Kubernetes;
using Microsoft.Extensions.Logging;

namespace GitOpsToolkit.Controllers.ImageAutomation.Updates;

/// <summary>What a run is given.</summary>
/// <param name="Automation">The automation's key.</param>
/// <param name="Commit">Author and message.</param>
/// <param name="Folder">The folder to edit.</param>
/// <param name="Plan">Where.</param>
/// <param name="Values">What to write.</param>
internal sealed record UpdateRequest(ObjectKey Automation, CommitSpec Commit, string Folder, GitPlan Plan, SetterValues Values)
{
    /// <summary>What is put into one commit.</summary>
    internal CommitScope CommitPer { get; init; }

    /// <summary>The groups of policies, by <c>namespace:policy</c>.</summary>
    internal IReadOnlyDictionary<string, string> Groups { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}

/// <summary>A pushed commit.</summary>
/// <param name="Branch">The branch.</param>
/// <param name="Commit">Its id.</param>
/// <param name="Time">When it was made.</param>
/// <param name="Message">Its message.</param>
internal sealed record PushedCommit(string Branch, string Commit, DateTimeOffset Time, string Message)
{
    /// <summary>The event's text.</summary>
    public string Summary => $"pushed commit '{Commit[..7]}' to branch '{Branch}'\n{Message}";
}

/// <summary>What a run came to.</summary>
/// <param name="Tip">The commit that the edits were made on.</param>
/// <param name="Update">The edits.</param>
/// <param name="Commits">The commits, each built on the one before; empty if nothing had to change.</param>
internal sealed record UpdateResult(string Tip, TreeUpdate Update, IReadOnlyList<PushedCommit> Commits)
{
    /// <summary>The last commit; null if nothing had to change.</summary>
    public PushedCommit? Pushed => Commits.Count > 0 ? Commits[^1] : null;
}

/// <summary>The push was refused for good, or the branch kept moving.</summary>
internal sealed class PushRefusedException(string message) : Exception(message);

/// <summary>What runs share.</summary>
/// <param name="Editor">Edits trees.</param>
/// <param name="Journal">Notes pushes.</param>
/// <param name="Locks">Keeps runs on one branch apart.</param>
/// <param name="Windows">Tells when elections have settled.</param>
/// <param name="Time">The clock.</param>
/// <param name="Random">Spreads retries; used under a lock.</param>
/// <param name="Options">The flags.</param>
internal sealed record UpdateServices(
    TreeEditor Editor, PushJournal Journal, BranchLocks Locks, SettleWindows Windows, TimeProvider Time, Random Random, ImageAutomationOptions Options);

/// <summary>
/// Brings the elected images onto a branch: (1) fetch its tip, (2) edit blobs of that tip, (3) commit on it, (4) note the push, (5)
/// push on the condition that the
/// tip is still the same; where it moved, all of it again on the new tip.
/// </summary>
internal sealed class UpdateRun(UpdateServices services, UpdateRequest request, ILogger logger)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);

    private GitPlan Plan => request.Plan;

    private string RefName => "refs/heads/" + Plan.PushBranch;

    /// <summary>Makes the run.</summary>
    /// <param name="checkout">What was checked out, in case the push branch does not exist yet.</param>
    /// <param name="beforePush">Called once, when there is something to push.</param>
    /// <param name="cancellation">Gives up; a push under way may have been taken all the same, which the journal tells.</param>
    /// <exception cref="GitException">Fetch or push failed.</exception>
    /// <exception cref="PushRefusedException">The server refused, or the branch moved at every attempt.</exception>
    internal async Task<UpdateResult> RunAsync(ResolvedReference checkout, Func<TreeUpdate, Task> beforePush,
        CancellationToken cancellation)
    {
        using var turn = await services.Locks.EnterAsync(Plan.Mirror.Url.ToString(), Plan.PushBranch, cancellation);
        for (var attempt = 1; ; attempt++)
        {
            var (tip, branchTip) = await FetchAsync(checkout, attempt, cancellation);
            var update = services.Editor.Edit(Plan.Mirror, tip, request.Folder, request.Values, cancellation);
            if (update.Changed.Count == 0)
            {
                return new UpdateResult(tip, update, []);
            }

            if (attempt == 1)
            {
                await beforePush(update);
            }

            var made = CommitAll(tip, update, cancellation);
            if (made.Count == 0)
            {
                return new UpdateResult(tip, update, []);
            }

            if (await PushAsync(made, tip, branchTip, cancellation))
            {
                return new UpdateResult(tip, update, made);
            }

            if (attempt >= services.Options.PushAttempts)
            {
                throw new PushRefusedException($"branch '{Plan.PushBranch}' moved {attempt} times while a commit was pushed to it");
            }

            logger.LogInformation("Branch {Branch} moved; making the edits anew on its new tip, attempt {Attempt}",
                Plan.PushBranch, attempt + 1);
            await PauseAsync(cancellation);
        }
    }

    /// <summary>
    /// How old the server's list may be: looking for changes asks the server; the first attempt uses that answer, since a push tells if
    /// it is
    /// outdated; later attempts ask again.
    /// </summary>
    internal static TimeSpan FreshFor(int attempt) => attempt == 1 ? Fresh : TimeSpan.Zero;

    /// <summary>(1) The commit to build on, and the push branch's tip, which is null where there is no such branch yet.</summary>
    private async Task<(string Tip, string? BranchTip)> FetchAsync(ResolvedReference checkout, int attempt, CancellationToken cancellation)
    {
        var refs = await Plan.Mirror.ListRefsAsync(FreshFor(attempt), Plan.Timeout, cancellation);
        if (refs.Find(RefName) is { } branch)
        {
            var tip = await Plan.Mirror.FetchAsync(RefName, branch.TargetId, Plan.Timeout, cancellation);
            return (tip, tip);
        }

        var start = await Plan.Mirror.FetchAsync(checkout.RefName, checkout.CommitId, Plan.Timeout, cancellation);
        return (start, null);
    }

    /// <summary>(3) The commits: one, or one for each policy or group, each with the edits of its policies alone.</summary>
    private List<PushedCommit> CommitAll(string tip, TreeUpdate update, CancellationToken cancellation)
    {
        if (request.CommitPer == CommitScope.Run)
        {
            return Commit(tip, update) is { } single ? [single] : [];
        }

        var commits = new List<PushedCommit>();
        var last = tip;
        foreach (var policies in CommitParts.Of(request.CommitPer, update, request.Groups))
        {
            var part = services.Editor.Edit(Plan.Mirror, last, request.Folder, request.Values.Only(policies), cancellation);
            if (part.Changed.Count > 0 && Commit(last, part) is { } made)
            {
                commits.Add(made);
                last = made.Commit;
            }
        }

        // The commits together come to what one commit would have been.
        var left = services.Editor.Edit(Plan.Mirror, last, request.Folder, request.Values, cancellation);
        return left.Changed.Count == 0 ? commits : throw new InvalidOperationException(
            $"refusing to push: after a commit for each part {left.Changes.Count()} values are still to be set");
    }

    /// <summary>One commit, with its author as committer; null where the tree stays the same.</summary>
    private PushedCommit? Commit(string tip, TreeUpdate update)
    {
        var message = CommitMessage.Render(request.Commit, request.Automation, update, request.Folder);
        var author = request.Commit.Author;
        var now = services.Time.GetUtcNow();
        var signature = new GitSignature(author.Name is { Length: > 0 } name ? name : author.Email, author.Email, now);
        var builder = Plan.Mirror.NewCommit(tip);
        foreach (var (result, _) in update.Changed)
        {
            builder.Write(result.File, result.Content);
        }

        return builder.Build(signature, signature, message) is { } id ? new PushedCommit(Plan.PushBranch, id, now, message) : null;
    }

    /// <summary>(4), (5) False where the branch has moved.</summary>
    private async Task<bool> PushAsync(List<PushedCommit> commits, string tip, string? branchTip, CancellationToken cancellation)
    {
        var parent = tip;
        foreach (var commit in commits)
        {
            if (!Plan.Mirror.ReadCommit(commit.Commit).ParentIds.Contains(parent))
            {
                throw new InvalidOperationException($"refusing to push: commit {commit.Commit} is not built on the fetched tip {parent}");
            }

            parent = commit.Commit;
        }

        var made = commits[^1];

        services.Journal.Write(request.Automation, new PendingPush(made.Branch, made.Commit, made.Time));
        var command = new PushCommand(RefName, made.Commit, branchTip ?? "");
        var outcome = (await Plan.Mirror.PushAsync([command], Plan.PushOptions, Plan.Timeout, cancellation))[0];
        switch (outcome.Result)
        {
            case PushResult.Pushed or PushResult.UpToDate:
                return true;
            case PushResult.RejectedNonFastForward:
                services.Journal.Clear(request.Automation);
                return false;
            default:
                services.Journal.Clear(request.Automation);
                throw new PushRefusedException($"'{Plan.Mirror.Url}' refused the push to '{Plan.PushBranch}': {outcome.Message}");
        }
    }

    private Task PauseAsync(CancellationToken cancellation)
    {
        double part;
        lock (services.Random)
        {
            part = services.Random.NextDouble();
        }

        return Task.Delay(services.Options.PushPause * part, services.Time, cancellation);
    }
}
