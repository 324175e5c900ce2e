using GitOpsToolkit.Controllers.ImageAutomation.Sources;
using GitOpsToolkit.Git;
using Microsoft.Extensions.Logging;

namespace GitOpsToolkit.Controllers.ImageAutomation.Updates;

/// <summary>
/// Brings the elected images onto a branch: (1) fetch its tip, (2) edit blobs of that tip, (3) commit on it, (4) note the push, (5)
/// push on the condition that the
/// tip is still the same; where it moved, all of it again on the new tip.
/// </summary>
internal sealed class UpdateRun(UpdateServices services, UpdateRequest request, ILogger logger)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);

    private GitPlan Plan => request.Plan;

    private string RefName => RefNames.Branch(Plan.PushBranch);

    /// <summary>Makes the run.</summary>
    /// <param name="checkout">What was checked out, in case the push branch does not exist yet.</param>
    /// <param name="beforePush">Called once, when there is something to push.</param>
    /// <param name="cancellation">Gives up; a push under way may have been taken all the same, which the journal tells.</param>
    /// <exception cref="GitException">Fetch or push failed.</exception>
    /// <exception cref="PushRefusedException">The server refused, or the branch moved at every attempt.</exception>
    internal async Task<UpdateResult> RunAsync(ResolvedReference checkout, Func<TreeUpdate, Task> beforePush,
        CancellationToken cancellation)
    {
        var maker = new CommitMaker(services.Editor, request, services.Time);
        var pusher = new BranchPusher(services.Journal, request.Automation, Plan);
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

            var made = await maker.MakeAsync(tip, update, cancellation);
            if (made.Count == 0)
            {
                return new UpdateResult(tip, update, []);
            }

            if (await pusher.PushAsync(made, tip, branchTip, cancellation))
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
