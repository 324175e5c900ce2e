using System.Globalization;
using System.Text.Json.Serialization;
using GitOpsToolkit.PullRequests.Transport;
using Refit;

namespace GitOpsToolkit.PullRequests.Hosts;

/// <summary>The REST API of Azure DevOps Services and Server, version 7.0, which Server 2022 has too.</summary>
[Headers("Accept: application/json")]
internal interface IAzureApi
{
    [Get("/{project}/_apis/git/repositories/{name}/pullrequests?searchCriteria.status=all&$top=100&$skip={skip}&api-version=7.0")]
    Task<HttpResponseMessage> ListAsync(
        string project, string name, [AliasAs("searchCriteria.sourceRefName")] string sourceRefName, long skip,
        CancellationToken cancellationToken);

    [Get("/{project}/_apis/git/repositories/{name}/pullrequests/{number}?api-version=7.0")]
    Task<HttpResponseMessage> GetAsync(string project, string name, long number, CancellationToken cancellationToken);

    [Post("/{project}/_apis/git/repositories/{name}/pullrequests?api-version=7.0")]
    Task<HttpResponseMessage> CreateAsync(string project, string name, [Body] HttpContent body, CancellationToken cancellationToken);

    [Patch("/{project}/_apis/git/repositories/{name}/pullrequests/{number}?api-version=7.0")]
    Task<HttpResponseMessage> UpdateAsync(string project, string name, long number, [Body] HttpContent body, CancellationToken cancellationToken);

    [Post("/{project}/_apis/git/repositories/{name}/pullRequests/{number}/threads?api-version=7.0")]
    Task<HttpResponseMessage> CommentAsync(string project, string name, long number, [Body] HttpContent body, CancellationToken cancellationToken);
}

/// <summary>Pull requests at Azure DevOps.</summary>
internal sealed class AzureDevOpsHost(HostCaller caller) : IPullRequestHost
{
    private const int MaxTitle = 400;
    private const int MaxBody = 4000;
    private const int PageSize = 100;
    private const string Heads = "refs/heads/";

    public HostedRepository Repository => caller.Repository;

    private string Project => Repository.Owner;

    private string Name => Repository.Name;

    public async Task<IReadOnlyList<PullRequest>> ListAsync(string head, CancellationToken cancellation) =>
        await caller.PagesAsync<IAzureApi, AzurePage, PullRequest>(
            (api, skip, token) => api.ListAsync(Project, Name, Heads + head, skip, token),
            AzureJson.Default.AzurePage,
            first: 0,
            (page, _, skip) => (page.Value.Where(pull => pull.IsWithin && pull.SourceRefName == Heads + head).Select(ToPullRequest),
                page.Value.Count < PageSize ? null : skip + PageSize),
            maxPages: null,
            cancellation);

    public async Task<PullRequest?> FindAsync(long number, CancellationToken cancellation) =>
        await caller.FindAsync<IAzureApi, AzurePull>(
            (api, token) => api.GetAsync(Project, Name, number, token), AzureJson.Default.AzurePull, cancellation) is { } pull
            ? ToPullRequest(pull)
            : null;

    public async Task<PullRequest> CreateAsync(PullRequestDraft draft, CancellationToken cancellation)
    {
        var request = new AzureChange(HostCaller.Cut(draft.Title, MaxTitle), HostCaller.Cut(draft.Body, MaxBody))
        {
            SourceRefName = Heads + draft.Head,
            TargetRefName = Heads + draft.Base,
            Labels = draft.Labels.Count > 0 ? [.. draft.Labels.Select(label => new AzureLabel(label))] : null,
        };
        var answer = await caller.SendAsync<IAzureApi>((api, token) => api.CreateAsync(Project, Name, Body(request), token), cancellation);
        return answer.IsSuccess ? ToPullRequest(answer.Read(AzureJson.Default.AzurePull)) : throw caller.Fault(answer, Classify);
    }

    public Task UpdateAsync(long number, string title, string body, CancellationToken cancellation) =>
        ChangeAsync(number, new AzureChange(HostCaller.Cut(title, MaxTitle), HostCaller.Cut(body, MaxBody)), cancellation);

    public async Task<string?> CloseAsync(long number, string comment, CancellationToken cancellation)
    {
        await ChangeAsync(number, new AzureChange(Status: "abandoned"), cancellation);
        var thread = new AzureThread([new AzureComment(comment)]);
        return await HostComments.LeaveAsync(() => caller.DoAsync<IAzureApi>(
            (api, token) => api.CommentAsync(Project, Name, number, HostCaller.Json(thread, AzureJson.Default.AzureThread), token), cancellation));
    }

    private static PullRequestFault Classify(string detail) =>
        detail.Contains("GitPullRequestExistsException", StringComparison.Ordinal) || detail.Contains("TF401179", StringComparison.Ordinal)
            ? PullRequestFault.AlreadyExists
            : PullRequestFault.Refused;

    private static HttpContent Body(AzureChange change) => HostCaller.Json(change, AzureJson.Default.AzureChange);

    private static string Short(string reference) =>
        reference.StartsWith(Heads, StringComparison.Ordinal) ? reference[Heads.Length..] : reference;

    private Task ChangeAsync(long number, AzureChange change, CancellationToken cancellation) =>
        caller.DoAsync<IAzureApi>((api, token) => api.UpdateAsync(Project, Name, number, Body(change), token), cancellation);

    /// <summary>The API's answers name its own addresses alone: the page's is made from the repository's.</summary>
    private PullRequest ToPullRequest(AzurePull pull) => new()
    {
        Number = pull.PullRequestId,
        Url = string.Create(
            CultureInfo.InvariantCulture,
            $"{Repository.Api.AbsoluteUri.TrimEnd('/')}/{Uri.EscapeDataString(Project)}/_git/{Uri.EscapeDataString(Name)}/pullrequest/{pull.PullRequestId}"),
        State = pull.Status switch { "active" => PullRequestState.Open, "completed" => PullRequestState.Merged, _ => PullRequestState.Closed },
        Title = pull.Title,
        Head = Short(pull.SourceRefName),
        Base = Short(pull.TargetRefName),
        HeadCommit = pull.LastMergeSourceCommit?.CommitId,
    };
}

/// <summary>A page of a list.</summary>
internal sealed record AzurePage(IReadOnlyList<AzurePull> Value);

/// <summary>A pull request as Azure DevOps tells it.</summary>
internal sealed record AzurePull(
    long PullRequestId, string Status, string Title, string SourceRefName, string TargetRefName, AzureCommit? LastMergeSourceCommit = null,
    AzureFork? ForkSource = null)
{
    /// <summary>From the repository itself, not from a fork with a branch of the same name.</summary>
    internal bool IsWithin => ForkSource is null;
}

/// <summary>A commit.</summary>
internal sealed record AzureCommit(string? CommitId);

/// <summary>Where a pull request of a fork comes from.</summary>
internal sealed record AzureFork(string? Name);

/// <summary>What is set when opening and changing one.</summary>
internal sealed record AzureChange(string? Title = null, string? Description = null, string? Status = null)
{
    public string? SourceRefName { get; init; }

    public string? TargetRefName { get; init; }

    public IReadOnlyList<AzureLabel>? Labels { get; init; }
}

/// <summary>A label.</summary>
internal sealed record AzureLabel(string Name);

/// <summary>A thread of comments; one that nobody has to resolve.</summary>
internal sealed record AzureThread(IReadOnlyList<AzureComment> Comments, string Status = "closed");

/// <summary>A comment.</summary>
internal sealed record AzureComment(string Content, string CommentType = "text", long ParentCommentId = 0);

/// <summary>Azure DevOps' JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = 32)]
[JsonSerializable(typeof(AzurePage))]
[JsonSerializable(typeof(AzureChange))]
[JsonSerializable(typeof(AzureThread))]
internal sealed partial class AzureJson : JsonSerializerContext;
