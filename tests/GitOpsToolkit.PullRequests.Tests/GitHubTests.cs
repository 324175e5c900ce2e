using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using Xunit;

namespace GitOpsToolkit.PullRequests.Tests;

/// <summary>GitHub, in the shapes of its Enterprise Server (the API is below the repository's own host).</summary>
public sealed class GitHubTests : HostFixture
{
    private const string Pulls = "/api/v3/repos/acme/fleet/pulls";

    private IPullRequestHost Host => Open("github", "/acme/fleet.git");

    [Fact]
    public async Task Requests_of_a_branch_are_found_in_every_state()
    {
        Get(Pulls, $"[{Pull(9, "open", null)},{Pull(7, "closed", null)},{Pull(5, "closed", "2024-03-01T10:00:00Z")},{Pull(4, "open", null, head: "other")}]",
            query: [("head", "acme:gitops/app"), ("state", "all")]);
        var found = await Host.ListAsync("gitops/app", TestContext.Current.CancellationToken);
        Assert.Equal([(9, PullRequestState.Open), (7, PullRequestState.Closed), (5, PullRequestState.Merged)],
            found.Select(pull => (pull.Number, pull.State)));
        Assert.Equal(
            new PullRequest
            {
                Number = 9,
                Url = "https://github.example.com/acme/fleet/pull/9",
                State = PullRequestState.Open,
                Title = "Update app",
                Head = "gitops/app",
                Base = "main",
                HeadCommit = "6dcb09b5b57875f334f61aebed695e2e4193db5e",
            },
            found[0]);
        Assert.Equal("GET /api/v3/repos/acme/fleet/pulls?state=all&sort=created&direction=desc&per_page=100&head=acme%3Agitops%2Fapp&page=1", Asked[0]);
        Assert.Equal([$"Bearer {Token}"], Authorizations);
        var headers = Server.LogEntries[0].RequestMessage!.Headers!;
        Assert.Equal("application/vnd.github+json", headers["Accept"].ToString());
        Assert.Equal("2022-11-28", headers["X-GitHub-Api-Version"].ToString());
        Assert.Equal("gitops-toolkit", headers["User-Agent"].ToString());
    }

    [Fact]
    public async Task Pages_are_read_to_the_last()
    {
        Get(Pulls, $"[{Pull(9, "closed", null)}]", "<https://elsewhere.example.com/x?page=2>; rel=\"next\", <x>; rel=\"last\"", query: [("page", "1")]);
        Get(Pulls, $"[{Pull(2, "open", null)}]", "<x>; rel=\"first\"", query: [("page", "2")]);
        Assert.Equal([9, 2], (await Host.ListAsync("gitops/app", TestContext.Current.CancellationToken)).Select(pull => pull.Number));
        Assert.Equal(2, Asked.Count);
    }

    [Fact]
    public async Task One_is_opened_with_labels_changed_and_closed_with_a_comment()
    {
        Change("POST", Pulls, """{"title":"Update app","body":"to 1.2.3","head":"gitops/app","base":"main"}""", Pull(9, "open", null), 201);
        Change("POST", "/api/v3/repos/acme/fleet/issues/9/labels", """{"labels":["deps","gitops"]}""", "[]");
        Change("PATCH", Pulls + "/9", """{"title":"Update app again","body":"to 1.2.4"}""", Pull(9, "open", null));
        Change("PATCH", Pulls + "/9", """{"state":"closed"}""", Pull(9, "closed", null));
        Change("POST", "/api/v3/repos/acme/fleet/issues/9/comments", """{"body":"superseded"}""", """{"id":1,"body":"superseded"}""", 201);
        var host = Host;
        var opened = await host.CreateAsync(
            new PullRequestDraft("gitops/app", "main", "Update app", "to 1.2.3") { Labels = ["deps", "gitops"] }, TestContext.Current.CancellationToken);
        await host.UpdateAsync(opened.Number, "Update app again", "to 1.2.4", TestContext.Current.CancellationToken);
        Assert.Null(await host.CloseAsync(opened.Number, "superseded", TestContext.Current.CancellationToken));
        Assert.Equal(5, Asked.Count);
    }

    [Fact]
    public async Task A_comment_that_is_refused_does_not_undo_the_closing()
    {
        Change("PATCH", Pulls + "/9", """{"state":"closed"}""", Pull(9, "closed", null));
        Refuse("POST", "/api/v3/repos/acme/fleet/issues/9/comments", 403, """{"message":"Resource not accessible by personal access token"}""");
        Assert.Contains("Resource not accessible", await Host.CloseAsync(9, "superseded", TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(422, """{"message":"Validation Failed","errors":[{"resource":"PullRequest","code":"custom","message":"A pull request already exists for acme:gitops/app."}]}""",
        PullRequestFault.AlreadyExists, "A pull request already exists for acme:gitops/app.")]
    [InlineData(422, """{"message":"Validation Failed","errors":[{"resource":"PullRequest","code":"custom","message":"No commits between main and gitops/app"}]}""",
        PullRequestFault.NothingToMerge, "No commits between")]
    [InlineData(422, """{"message":"Validation Failed","errors":[{"resource":"PullRequest","field":"base","code":"invalid"}]}""",
        PullRequestFault.Refused, "422 UnprocessableEntity: Validation Failed")]
    [InlineData(401, """{"message":"Bad credentials"}""", PullRequestFault.Authentication, "Bad credentials; check the token in the secret: a fine-grained token needs")]
    [InlineData(403, """{"message":"Resource not accessible by personal access token"}""", PullRequestFault.Authentication, "Pull requests (with labels also Issues) as read and write")]
    [InlineData(404, """{"message":"Not Found"}""", PullRequestFault.NotFound, "the credentials may not see it")]
    [InlineData(403, """{"message":"You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}""", PullRequestFault.RateLimited, "secondary rate limit")]
    public async Task A_refusal_says_what_was_asked_and_what_to_do(int status, string body, PullRequestFault fault, string words)
    {
        Refuse("POST", Pulls, status, body);
        var error = await FaultAsync(fault, () => Host.CreateAsync(new PullRequestDraft("gitops/app", "main", "t", "b"), TestContext.Current.CancellationToken));
        Assert.StartsWith($"GitHub ({new Uri(Web).Authority}): POST {Web}{Pulls}: {status} ", error.Message, StringComparison.Ordinal);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.Single(Asked);
    }

    [Fact]
    public async Task A_spent_rate_limit_says_when_to_come_back()
    {
        var reset = DateTimeOffset.UtcNow.AddMinutes(10).ToUnixTimeSeconds();
        Server.Given(Request.Create().WithPath(Pulls)).RespondWith(Response.Create().WithStatusCode(403).WithHeader("Content-Type", "application/json")
            .WithHeader("X-RateLimit-Remaining", "0").WithHeader("X-RateLimit-Reset", $"{reset}").WithBody("""{"message":"API rate limit exceeded"}"""));
        var error = await FaultAsync(PullRequestFault.RateLimited, () => Host.ListAsync("gitops/app", TestContext.Current.CancellationToken));
        Assert.InRange(error.RetryAfter!.Value, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10));
        Assert.Single(Asked);
    }

    [Fact]
    public async Task One_that_is_not_there_is_null()
    {
        Get(Pulls + "/3", """{"message":"Not Found"}""", status: 404);
        Get(Pulls + "/9", Pull(9, "open", null));
        Assert.Null(await Host.FindAsync(3, TestContext.Current.CancellationToken));
        Assert.Equal(9, (await Host.FindAsync(9, TestContext.Current.CancellationToken))!.Number);
    }

    [Fact]
    public async Task Titles_are_cut_where_GitHub_takes_no_more()
    {
        Server.Given(Request.Create().WithPath(Pulls + "/9").UsingPatch())
            .RespondWith(Response.Create().WithHeader("Content-Type", "application/json").WithBody(Pull(9, "open", null)));
        await Host.UpdateAsync(9, new string('x', 254) + "😀 and more", "b", TestContext.Current.CancellationToken);
        Assert.Contains($"\"title\":\"{new string('x', 254)}…\"", System.Text.RegularExpressions.Regex.Unescape(Server.LogEntries[0].RequestMessage!.Body!), StringComparison.Ordinal);
    }

    private static string Pull(int number, string state, string? merged, string head = "gitops/app") =>
        $$$$"""
        {"url":"https://github.example.com/api/v3/repos/acme/fleet/pulls/{{{{number}}}}","id":1,"node_id":"MDExOlB1bGxSZXF1ZXN0MQ==",
         "html_url":"https://github.example.com/acme/fleet/pull/{{{{number}}}}","number":{{{{number}}}},"state":"{{{{state}}}}","locked":false,"title":"Update app",
         "user":{"login":"octocat","id":1,"type":"User"},"body":null,"labels":[{"id":208045946,"name":"bug","default":true}],"milestone":null,
         "created_at":"2024-01-26T19:01:12Z","closed_at":null,"merged_at":{{{{(merged is null ? "null" : $"\"{merged}\"")}}}},
         "merge_commit_sha":"e5bd3914e2e596debea16f433f57875b5b90bcd6","assignee":null,
         "head":{"label":"acme:{{{{head}}}}","ref":"{{{{head}}}}","sha":"6dcb09b5b57875f334f61aebed695e2e4193db5e","user":{"login":"acme"},"repo":null},
         "base":{"label":"acme:main","ref":"main","sha":"aa218f56b14c9653891f9e74264a383fa43fefbd","repo":{"id":1296269,"full_name":"acme/fleet"}},
         "draft":false}
        """;
}
