using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using Xunit;

namespace GitOpsToolkit.PullRequests.Tests;

public sealed class BitbucketDataCenterTests : HostFixture
{
    private const string Pulls = "/bb/rest/api/1.0/projects/ACME/repos/fleet/pull-requests";

    private IPullRequestHost Host => Open("bitbucket-data-center", "/bb/scm/ACME/fleet.git");

    [Fact]
    public async Task Requests_of_a_branch_are_found_page_by_page()
    {
        Get(Pulls, $$"""{"size":1,"limit":100,"isLastPage":false,"values":[{{Pull(5, "OPEN")}}],"start":0,"nextPageStart":7}""",
            query: [("start", "0"), ("at", "refs/heads/gitops/app"), ("state", "ALL"), ("direction", "OUTGOING")]);
        Get(Pulls, $$"""{"size":2,"limit":100,"isLastPage":true,"values":[{{Pull(4, "MERGED")}},{{Pull(3, "DECLINED")}},{{Pull(2, "OPEN", "FORK")}}],"start":7}""", query: [("start", "7")]);
        var found = await Host.ListAsync("gitops/app", TestContext.Current.CancellationToken);
        Assert.Equal([(5, PullRequestState.Open), (4, PullRequestState.Merged), (3, PullRequestState.Closed)], found.Select(pull => (pull.Number, pull.State)));
        Assert.Equal(("https://bb.example.com/projects/ACME/repos/fleet/pull-requests/5", "gitops/app", "main"), (found[0].Url, found[0].Head, found[0].Base));
        Assert.StartsWith("Basic ", Assert.Single(Authorizations), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_is_opened_changed_and_declined_at_its_present_version()
    {
        Change("POST", Pulls,
            """
            {"title":"Update app","description":"to 1.2.3",
             "fromRef":{"id":"refs/heads/gitops/app","repository":{"slug":"fleet","project":{"key":"ACME"}}},
             "toRef":{"id":"refs/heads/main","repository":{"slug":"fleet","project":{"key":"ACME"}}}}
            """, Pull(5, "OPEN"), 201);
        Get(Pulls + "/5", Pull(5, "OPEN"));
        Change("PUT", Pulls + "/5", """{"title":"Again","description":"to 1.2.4","version":2,"reviewers":[{"user":{"name":"ann"}}]}""", Pull(5, "OPEN"));
        Server.Given(Request.Create().WithPath(Pulls + "/5/decline").WithParam("version", "2").WithHeader("X-Atlassian-Token", "no-check").UsingPost())
            .RespondWith(Response.Create().WithHeader("Content-Type", "application/json").WithBody(Pull(5, "DECLINED")));
        Change("POST", Pulls + "/5/comments", """{"text":"superseded"}""", """{"id":1}""", 201);
        var host = Host;
        Assert.Equal(5, (await host.CreateAsync(new PullRequestDraft("gitops/app", "main", "Update app", "to 1.2.3"), TestContext.Current.CancellationToken)).Number);
        await host.UpdateAsync(5, "Again", "to 1.2.4", TestContext.Current.CancellationToken);
        Assert.Null(await host.CloseAsync(5, "superseded", TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(409, """{"errors":[{"context":null,"message":"Only one pull request may be open for a given source and target branch","exceptionName":"com.atlassian.bitbucket.pull.DuplicatePullRequestException","existingPullRequest":{"id":3,"version":0}}]}""",
        PullRequestFault.AlreadyExists, "Only one pull request may be open")]
    [InlineData(409, """{"errors":[{"context":null,"message":"main is already up-to-date with branch gitops/app","exceptionName":"com.atlassian.bitbucket.pull.EmptyPullRequestException"}]}""",
        PullRequestFault.NothingToMerge, "already up-to-date")]
    [InlineData(409, """{"errors":[{"context":null,"message":"You are attempting to modify a pull request based on out-of-date information.","exceptionName":"com.atlassian.bitbucket.pull.PullRequestOutOfDateException"}]}""",
        PullRequestFault.Refused, "out-of-date information")]
    [InlineData(401, """{"errors":[{"context":null,"message":"Authentication failed. Please check your credentials and try again.","exceptionName":"com.atlassian.bitbucket.auth.IncorrectPasswordAuthenticationException"}]}""",
        PullRequestFault.Authentication, "the token needs the permission Repository write")]
    [InlineData(404, """{"errors":[{"context":null,"message":"Project ACME does not exist.","exceptionName":"com.atlassian.bitbucket.project.NoSuchProjectException"}]}""",
        PullRequestFault.NotFound, "Project ACME does not exist.")]
    public async Task A_refusal_says_what_the_host_said(int status, string body, PullRequestFault fault, string words)
    {
        Refuse("POST", Pulls, status, body);
        var error = await FaultAsync(fault, () => Host.CreateAsync(new PullRequestDraft("gitops/app", "main", "t", "b"), TestContext.Current.CancellationToken));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    private static string Pull(int number, string state, string project = "ACME") =>
        $$$$"""
        {"id":{{{{number}}}},"version":2,"title":"Update app","description":"to 1.2.3","state":"{{{{state}}}}","open":true,"closed":false,"createdDate":1359075920,
         "fromRef":{"id":"refs/heads/gitops/app","displayId":"gitops/app","latestCommit":"babecafebabecafebabecafebabecafebabecafe",
                    "repository":{"slug":"fleet","name":null,"project":{"key":"{{{{project}}}}"}}},
         "toRef":{"id":"refs/heads/main","displayId":"main","repository":{"slug":"fleet","project":{"key":"ACME"}}},"locked":false,
         "reviewers":[{"user":{"name":"ann","id":101,"active":true},"role":"REVIEWER","approved":false}],
         "links":{"self":[{"href":"https://bb.example.com/projects/ACME/repos/fleet/pull-requests/{{{{number}}}}"}]}}
        """;
}
