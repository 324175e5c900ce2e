using System.Text.Json.Serialization;
using GitOpsToolkit.PullRequests.Transport;
using Refit;

namespace GitOpsToolkit.PullRequests.Hosts;

/// <summary>Bitbucket Cloud's REST API, version 2.0.</summary>
internal interface IBitbucketApi
{
    [Get("/repositories/{workspace}/{slug}/pullrequests?pagelen=50&sort=-created_on")]
    Task<HttpResponseMessage> ListAsync(string workspace, string slug, string q, long page, CancellationToken cancellationToken);

    [Get("/repositories/{workspace}/{slug}/pullrequests/{number}")]
    Task<HttpResponseMessage> GetAsync(string workspace, string slug, long number, CancellationToken cancellationToken);

    [Post("/repositories/{workspace}/{slug}/pullrequests")]
    Task<HttpResponseMessage> CreateAsync(string workspace, string slug, [Body] HttpContent body, CancellationToken cancellationToken);

    [Put("/repositories/{workspace}/{slug}/pullrequests/{number}")]
    Task<HttpResponseMessage> UpdateAsync(string workspace, string slug, long number, [Body] HttpContent body, CancellationToken cancellationToken);

    [Post("/repositories/{workspace}/{slug}/pullrequests/{number}/decline")]
    Task<HttpResponseMessage> DeclineAsync(string workspace, string slug, long number, CancellationToken cancellationToken);

    [Post("/repositories/{workspace}/{slug}/pullrequests/{number}/comments")]
    Task<HttpResponseMessage> CommentAsync(string workspace, string slug, long number, [Body] HttpContent body, CancellationToken cancellationToken);
}

/// <summary>Pull requests at Bitbucket Cloud. It has no labels; opening a second one for the same branches changes the first.</summary>
internal sealed class BitbucketHost(HostCaller caller) : IPullRequestHost
{
    private const int MaxTitle = 255;
    private const int MaxBody = 30_000;
    private const string AnyState = """(state="OPEN" OR state="MERGED" OR state="DECLINED" OR state="SUPERSEDED")""";

    public HostedRepository Repository => caller.Repository;

    private string Workspace => Repository.Owner;

    private string Slug => Repository.Name;

    public async Task<IReadOnlyList<PullRequest>> ListAsync(string head, CancellationToken cancellation)
    {
        // Without a state only open ones are listed.
        var query = $"source.branch.name={Quoted(head)} AND {AnyState}";
        return await caller.PagesAsync<IBitbucketApi, BitbucketPage, PullRequest>(
            (api, page, token) => api.ListAsync(Workspace, Slug, query, page, token),
            BitbucketJson.Default.BitbucketPage,
            first: 1,
            (pulls, _, page) => (pulls.Values.Where(pull => pull.IsWithin && pull.Source.Branch.Name == head).Select(pull => pull.ToPullRequest()),
                pulls.Next is null ? null : page + 1),
            maxPages: null,
            cancellation);
    }

    public async Task<PullRequest?> FindAsync(long number, CancellationToken cancellation) =>
        (await caller.FindAsync<IBitbucketApi, BitbucketPull>(
            (api, token) => api.GetAsync(Workspace, Slug, number, token), BitbucketJson.Default.BitbucketPull, cancellation))?.ToPullRequest();

    public async Task<PullRequest> CreateAsync(PullRequestDraft draft, CancellationToken cancellation)
    {
        var request = new BitbucketChange(HostCaller.Cut(draft.Title, MaxTitle), HostCaller.Cut(draft.Body, MaxBody))
        {
            Source = new BitbucketSide(new BitbucketBranch(draft.Head)),
            Destination = new BitbucketSide(new BitbucketBranch(draft.Base)),
        };
        var answer = await caller.SendAsync<IBitbucketApi>((api, token) => api.CreateAsync(Workspace, Slug, Body(request), token), cancellation);
        return answer.IsSuccess ? answer.Read(BitbucketJson.Default.BitbucketPull).ToPullRequest() : throw caller.Fault(answer, Classify);
    }

    public async Task UpdateAsync(long number, string title, string body, CancellationToken cancellation)
    {
        // Reviewers that are not sent along are removed.
        var now = await caller.GetAsync<IBitbucketApi, BitbucketPull>(
            (api, token) => api.GetAsync(Workspace, Slug, number, token), BitbucketJson.Default.BitbucketPull, cancellation);
        var change = new BitbucketChange(HostCaller.Cut(title, MaxTitle), HostCaller.Cut(body, MaxBody))
        {
            Reviewers = now.Reviewers is { Count: > 0 } reviewers ? [.. reviewers.Select(reviewer => new BitbucketUser(reviewer.Uuid))] : null,
        };
        await caller.DoAsync<IBitbucketApi>((api, token) => api.UpdateAsync(Workspace, Slug, number, Body(change), token), cancellation);
    }

    public async Task<string?> CloseAsync(long number, string comment, CancellationToken cancellation)
    {
        await caller.DoAsync<IBitbucketApi>((api, token) => api.DeclineAsync(Workspace, Slug, number, token), cancellation);
        var words = new BitbucketComment(new BitbucketText(comment));
        return await HostComments.LeaveAsync(() => caller.DoAsync<IBitbucketApi>(
            (api, token) => api.CommentAsync(
                Workspace, Slug, number, HostCaller.Json(words, BitbucketJson.Default.BitbucketComment), token),
            cancellation));
    }

    private static PullRequestFault Classify(string detail) =>
        detail.Contains("no changes to be pulled", StringComparison.OrdinalIgnoreCase) ? PullRequestFault.NothingToMerge : PullRequestFault.Refused;

    private static string Quoted(string text) => $"\"{text.Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static HttpContent Body(BitbucketChange change) => HostCaller.Json(change, BitbucketJson.Default.BitbucketChange);
}

/// <summary>A page of a list.</summary>
internal sealed record BitbucketPage(IReadOnlyList<BitbucketPull> Values, string? Next = null);

/// <summary>A pull request as Bitbucket tells it.</summary>
internal sealed record BitbucketPull(
    long Id, string State, string Title, BitbucketLinks Links, BitbucketSide Source, BitbucketSide Destination,
    IReadOnlyList<BitbucketUser>? Reviewers = null)
{
    /// <summary>From the repository itself, not from a fork; the repository of a deleted fork is null.</summary>
    internal bool IsWithin => Source.Repository?.FullName == Destination.Repository?.FullName;

    internal PullRequest ToPullRequest() => new()
    {
        Number = Id,
        Url = Links.Html.Href,
        State = State switch { "OPEN" => PullRequestState.Open, "MERGED" => PullRequestState.Merged, _ => PullRequestState.Closed },
        Title = Title,
        Head = Source.Branch.Name,
        Base = Destination.Branch.Name,
        HeadCommit = Source.Commit?.Hash,
    };
}

/// <summary>The addresses of a pull request.</summary>
internal sealed record BitbucketLinks(BitbucketLink Html);

/// <summary>An address.</summary>
internal sealed record BitbucketLink(string Href);

/// <summary>One side of a pull request; a commit's hash is shortened.</summary>
internal sealed record BitbucketSide(BitbucketBranch Branch, BitbucketCommit? Commit = null, BitbucketRepository? Repository = null);

/// <summary>A branch.</summary>
internal sealed record BitbucketBranch(string Name);

/// <summary>A commit.</summary>
internal sealed record BitbucketCommit(string? Hash);

/// <summary>A repository.</summary>
internal sealed record BitbucketRepository(string? FullName);

/// <summary>A reviewer.</summary>
internal sealed record BitbucketUser(string? Uuid);

/// <summary>What is set when opening and changing one.</summary>
internal sealed record BitbucketChange(string Title, string Description)
{
    public BitbucketSide? Source { get; init; }

    public BitbucketSide? Destination { get; init; }

    public IReadOnlyList<BitbucketUser>? Reviewers { get; init; }
}

/// <summary>A comment.</summary>
internal sealed record BitbucketComment(BitbucketText Content);

/// <summary>Text in Markdown.</summary>
internal sealed record BitbucketText(string Raw);

/// <summary>Bitbucket's JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = 32)]
[JsonSerializable(typeof(BitbucketPage))]
[JsonSerializable(typeof(BitbucketChange))]
[JsonSerializable(typeof(BitbucketComment))]
internal sealed partial class BitbucketJson : JsonSerializerContext;
