using Xunit;

namespace GitOpsToolkit.PullRequests.Tests;

public sealed class GitLabTests : HostFixture
{
    private IPullRequestHost Host => Open("gitlab", "/acme/platform/fleet.git");

    [Fact]
    public async Task Requests_of_a_branch_are_found_in_every_state_but_those_of_forks()
    {
        Get("/*merge_requests", $"[{Merge(5, "opened")},{Merge(4, "locked")}]", "<x>; rel=\"next\"", query: [("page", "1")]);
        Get("/*merge_requests", $"[{Merge(3, "merged")},{Merge(2, "closed")},{Merge(1, "opened", source: 77)}]", query: [("page", "2")]);
        var found = await Host.ListAsync("gitops/app", TestContext.Current.CancellationToken);
        Assert.Equal(
            [(5, PullRequestState.Open), (4, PullRequestState.Open), (3, PullRequestState.Merged), (2, PullRequestState.Closed)],
            found.Select(pull => (pull.Number, pull.State)));
        Assert.Equal("https://gitlab.example.com/acme/platform/fleet/-/merge_requests/5", found[0].Url);
        Assert.Equal(("gitops/app", "main", "8888888888888888888888888888888888888888"), (found[0].Head, found[0].Base, found[0].HeadCommit));
        Assert.StartsWith("GET /api/v4/projects/acme%2Fplatform%2Ffleet/merge_requests?state=all&order_by=created_at&sort=desc&per_page=100", Asked[0], StringComparison.Ordinal);
        Assert.Contains("source_branch=gitops%2Fapp", Asked[0], StringComparison.Ordinal);
        Assert.Equal([$"Bearer {Token}"], Authorizations);
    }

    [Fact]
    public async Task One_is_opened_with_labels_changed_and_closed_with_a_comment()
    {
        Change("POST", "/*merge_requests",
            """{"title":"Update app","description":"to 1.2.3","source_branch":"gitops/app","target_branch":"main","labels":"deps,gitops"}""", Merge(5, "opened"), 201);
        Change("PUT", "/*merge_requests/5", """{"title":"Update app again","description":"to 1.2.4"}""", Merge(5, "opened"));
        Change("PUT", "/*merge_requests/5", """{"state_event":"close"}""", Merge(5, "closed"));
        Change("POST", "/*merge_requests/5/notes", """{"body":"superseded"}""", """{"id":301,"body":"superseded"}""", 201);
        var host = Host;
        var opened = await host.CreateAsync(
            new PullRequestDraft("gitops/app", "main", "Update app", "to 1.2.3") { Labels = ["deps", "gitops"] }, TestContext.Current.CancellationToken);
        await host.UpdateAsync(opened.Number, "Update app again", "to 1.2.4", TestContext.Current.CancellationToken);
        Assert.Null(await host.CloseAsync(opened.Number, "superseded", TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(409, """{"message":["Another open merge request already exists for this source branch: !5"]}""", PullRequestFault.AlreadyExists, "already exists for this source branch: !5")]
    [InlineData(401, """{"message":"401 Unauthorized"}""", PullRequestFault.Authentication, "the token needs the scope api")]
    [InlineData(403, """{"error":"insufficient_scope","error_description":"The request requires higher privileges than provided by the access token.","scope":"api"}""",
        PullRequestFault.Authentication, "insufficient_scope; The request requires higher privileges")]
    [InlineData(404, """{"message":"404 Project Not Found"}""", PullRequestFault.NotFound, "404 Project Not Found")]
    [InlineData(422, """{"message":{"base":["Source branch \"x\" does not exist"],"validate_branches":["bad"]}}""", PullRequestFault.Refused, "Source branch \"x\" does not exist; bad")]
    [InlineData(400, """{"error":"target_branch is missing"}""", PullRequestFault.Refused, "target_branch is missing")]
    public async Task A_refusal_says_what_the_host_said(int status, string body, PullRequestFault fault, string words)
    {
        Refuse("POST", "/*merge_requests", status, body);
        var error = await FaultAsync(fault, () => Host.CreateAsync(new PullRequestDraft("gitops/app", "main", "t", "b"), TestContext.Current.CancellationToken));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_of_its_own_key_is_sent_as_bearer()
    {
        Get("/*merge_requests", "[]");
        Assert.True(HostCredential.TryRead(new Dictionary<string, string> { ["token"] = Token + "\n" }, out var credential, out _));
        Assert.Empty(await Open("gitlab", "/acme/platform/fleet.git", credential).ListAsync("x", TestContext.Current.CancellationToken));
        Assert.Equal([$"Bearer {Token}"], Authorizations);
    }

    [Fact]
    public async Task One_that_is_not_there_is_null()
    {
        Get("/*merge_requests/3", """{"message":"404 Not found"}""", status: 404);
        Assert.Null(await Host.FindAsync(3, TestContext.Current.CancellationToken));
    }

    private static string Merge(int number, string state, int source = 3) =>
        $$$$"""
        {"id":{{{{number + 100}}}},"iid":{{{{number}}}},"project_id":3,"title":"Update app","description":"to 1.2.3","state":"{{{{state}}}}",
         "created_at":"2024-04-29T08:46:00Z","merged_by":null,"merged_at":null,"closed_at":null,"target_branch":"main","source_branch":"gitops/app",
         "user_notes_count":1,"author":{"id":1,"name":"Administrator","username":"admin"},"source_project_id":{{{{source}}}},"target_project_id":3,
         "labels":["deps"],"draft":false,"detailed_merge_status":"mergeable","sha":"8888888888888888888888888888888888888888","merge_commit_sha":null,
         "web_url":"https://gitlab.example.com/acme/platform/fleet/-/merge_requests/{{{{number}}}}","references":{"short":"!{{{{number}}}}"}}
        """;
}
