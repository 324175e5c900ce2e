using System.Text.Json.Serialization;
using GitOpsToolkit.PullRequests.Transport;
using Refit;

namespace GitOpsToolkit.PullRequests.Hosts;

/// <summary>GitHub's REST API, of github.com, Enterprise Cloud and Enterprise Server.</summary>
[Headers("Accept: application/vnd.github+json", "X-GitHub-Api-Version: 2022-11-28")]
internal interface IGitHubApi
{
    [Get("/repos/{owner}/{name}/pulls?state=all&sort=created&direction=desc&per_page=100")]
    Task<HttpResponseMessage> ListAsync(string owner, string name, string head, long page, CancellationToken cancellationToken);

    [Get("/repos/{owner}/{name}/pulls/{number}")]
    Task<HttpResponseMessage> GetAsync(string owner, string name, long number, CancellationToken cancellationToken);

    [Post("/repos/{owner}/{name}/pulls")]
    Task<HttpResponseMessage> CreateAsync(string owner, string name, [Body] HttpContent body, CancellationToken cancellationToken);

    [Patch("/repos/{owner}/{name}/pulls/{number}")]
    Task<HttpResponseMessage> UpdateAsync(string owner, string name, long number, [Body] HttpContent body, CancellationToken cancellationToken);

    [Post("/repos/{owner}/{name}/issues/{number}/comments")]
    Task<HttpResponseMessage> CommentAsync(string owner, string name, long number, [Body] HttpContent body, CancellationToken cancellationToken);

    [Post("/repos/{owner}/{name}/issues/{number}/labels")]
    Task<HttpResponseMessage> LabelAsync(string owner, string name, long number, [Body] HttpContent body, CancellationToken cancellationToken);
}

/// <summary>Pull requests at GitHub.</summary>
internal sealed class GitHubHost(HostCaller caller) : IPullRequestHost
{
    private const int MaxTitle = 255;
    private const int MaxBody = 60_000;

    public HostedRepository Repository => caller.Repository;

    private string Owner => Repository.Owner;

    private string Name => Repository.Name;

    public async Task<IReadOnlyList<PullRequest>> ListAsync(string head, CancellationToken cancellation) =>
        await caller.PagesAsync<IGitHubApi, List<GitHubPull>, PullRequest>(
            (api, page, token) => api.ListAsync(Owner, Name, $"{Owner}:{head}", page, token),
            GitHubJson.Default.ListGitHubPull,
            first: 1,
            (pulls, answer, page) => (pulls.Where(pull => pull.Head.Ref == head).Select(pull => pull.ToPullRequest()), answer.HasNext ? page + 1 : null),
            maxPages: null,
            cancellation);

    public async Task<PullRequest?> FindAsync(long number, CancellationToken cancellation) =>
        (await caller.FindAsync<IGitHubApi, GitHubPull>(
            (api, token) => api.GetAsync(Owner, Name, number, token), GitHubJson.Default.GitHubPull, cancellation))?.ToPullRequest();

    public async Task<PullRequest> CreateAsync(PullRequestDraft draft, CancellationToken cancellation)
    {
        var request = new GitHubChange(HostCaller.Cut(draft.Title, MaxTitle), HostCaller.Cut(draft.Body, MaxBody), draft.Head, draft.Base);
        var answer = await caller.SendAsync<IGitHubApi>((api, token) => api.CreateAsync(Owner, Name, Body(request), token), cancellation);
        var created = answer.IsSuccess ? answer.Read(GitHubJson.Default.GitHubPull).ToPullRequest() : throw caller.Fault(answer, Classify);
        if (draft.Labels.Count > 0)
        {
            await caller.DoAsync<IGitHubApi>(
                (api, token) => api.LabelAsync(
                    Owner, Name, created.Number, HostCaller.Json(new GitHubLabels(draft.Labels), GitHubJson.Default.GitHubLabels), token),
                cancellation);
        }

        return created;
    }

    public Task UpdateAsync(long number, string title, string body, CancellationToken cancellation) =>
        ChangeAsync(number, new GitHubChange(HostCaller.Cut(title, MaxTitle), HostCaller.Cut(body, MaxBody)), cancellation);

    public async Task<string?> CloseAsync(long number, string comment, CancellationToken cancellation)
    {
        await ChangeAsync(number, new GitHubChange(State: "closed"), cancellation);
        return await HostComments.LeaveAsync(() => caller.DoAsync<IGitHubApi>(
            (api, token) => api.CommentAsync(
                Owner, Name, number, HostCaller.Json(new GitHubComment(comment), GitHubJson.Default.GitHubComment), token),
            cancellation));
    }

    private static PullRequestFault Classify(string detail) =>
        detail.Contains("pull request already exists", StringComparison.OrdinalIgnoreCase) ? PullRequestFault.AlreadyExists
        : detail.Contains("No commits between", StringComparison.OrdinalIgnoreCase) ? PullRequestFault.NothingToMerge
        : PullRequestFault.Refused;

    private static HttpContent Body(GitHubChange change) => HostCaller.Json(change, GitHubJson.Default.GitHubChange);

    private Task ChangeAsync(long number, GitHubChange change, CancellationToken cancellation) =>
        caller.DoAsync<IGitHubApi>((api, token) => api.UpdateAsync(Owner, Name, number, Body(change), token), cancellation);
}

/// <summary>A pull request as GitHub tells it.</summary>
internal sealed record GitHubPull(
    long Number, string HtmlUrl, string State, string Title, GitHubBranch Head, GitHubBranch Base, string? MergedAt = null)
{
    internal PullRequest ToPullRequest() => new()
    {
        Number = Number,
        Url = HtmlUrl,
        State = MergedAt is not null ? PullRequestState.Merged : State == "open" ? PullRequestState.Open : PullRequestState.Closed,
        Title = Title,
        Head = Head.Ref,
        Base = Base.Ref,
        HeadCommit = Head.Sha,
    };
}

/// <summary>One side of a pull request.</summary>
internal sealed record GitHubBranch(string Ref, string? Sha = null);

/// <summary>What is set when opening and changing one.</summary>
internal sealed record GitHubChange(string? Title = null, string? Body = null, string? Head = null, string? Base = null, string? State = null);

/// <summary>A comment.</summary>
internal sealed record GitHubComment(string Body);

/// <summary>Labels to add.</summary>
internal sealed record GitHubLabels(IReadOnlyList<string> Labels);

/// <summary>GitHub's JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = 32)]
[JsonSerializable(typeof(List<GitHubPull>))]
[JsonSerializable(typeof(GitHubChange))]
[JsonSerializable(typeof(GitHubComment))]
[JsonSerializable(typeof(GitHubLabels))]
internal sealed partial class GitHubJson : JsonSerializerContext;
