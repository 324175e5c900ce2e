using System.Text.Json.Serialization;
using GitOpsToolkit.PullRequests.Transport;
using Refit;

namespace GitOpsToolkit.PullRequests.Hosts;

/// <summary>GitLab's REST API, version 4. A project is named by its path, escaped as one part of the address.</summary>
internal interface IGitLabApi
{
    [Get("/projects/{project}/merge_requests?state=all&order_by=created_at&sort=desc&per_page=100")]
    Task<HttpResponseMessage> ListAsync(
        string project, [AliasAs("source_branch")] string sourceBranch, long page, CancellationToken cancellationToken);

    [Get("/projects/{project}/merge_requests/{number}")]
    Task<HttpResponseMessage> GetAsync(string project, long number, CancellationToken cancellationToken);

    [Post("/projects/{project}/merge_requests")]
    Task<HttpResponseMessage> CreateAsync(string project, [Body] HttpContent body, CancellationToken cancellationToken);

    [Put("/projects/{project}/merge_requests/{number}")]
    Task<HttpResponseMessage> UpdateAsync(string project, long number, [Body] HttpContent body, CancellationToken cancellationToken);

    [Post("/projects/{project}/merge_requests/{number}/notes")]
    Task<HttpResponseMessage> CommentAsync(string project, long number, [Body] HttpContent body, CancellationToken cancellationToken);
}

/// <summary>Merge requests at GitLab.</summary>
internal sealed class GitLabHost(HostCaller caller) : IPullRequestHost
{
    private const int MaxTitle = 255;
    private const int MaxBody = 60_000;

    public HostedRepository Repository => caller.Repository;

    private string Project { get; } = string.Join('/', caller.Repository.Path);

    public async Task<IReadOnlyList<PullRequest>> ListAsync(string head, CancellationToken cancellation) =>
        await caller.PagesAsync<IGitLabApi, List<GitLabMerge>, PullRequest>(
            (api, page, token) => api.ListAsync(Project, head, page, token),
            GitLabJson.Default.ListGitLabMerge,
            first: 1,
            (merges, answer, page) => (merges.Where(merge => merge.IsWithin && merge.SourceBranch == head).Select(merge => merge.ToPullRequest()),
                answer.HasNext ? page + 1 : null),
            maxPages: null,
            cancellation);

    public async Task<PullRequest?> FindAsync(long number, CancellationToken cancellation) =>
        (await caller.FindAsync<IGitLabApi, GitLabMerge>(
            (api, token) => api.GetAsync(Project, number, token), GitLabJson.Default.GitLabMerge, cancellation))?.ToPullRequest();

    public async Task<PullRequest> CreateAsync(PullRequestDraft draft, CancellationToken cancellation)
    {
        var request = new GitLabChange(
            HostCaller.Cut(draft.Title, MaxTitle), HostCaller.Cut(draft.Body, MaxBody), draft.Head, draft.Base,
            draft.Labels.Count > 0 ? string.Join(',', draft.Labels) : null);
        var answer = await caller.SendAsync<IGitLabApi>((api, token) => api.CreateAsync(Project, Body(request), token), cancellation);
        return answer.IsSuccess ? answer.Read(GitLabJson.Default.GitLabMerge).ToPullRequest() : throw caller.Fault(answer, Classify);
    }

    public Task UpdateAsync(long number, string title, string body, CancellationToken cancellation) =>
        ChangeAsync(number, new GitLabChange(HostCaller.Cut(title, MaxTitle), HostCaller.Cut(body, MaxBody)), cancellation);

    public async Task<string?> CloseAsync(long number, string comment, CancellationToken cancellation)
    {
        await ChangeAsync(number, new GitLabChange(StateEvent: "close"), cancellation);
        return await HostComments.LeaveAsync(() => caller.DoAsync<IGitLabApi>(
            (api, token) => api.CommentAsync(
                Project, number, HostCaller.Json(new GitLabNote(comment), GitLabJson.Default.GitLabNote), token),
            cancellation));
    }

    private static PullRequestFault Classify(string detail) =>
        detail.Contains("merge request already exists", StringComparison.OrdinalIgnoreCase) ? PullRequestFault.AlreadyExists : PullRequestFault.Refused;

    private static HttpContent Body(GitLabChange change) => HostCaller.Json(change, GitLabJson.Default.GitLabChange);

    private Task ChangeAsync(long number, GitLabChange change, CancellationToken cancellation) =>
        caller.DoAsync<IGitLabApi>((api, token) => api.UpdateAsync(Project, number, Body(change), token), cancellation);
}

/// <summary>A merge request as GitLab tells it; its number within the project is <c>iid</c>.</summary>
internal sealed record GitLabMerge(
    long Iid, string WebUrl, string State, string Title, string SourceBranch, string TargetBranch, string? Sha = null, long? SourceProjectId = null,
    long? TargetProjectId = null)
{
    /// <summary>From the project itself, not from a fork with a branch of the same name.</summary>
    internal bool IsWithin => SourceProjectId == TargetProjectId;

    internal PullRequest ToPullRequest() => new()
    {
        Number = Iid,
        Url = WebUrl,

        // A request is locked for the moment of its merge.
        State = State switch { "opened" or "locked" => PullRequestState.Open, "merged" => PullRequestState.Merged, _ => PullRequestState.Closed },
        Title = Title,
        Head = SourceBranch,
        Base = TargetBranch,
        HeadCommit = Sha,
    };
}

/// <summary>What is set when opening and changing one.</summary>
internal sealed record GitLabChange(
    string? Title = null, string? Description = null, string? SourceBranch = null, string? TargetBranch = null, string? Labels = null,
    string? StateEvent = null);

/// <summary>A comment.</summary>
internal sealed record GitLabNote(string Body);

/// <summary>GitLab's JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = 32)]
[JsonSerializable(typeof(List<GitLabMerge>))]
[JsonSerializable(typeof(GitLabChange))]
[JsonSerializable(typeof(GitLabNote))]
internal sealed partial class GitLabJson : JsonSerializerContext;
