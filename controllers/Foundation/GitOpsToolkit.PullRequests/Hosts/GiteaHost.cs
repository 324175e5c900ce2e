using System.Text.Json.Serialization;
using GitOpsToolkit.PullRequests.Transport;
using Refit;

namespace GitOpsToolkit.PullRequests.Hosts;

/// <summary>The REST API of Gitea and Forgejo, version 1.</summary>
internal interface IGiteaApi
{
    [Get("/repos/{owner}/{name}/pulls?sort=recentupdate&limit=50")]
    Task<HttpResponseMessage> ListAsync(string owner, string name, string state, long page, CancellationToken cancellationToken);

    [Get("/repos/{owner}/{name}/pulls/{number}")]
    Task<HttpResponseMessage> GetAsync(string owner, string name, long number, CancellationToken cancellationToken);

    [Post("/repos/{owner}/{name}/pulls")]
    Task<HttpResponseMessage> CreateAsync(string owner, string name, [Body] HttpContent body, CancellationToken cancellationToken);

    [Patch("/repos/{owner}/{name}/pulls/{number}")]
    Task<HttpResponseMessage> UpdateAsync(string owner, string name, long number, [Body] HttpContent body, CancellationToken cancellationToken);

    [Post("/repos/{owner}/{name}/issues/{number}/comments")]
    Task<HttpResponseMessage> CommentAsync(string owner, string name, long number, [Body] HttpContent body, CancellationToken cancellationToken);

    [Get("/repos/{owner}/{name}/labels?limit=50")]
    Task<HttpResponseMessage> LabelsAsync(string owner, string name, long page, CancellationToken cancellationToken);

    [Get("/orgs/{owner}/labels?limit=50")]
    Task<HttpResponseMessage> OrganisationLabelsAsync(string owner, long page, CancellationToken cancellationToken);
}

/// <summary>
/// Pull requests at Gitea and Forgejo. Lists cannot be asked for one branch, so the open ones are read whole, and of the others the newest.
/// </summary>
internal sealed class GiteaHost(HostCaller caller) : IPullRequestHost
{
    private const int MaxTitle = 255;
    private const int MaxBody = 60_000;
    private const int ClosedPages = 4;

    public HostedRepository Repository => caller.Repository;

    private string Owner => Repository.Owner;

    private string Name => Repository.Name;

    public async Task<IReadOnlyList<PullRequest>> ListAsync(string head, CancellationToken cancellation)
    {
        var open = await ListAsync(head, "open", maxPages: null, cancellation);
        var closed = await ListAsync(head, "closed", ClosedPages, cancellation);

        // One that is closed in between is in both.
        return [.. closed.Concat(open).DistinctBy(pull => pull.Number).OrderByDescending(pull => pull.Number)];
    }

    public async Task<PullRequest?> FindAsync(long number, CancellationToken cancellation) =>
        (await caller.FindAsync<IGiteaApi, GiteaPull>(
            (api, token) => api.GetAsync(Owner, Name, number, token), GiteaJson.Default.GiteaPull, cancellation))?.ToPullRequest();

    public async Task<PullRequest> CreateAsync(PullRequestDraft draft, CancellationToken cancellation)
    {
        var labels = draft.Labels.Count > 0 ? await LabelsAsync(draft.Labels, cancellation) : null;
        var request = new GiteaChange(
            HostCaller.Cut(draft.Title, MaxTitle), HostCaller.Cut(draft.Body, MaxBody), draft.Head, draft.Base, labels);
        var answer = await caller.SendAsync<IGiteaApi>((api, token) => api.CreateAsync(Owner, Name, Body(request), token), cancellation);
        return answer.IsSuccess ? answer.Read(GiteaJson.Default.GiteaPull).ToPullRequest() : throw caller.Fault(answer, Classify);
    }

    public Task UpdateAsync(long number, string title, string body, CancellationToken cancellation) =>
        ChangeAsync(number, new GiteaChange(HostCaller.Cut(title, MaxTitle), HostCaller.Cut(body, MaxBody)), cancellation);

    public async Task<string?> CloseAsync(long number, string comment, CancellationToken cancellation)
    {
        await ChangeAsync(number, new GiteaChange(State: "closed"), cancellation);
        return await HostComments.LeaveAsync(() => caller.DoAsync<IGiteaApi>(
            (api, token) => api.CommentAsync(
                Owner, Name, number, HostCaller.Json(new GiteaComment(comment), GiteaJson.Default.GiteaComment), token),
            cancellation));
    }

    private static PullRequestFault Classify(string detail) =>
        detail.Contains("pull request already exists", StringComparison.OrdinalIgnoreCase) ? PullRequestFault.AlreadyExists : PullRequestFault.Refused;

    private static HttpContent Body(GiteaChange change) => HostCaller.Json(change, GiteaJson.Default.GiteaChange);

    private Task<List<PullRequest>> ListAsync(string head, string state, int? maxPages, CancellationToken cancellation) =>
        caller.PagesAsync<IGiteaApi, List<GiteaPull>, PullRequest>(
            (api, page, token) => api.ListAsync(Owner, Name, state, page, token),
            GiteaJson.Default.ListGiteaPull,
            first: 1,
            (pulls, answer, page) => (pulls.Where(pull => pull.IsWithin && pull.Branch == head).Select(pull => pull.ToPullRequest()),
                answer.HasNext ? page + 1 : null),
            maxPages,
            cancellation);

    /// <summary>The numbers of labels by their names: those of the repository, then those of its organisation, if it is one's.</summary>
    private async Task<IReadOnlyList<long>> LabelsAsync(IReadOnlyList<string> names, CancellationToken cancellation)
    {
        var own = await caller.PagesAsync<IGiteaApi, List<GiteaLabel>, GiteaLabel>(
            (api, page, token) => api.LabelsAsync(Owner, Name, page, token), GiteaJson.Default.ListGiteaLabel, first: 1, Next, maxPages: null, cancellation);
        var found = names.Select(name => own.Find(label => label.Name == name)).ToList();
        if (found.Contains(null))
        {
            // A user's repository has no organisation.
            var shared = await caller.FindAsync<IGiteaApi, List<GiteaLabel>>(
                (api, token) => api.OrganisationLabelsAsync(Owner, 1, token), GiteaJson.Default.ListGiteaLabel, cancellation) ?? [];
            found = [.. names.Select((name, i) => found[i] ?? shared.Find(label => label.Name == name))];
        }

        var missing = names.Where((_, i) => found[i] is null).ToList();
        return missing.Count == 0
            ? [.. found.Select(label => label!.Id)]
            : throw new PullRequestException(
                PullRequestFault.Refused, $"{Repository}: {Owner}/{Name} has no label {string.Join(", ", missing)}; make it, or leave it out");

        static (IEnumerable<GiteaLabel>, long?) Next(List<GiteaLabel> labels, HostAnswer answer, long page) => (labels, answer.HasNext ? page + 1 : null);
    }

    private Task ChangeAsync(long number, GiteaChange change, CancellationToken cancellation) =>
        caller.DoAsync<IGiteaApi>((api, token) => api.UpdateAsync(Owner, Name, number, Body(change), token), cancellation);
}

/// <summary>A pull request as Gitea tells it.</summary>
internal sealed record GiteaPull(
    long Number, string HtmlUrl, string State, string Title, GiteaBranch Head, GiteaBranch Base, bool Merged = false)
{
    /// <summary>From the repository itself, not from a fork with a branch of the same name.</summary>
    internal bool IsWithin => Head.RepoId == Base.RepoId;

    /// <summary>The branch. Once it is deleted <c>ref</c> names <c>refs/pull/N/head</c>, and <c>label</c> still the branch.</summary>
    internal string Branch => Head.Label is { Length: > 0 } label ? label : Head.Ref;

    internal PullRequest ToPullRequest() => new()
    {
        Number = Number,
        Url = HtmlUrl,
        State = Merged ? PullRequestState.Merged : State == "open" ? PullRequestState.Open : PullRequestState.Closed,
        Title = Title,
        Head = Branch,
        Base = Base.Ref,
        HeadCommit = Head.Sha,
    };
}

/// <summary>One side of a pull request.</summary>
internal sealed record GiteaBranch(string Ref, string? Label = null, string? Sha = null, long RepoId = 0);

/// <summary>A label.</summary>
internal sealed record GiteaLabel(long Id, string Name);

/// <summary>What is set when opening and changing one.</summary>
internal sealed record GiteaChange(
    string? Title = null, string? Body = null, string? Head = null, string? Base = null, IReadOnlyList<long>? Labels = null, string? State = null);

/// <summary>A comment.</summary>
internal sealed record GiteaComment(string Body);

/// <summary>Gitea's JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = 32)]
[JsonSerializable(typeof(List<GiteaPull>))]
[JsonSerializable(typeof(List<GiteaLabel>))]
[JsonSerializable(typeof(GiteaChange))]
[JsonSerializable(typeof(GiteaComment))]
internal sealed partial class GiteaJson : JsonSerializerContext;
