using Xunit;

namespace GitOpsToolkit.PullRequests.Tests;

public sealed class BitbucketTests : HostFixture
{
    private const string Pulls = "/2.0/repositories/acme/fleet/pullrequests";

    private IPullRequestHost Host => Open("bitbucket", "/acme/fleet.git");

    [Fact]
    public async Task Requests_of_a_branch_are_found_in_every_state_but_those_of_forks()
    {
        Get(Pulls, $$"""{"pagelen":50,"size":3,"page":1,"values":[{{Pull(5, "OPEN")}},{{Pull(4, "MERGED")}}],"next":"https://elsewhere.example.com/x?page=2"}""", query: [("page", "1")]);
        Get(Pulls, $$"""{"pagelen":50,"values":[{{Pull(3, "DECLINED")}},{{Pull(2, "SUPERSEDED")}},{{Pull(1, "OPEN", "stranger/fleet")}}]}""", query: [("page", "2")]);
        var found = await Host.ListAsync("gitops/app", TestContext.Current.CancellationToken);
        Assert.Equal(
            [(5, PullRequestState.Open), (4, PullRequestState.Merged), (3, PullRequestState.Closed), (2, PullRequestState.Closed)],
            found.Select(pull => (pull.Number, pull.State)));
        Assert.Equal("https://bitbucket.org/acme/fleet/pull-requests/5", found[0].Url);
        Assert.Equal(
            """source.branch.name="gitops/app" AND (state="OPEN" OR state="MERGED" OR state="DECLINED" OR state="SUPERSEDED")""",
            Server.LogEntries[0].RequestMessage!.Query!["q"].ToString());
    }

    [Fact]
    public async Task One_is_opened_changed_with_its_reviewers_kept_and_declined_with_a_comment()
    {
        Change("POST", Pulls,
            """{"title":"Update app","description":"to 1.2.3","source":{"branch":{"name":"gitops/app"}},"destination":{"branch":{"name":"main"}}}""", Pull(5, "OPEN"), 201);
        Get(Pulls + "/5", Pull(5, "OPEN"));
        Change("PUT", Pulls + "/5",
            """{"title":"Update app again","description":"to 1.2.4","reviewers":[{"uuid":"{504c3b62-8120-4f0c-a7bc-87800b9d6f70}"}]}""", Pull(5, "OPEN"));
        Refuse("POST", Pulls + "/5/decline", 200, Pull(5, "DECLINED"));
        Change("POST", Pulls + "/5/comments", """{"content":{"raw":"superseded"}}""", """{"id":1}""", 201);
        var host = Host;
        var draft = new PullRequestDraft("gitops/app", "main", "Update app", "to 1.2.3") { Labels = ["passed-over"] };
        Assert.Equal(5, (await host.CreateAsync(draft, TestContext.Current.CancellationToken)).Number);
        await host.UpdateAsync(5, "Update app again", "to 1.2.4", TestContext.Current.CancellationToken);
        Assert.Null(await host.CloseAsync(5, "superseded", TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(400, """{"type":"error","error":{"message":"There are no changes to be pulled"}}""", PullRequestFault.NothingToMerge, "There are no changes to be pulled")]
    [InlineData(400, """{"type":"error","error":{"fields":{"source":["branch not found: x"]},"message":"Bad request"}}""", PullRequestFault.Refused, "branch not found: x")]
    [InlineData(401, "", PullRequestFault.Authentication, "repository:write and pullrequest:write")]
    [InlineData(403, """{"type":"error","error":{"message":"Your credentials lack one or more required privilege scopes.","detail":{"granted":["repository"],"required":["pullrequest:write"]}}}""",
        PullRequestFault.Authentication, "lack one or more required privilege scopes")]
    [InlineData(404, """{"type":"error","error":{"message":"Repository acme/fleet not found"}}""", PullRequestFault.NotFound, "Repository acme/fleet not found")]
    public async Task A_refusal_says_what_the_host_said(int status, string body, PullRequestFault fault, string words)
    {
        Refuse("POST", Pulls, status, body);
        var error = await FaultAsync(fault, () => Host.CreateAsync(new PullRequestDraft("gitops/app", "main", "t", "b"), TestContext.Current.CancellationToken));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_access_token_that_Git_uses_with_a_user_name_is_a_bearer_token_here()
    {
        Get(Pulls + "/5", Pull(5, "OPEN"));
        var credential = new HostCredential { Username = "x-token-auth", Password = Token };
        await Open("bitbucket", "/acme/fleet", credential).FindAsync(5, TestContext.Current.CancellationToken);
        Assert.Equal([$"Bearer {Token}"], Authorizations);
    }

    private static string Pull(int number, string state, string source = "acme/fleet") =>
        $$$$"""
        {"type":"pullrequest","id":{{{{number}}}},"title":"Update app","description":"to 1.2.3","state":"{{{{state}}}}","merge_commit":null,"close_source_branch":false,
         "links":{"self":{"href":"https://api.bitbucket.org/2.0/repositories/acme/fleet/pullrequests/{{{{number}}}}"},
                  "html":{"href":"https://bitbucket.org/acme/fleet/pull-requests/{{{{number}}}}"}},
         "reviewers":[{"type":"user","uuid":"{504c3b62-8120-4f0c-a7bc-87800b9d6f70}","display_name":"Ann"}],
         "source":{"branch":{"name":"gitops/app"},"commit":{"hash":"9c823062cf99"},"repository":{"full_name":"{{{{source}}}}"}},
         "destination":{"branch":{"name":"main"},"commit":{"hash":"b69dd30ae4a1"},"repository":{"full_name":"acme/fleet"}}}
        """;
}
