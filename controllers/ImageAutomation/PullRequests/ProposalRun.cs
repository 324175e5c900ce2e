using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Controllers.ImageAutomation.Holds;
using GitOpsToolkit.Controllers.ImageAutomation.Setters;
using GitOpsToolkit.Controllers.ImageAutomation.Updates;
using GitOpsToolkit.Git;
using GitOpsToolkit.PullRequests;
using Microsoft.Extensions.Logging;

namespace GitOpsToolkit.Controllers.ImageAutomation.PullRequests;

/// <summary>What a run is given.</summary>
/// <param name="Update">The repository, the folder, the values and how commits are made.</param>
/// <param name="Rule">The annotation.</param>
/// <param name="Set">What was elected.</param>
/// <param name="Known">The pull requests of the status.</param>
/// <param name="Holds">The holds of the status.</param>
/// <param name="Base">The branch that changes are offered to.</param>
internal sealed record ProposalRequest(
    UpdateRequest Update, PullRequestRule Rule, PolicySet Set, IReadOnlyList<ImageUpdatePullRequest> Known, HoldBook Holds, string Base);

/// <summary>What a run came to.</summary>
internal sealed record ProposalResult
{
    /// <summary>The edits that the base still lacks, every marker accounted for.</summary>
    public required UpdateResult Update { get; init; }

    /// <summary>The pull requests, by branch.</summary>
    public required IReadOnlyList<ImageUpdatePullRequest> PullRequests { get; init; }

    /// <summary>The holds.</summary>
    public required HoldBook Holds { get; init; }

    /// <summary>What happened, for events.</summary>
    public required IReadOnlyList<string> News { get; init; }

    /// <summary>What the host refused; the rest was done.</summary>
    public required IReadOnlyList<PullRequestException> Faults { get; init; }
}

/// <summary>
/// Offers changes by pull requests. For each branch: (1) see what the base lacks, (2) see what became of the branch's requests, (3) bring the changes
/// onto the branch, (4) open a request or change the open one; then (5) close those whose branch is not wanted any more. Every step finds out for
/// itself what was done before, so that a run that was killed anywhere is simply made again.
/// </summary>
internal sealed class ProposalRun(UpdateServices services, ProposalMemory memory, IPullRequestHost host, ProposalRequest request, ILogger logger)
{
    private readonly List<PushedCommit> commits = [];
    private readonly List<string> news = [];
    private readonly List<PullRequestException> faults = [];
    private HoldBook holds = request.Holds;

    private TreeEditor Editor => services.Editor;

    private UpdateRequest Update => request.Update;

    private GitMirror Mirror => Update.Plan.Mirror;

    /// <summary>Makes the run.</summary>
    /// <exception cref="GitException">Fetch or push failed.</exception>
    /// <exception cref="PushRefusedException">The server refused a push, or a branch moved at every attempt.</exception>
    internal async Task<ProposalResult> RunAsync(CancellationToken cancellation)
    {
        var baseRef = RefNames.Branch(request.Base);
        var refs = await Mirror.ListRefsAsync(UpdateRun.FreshFor(attempt: 1), Update.Plan.Timeout, cancellation);
        var found = refs.Find(baseRef)
            ?? throw new GitException(GitFailure.RefNotFound, $"'{Mirror.Url}' has no branch '{request.Base}' to offer changes to.");
        var tip = await Mirror.FetchAsync(baseRef, found.TargetId, Update.Plan.Timeout, cancellation);
        var whole = services.Editor.Edit(Mirror, tip, Update.Folder, Update.Values, cancellation);
        var proposals = Proposal.Of(request.Rule.BranchFor(Update.CommitPer), Update.Automation, request.Set);
        var entries = new List<ImageUpdatePullRequest>();
        foreach (var proposal in proposals)
        {
            var known = request.Known.FirstOrDefault(entry => entry.Branch == proposal.Branch && entry.Base == request.Base);
            if (await GuardAsync(() => ProposeAsync(proposal, known, tip, refs, cancellation), known) is { } entry)
            {
                entries.Add(entry);
            }
        }

        foreach (var known in request.Known.Where(known =>
            known.State == ImageUpdatePullRequest.Open
            && !(known.Base == request.Base && proposals.Any(proposal => proposal.Branch == known.Branch))))
        {
            if (await GuardAsync(() => RetireAsync(known, entries, cancellation), known) is { } entry)
            {
                entries.Add(entry);
            }
        }

        return new ProposalResult
        {
            Update = new UpdateResult(tip, whole, commits),
            PullRequests = [.. entries.OrderBy(entry => entry.Branch, StringComparer.Ordinal).ThenBy(entry => entry.Number)],
            Holds = holds,
            News = news,
            Faults = faults,
        };
    }

    /// <summary>A host's refusal of one request leaves the others alone.</summary>
    private async Task<ImageUpdatePullRequest?> GuardAsync(Func<Task<ImageUpdatePullRequest?>> step, ImageUpdatePullRequest? known)
    {
        try
        {
            return await step();
        }
        catch (PullRequestException error)
        {
            faults.Add(error);
            return known;
        }
    }

    private async Task<ImageUpdatePullRequest?> ProposeAsync(
        Proposal proposal, ImageUpdatePullRequest? known, string baseTip, Advertisement refs, CancellationToken cancellation)
    {
        var offer = Offer.Of(this, proposal, baseTip, cancellation);
        if (offer.IsEmpty && known?.State != ImageUpdatePullRequest.Open)
        {
            return known;
        }

        var listed = (await host.ListAsync(proposal.Branch, cancellation)).Where(pull => pull.Base == request.Base).ToList();
        var open = listed.Find(pull => pull.State == PullRequestState.Open);
        if (open is null)
        {
            known = await FollowAsync(proposal, known, listed, offer, refs, cancellation);
            offer = Offer.Of(this, proposal, baseTip, cancellation);
            if (offer.IsEmpty)
            {
                return known;
            }
        }
        else if (offer.IsEmpty)
        {
            return await DropAsync(open, known, cancellation);
        }

        return await OfferAsync(proposal, known, open, listed.Find(pull => pull.State != PullRequestState.Open), offer, cancellation);
    }

    /// <summary>(2) No request is open any more: it was merged, or closed, which holds what it offered.</summary>
    private async Task<ImageUpdatePullRequest?> FollowAsync(
        Proposal proposal, ImageUpdatePullRequest? known, List<PullRequest> listed, Offer offer, Advertisement refs, CancellationToken cancellation)
    {
        if (known is { State: ImageUpdatePullRequest.Open })
        {
            var now = listed.Find(pull => pull.Number == known.Number) ?? await host.FindAsync(known.Number, cancellation);
            if (now?.State == PullRequestState.Merged)
            {
                news.Add($"pull request {known.Url} was merged");
                return known with { State = ImageUpdatePullRequest.Merged };
            }

            return Hold(known);
        }

        // The status does not know of one that was closed: it did offer these versions if its branch has them.
        return known is null && listed is [{ State: PullRequestState.Closed } last, ..] && refs.Find(RefNames.Branch(proposal.Branch)) is { } branch
            && await HasAllAsync(proposal.Branch, branch.TargetId, offer, cancellation)
            ? Hold(Entry(last, offer.Versions) with { State = ImageUpdatePullRequest.Open })
            : known;
    }

    private async Task<bool> HasAllAsync(string branch, string commit, Offer offer, CancellationToken cancellation)
    {
        var tip = await Mirror.FetchAsync(RefNames.Branch(branch), commit, Update.Plan.Timeout, cancellation);
        return services.Editor.Edit(Mirror, tip, Update.Folder, offer.Values, cancellation).Changed.Count == 0;
    }

    private ImageUpdatePullRequest Hold(ImageUpdatePullRequest closed)
    {
        foreach (var (policy, version) in closed.Policies)
        {
            holds = holds.Add(new ImageUpdateHold
            {
                Policy = policy,
                Version = version,
                Reason = ImageUpdateHold.PullRequestClosed,
                At = services.Time.GetUtcNow(),
                Url = closed.Url,
            });
        }

        news.Add($"pull request {closed.Url} was closed without being merged; held: {string.Join(", ", closed.Policies.Select(pair => $"{pair.Key} {pair.Value}"))}");
        return closed with { State = ImageUpdatePullRequest.Closed };
    }

    /// <summary>The base has by itself what an open request offers.</summary>
    private async Task<ImageUpdatePullRequest?> DropAsync(PullRequest open, ImageUpdatePullRequest? known, CancellationToken cancellation)
    {
        if (known is not null && known.Policies.Keys.Any(IsWithoutImage))
        {
            return known;
        }

        await CloseAsync(open.Number, open.Url, $"`{request.Base}` needs none of these changes any more.", cancellation);
        return null;
    }

    /// <summary>(3), (4).</summary>
    private async Task<ImageUpdatePullRequest?> OfferAsync(
        Proposal proposal, ImageUpdatePullRequest? known, PullRequest? open, PullRequest? latest, Offer offer, CancellationToken cancellation)
    {
        var update = Update with { Plan = Update.Plan with { PushBranch = proposal.Branch }, Values = offer.Values };
        var state = string.Join(' ', offer.Versions.Select(pair => $"{pair.Key}={pair.Value}"));
        commits.AddRange(await new ProposalBranch(services, memory, update, request.Base, logger).BringAsync(state, open, latest, cancellation));
        var title = ProposalText.Title(request.Rule.Title, Update.Automation, request.Set, offer.Due);
        var body = ProposalText.Body(Update.Automation, offer.Update);
        if (open is not null)
        {
            if (known is null || known.Number != open.Number || !Same(known.Policies, offer.Versions))
            {
                await host.UpdateAsync(open.Number, title, body, cancellation);
                news.Add($"updated pull request {open.Url}: {title}");
            }

            return Entry(open, offer.Versions);
        }

        var opened = await CreateAsync(new PullRequestDraft(proposal.Branch, request.Base, title, body) { Labels = request.Rule.Labels }, cancellation);
        news.Add($"opened pull request {opened.Url}: {title}");
        return Entry(opened, offer.Versions);
    }

    private async Task<PullRequest> CreateAsync(PullRequestDraft draft, CancellationToken cancellation)
    {
        try
        {
            return await host.CreateAsync(draft, cancellation);
        }
        catch (PullRequestException error) when (error.Fault == PullRequestFault.AlreadyExists)
        {
            // Another instance was faster, or an answer got lost.
            var listed = await host.ListAsync(draft.Head, cancellation);
            if (listed.FirstOrDefault(pull => pull.State == PullRequestState.Open && pull.Base == draft.Base) is { } other)
            {
                return other;
            }

            throw;
        }
    }

    /// <summary>(5) The branch is not wanted any more: its names or its policies are others now.</summary>
    private async Task<ImageUpdatePullRequest?> RetireAsync(
        ImageUpdatePullRequest known, IReadOnlyList<ImageUpdatePullRequest> entries, CancellationToken cancellation)
    {
        // What could not be opened has no address yet that could be told; a policy may elect again.
        if (faults.Count > 0 || known.Policies.Keys.Any(IsWithoutImage))
        {
            return known;
        }

        if (await host.FindAsync(known.Number, cancellation) is not { State: PullRequestState.Open })
        {
            return null;
        }

        var successors = entries.Where(entry => entry.State == ImageUpdatePullRequest.Open && entry.Policies.Keys.Any(known.Policies.ContainsKey))
            .Select(entry => entry.Url).ToList();
        var why = successors.Count > 0 ? $"Superseded by {string.Join(", ", successors)}." : $"ImageUpdateAutomation `{Update.Automation}` offers this no more.";
        await CloseAsync(known.Number, known.Url, why, cancellation);
        return null;
    }

    private async Task CloseAsync(long number, string url, string why, CancellationToken cancellation)
    {
        if (await host.CloseAsync(number, why, cancellation) is { } problem)
        {
            logger.LogWarning("Pull request {Url} was closed without a comment: {Problem}", url, problem);
        }

        news.Add($"closed pull request {url}: {why}");
    }

    private bool IsWithoutImage(string policy) => request.Set.WithoutImage.Contains($"{Update.Automation.Namespace}:{policy}");

    private bool IsHeld(PolicyImage image) =>
        holds.Holds.Any(hold => hold.Policy == image.Policy && hold.Markers.Count == 0 && hold.Version == Proposal.VersionOf(image));

    private ImageUpdatePullRequest Entry(PullRequest pull, IReadOnlyDictionary<string, string> versions) => new()
    {
        Branch = pull.Head,
        Base = request.Base,
        Number = pull.Number,
        Url = pull.Url,
        State = ImageUpdatePullRequest.Open,
        Policies = versions,
    };

    private static bool Same(IReadOnlyDictionary<string, string> left, IReadOnlyDictionary<string, string> right) =>
        left.Count == right.Count && left.All(pair => right.GetValueOrDefault(pair.Key) == pair.Value);

    /// <summary>What the base lacks of a proposal.</summary>
    /// <param name="Update">The edits.</param>
    /// <param name="Values">What they write.</param>
    /// <param name="Due">The policies with an edit.</param>
    private sealed record Offer(TreeUpdate Update, SetterValues Values, IReadOnlyList<PolicyImage> Due)
    {
        internal bool IsEmpty => Update.Changed.Count == 0;

        internal IReadOnlyDictionary<string, string> Versions { get; } = new Proposal("", Due).Versions;

        /// <summary>(1)</summary>
        internal static Offer Of(ProposalRun run, Proposal proposal, string baseTip, CancellationToken cancellation)
        {
            var setters = proposal.Policies.Where(image => !run.IsHeld(image)).Select(image => $"{image.Namespace}:{image.Policy}")
                .ToHashSet(StringComparer.Ordinal);
            var values = run.Update.Values.Only(setters);
            var update = run.Editor.Edit(run.Mirror, baseTip, run.Update.Folder, values, cancellation);
            var changed = update.Changes.Select(change => SetterValues.PolicyOf(change.Setter)).ToHashSet(StringComparer.Ordinal);
            return new Offer(update, values, [.. proposal.Policies.Where(image => changed.Contains($"{image.Namespace}:{image.Policy}"))]);
        }
    }
}
