using System.Text.Json.Serialization;
using GitOpsToolkit.PullRequests.Transport;
using Refit;

namespace GitOpsToolkit.PullRequests.Hosts;

/// <summary>The REST API of Bitbucket Data Center (Server), version 1.0. Changes name the version that they were made for.</summary>
[Headers("X-Atlassian-Token: no-check")]
internal interface IDataCenterApi
{
    [Get("/projects/{project}/repos/{slug}/pull-requests?direction=OUTGOING&state=ALL&order=NEWEST&limit=100")]
    Task<HttpResponseMessage> ListAsync(string project, string slug, string at, long start, CancellationToken cancellationToken);

    [Get("/projects/{project}/repos/{slug}/pull-requests/{number}")]
    Task<HttpResponseMessage> GetAsync(string project, string slug, long number, CancellationToken cancellationToken);

    [Post("/projects/{project}/repos/{slug}/pull-requests")]
    Task<HttpResponseMessage> CreateAsync(string project, string slug, [Body] HttpContent body, CancellationToken cancellationToken);

    [Put("/projects/{project}/repos/{slug}/pull-requests/{number}")]
    Task<HttpResponseMessage> UpdateAsync(string project, string slug, long number, [Body] HttpContent body, CancellationToken cancellationToken);

    [Post("/projects/{project}/repos/{slug}/pull-requests/{number}/decline")]
    Task<HttpResponseMessage> DeclineAsync(string project, string slug, long number, long version, CancellationToken cancellationToken);

    [Post("/projects/{project}/repos/{slug}/pull-requests/{number}/comments")]
    Task<HttpResponseMessage> CommentAsync(string project, string slug, long number, [Body] HttpContent body, CancellationToken cancellationToken);
}

/// <summary>Pull requests at Bitbucket Data Center; it has no labels.</summary>
internal sealed class BitbucketDataCenterHost(HostCaller caller) : IPullRequestHost
{
    private const int MaxTitle = 255;
    private const int MaxBody = 30_000;
    private const string Heads = "refs/heads/";

    public HostedRepository Repository => caller.Repository;

    private string Project => Repository.Owner;

    private string Slug => Repository.Name;

    public async Task<IReadOnlyList<PullRequest>> ListAsync(string head, CancellationToken cancellation) =>
        await caller.PagesAsync<IDataCenterApi, DataCenterPage, PullRequest>(
            (api, start, token) => api.ListAsync(Project, Slug, Heads + head, start, token),
            DataCenterJson.Default.DataCenterPage,
            first: 0,
            (page, _, start) => (page.Values.Where(pull => pull.IsWithin && pull.FromRef.Id == Heads + head).Select(pull => pull.ToPullRequest()),
                page.IsLastPage || page.NextPageStart is not { } next || next <= start ? null : next),
            maxPages: null,
            cancellation);

    public async Task<PullRequest?> FindAsync(long number, CancellationToken cancellation) =>
        (await caller.FindAsync<IDataCenterApi, DataCenterPull>(
            (api, token) => api.GetAsync(Project, Slug, number, token), DataCenterJson.Default.DataCenterPull, cancellation))?.ToPullRequest();

    public async Task<PullRequest> CreateAsync(PullRequestDraft draft, CancellationToken cancellation)
    {
        var repository = new DataCenterRepository(Slug, new DataCenterProject(Project));
        var request = new DataCenterChange(HostCaller.Cut(draft.Title, MaxTitle), HostCaller.Cut(draft.Body, MaxBody))
        {
            FromRef = new DataCenterRef(Heads + draft.Head, Repository: repository),
            ToRef = new DataCenterRef(Heads + draft.Base, Repository: repository),
        };
        var answer = await caller.SendAsync<IDataCenterApi>((api, token) => api.CreateAsync(Project, Slug, Body(request), token), cancellation);
        return answer.IsSuccess ? answer.Read(DataCenterJson.Default.DataCenterPull).ToPullRequest() : throw caller.Fault(answer, Classify);
    }

    public async Task UpdateAsync(long number, string title, string body, CancellationToken cancellation)
    {
        // Reviewers that are not sent along are removed.
        var now = await GetAsync(number, cancellation);
        var change = new DataCenterChange(HostCaller.Cut(title, MaxTitle), HostCaller.Cut(body, MaxBody))
        {
            Version = now.Version,
            Reviewers = now.Reviewers is null ? null : [.. now.Reviewers.Select(reviewer => new DataCenterReviewer(new DataCenterUser(reviewer.User.Name)))],
        };
        await caller.DoAsync<IDataCenterApi>((api, token) => api.UpdateAsync(Project, Slug, number, Body(change), token), cancellation);
    }

    public async Task<string?> CloseAsync(long number, string comment, CancellationToken cancellation)
    {
        var now = await GetAsync(number, cancellation);
        if (now.State == "OPEN")
        {
            await caller.DoAsync<IDataCenterApi>((api, token) => api.DeclineAsync(Project, Slug, number, now.Version, token), cancellation);
        }

        return await HostComments.LeaveAsync(() => caller.DoAsync<IDataCenterApi>(
            (api, token) => api.CommentAsync(
                Project, Slug, number, HostCaller.Json(new DataCenterComment(comment), DataCenterJson.Default.DataCenterComment), token),
            cancellation));
    }

    private static PullRequestFault Classify(string detail) =>
        detail.Contains("DuplicatePullRequestException", StringComparison.Ordinal) ? PullRequestFault.AlreadyExists
        : detail.Contains("EmptyPullRequestException", StringComparison.Ordinal) ? PullRequestFault.NothingToMerge
        : PullRequestFault.Refused;

    private static HttpContent Body(DataCenterChange change) => HostCaller.Json(change, DataCenterJson.Default.DataCenterChange);

    private Task<DataCenterPull> GetAsync(long number, CancellationToken cancellation) => caller.GetAsync<IDataCenterApi, DataCenterPull>(
        (api, token) => api.GetAsync(Project, Slug, number, token), DataCenterJson.Default.DataCenterPull, cancellation);
}

/// <summary>A page of a list.</summary>
internal sealed record DataCenterPage(IReadOnlyList<DataCenterPull> Values, bool IsLastPage = true, long? NextPageStart = null);

/// <summary>A pull request as Data Center tells it.</summary>
internal sealed record DataCenterPull(
    long Id, long Version, string State, string Title, DataCenterLinks Links, DataCenterRef FromRef, DataCenterRef ToRef,
    IReadOnlyList<DataCenterReviewer>? Reviewers = null)
{
    private const string Heads = "refs/heads/";

    /// <summary>From the repository itself, not from a fork with a branch of the same name.</summary>
    internal bool IsWithin => FromRef.Repository == ToRef.Repository;

    internal PullRequest ToPullRequest() => new()
    {
        Number = Id,
        Url = Links.Self.Count > 0 ? Links.Self[0].Href : "",
        State = State switch { "OPEN" => PullRequestState.Open, "MERGED" => PullRequestState.Merged, _ => PullRequestState.Closed },
        Title = Title,
        Head = FromRef.Id.StartsWith(Heads, StringComparison.Ordinal) ? FromRef.Id[Heads.Length..] : FromRef.Id,
        Base = ToRef.Id.StartsWith(Heads, StringComparison.Ordinal) ? ToRef.Id[Heads.Length..] : ToRef.Id,
        HeadCommit = FromRef.LatestCommit,
    };
}

/// <summary>The addresses of a pull request.</summary>
internal sealed record DataCenterLinks(IReadOnlyList<DataCenterLink> Self);

/// <summary>An address.</summary>
internal sealed record DataCenterLink(string Href);

/// <summary>One side of a pull request; its id is a full reference.</summary>
internal sealed record DataCenterRef(string Id, string? LatestCommit = null, DataCenterRepository? Repository = null);

/// <summary>A repository.</summary>
internal sealed record DataCenterRepository(string Slug, DataCenterProject Project);

/// <summary>A project.</summary>
internal sealed record DataCenterProject(string Key);

/// <summary>A reviewer.</summary>
internal sealed record DataCenterReviewer(DataCenterUser User);

/// <summary>A user.</summary>
internal sealed record DataCenterUser(string? Name);

/// <summary>What is set when opening and changing one.</summary>
internal sealed record DataCenterChange(string Title, string Description)
{
    public long? Version { get; init; }

    public DataCenterRef? FromRef { get; init; }

    public DataCenterRef? ToRef { get; init; }

    public IReadOnlyList<DataCenterReviewer>? Reviewers { get; init; }
}

/// <summary>A comment.</summary>
internal sealed record DataCenterComment(string Text);

/// <summary>Data Center's JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = 32)]
[JsonSerializable(typeof(DataCenterPage))]
[JsonSerializable(typeof(DataCenterChange))]
[JsonSerializable(typeof(DataCenterComment))]
internal sealed partial class DataCenterJson : JsonSerializerContext;
