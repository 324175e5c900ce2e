using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using Xunit;

namespace GitOpsToolkit.PullRequests.Tests;

public sealed class AzureDevOpsTests : HostFixture
{
    private const string Pulls = "/acme/Big Fleet/_apis/git/repositories/fleet/pullrequests";

    private IPullRequestHost Host => Open("azure-devops", "/acme/Big%20Fleet/_git/fleet");

    [Fact]
    public async Task Requests_of_a_branch_are_found_in_every_state_but_those_of_forks()
    {
        Get(Pulls, $$"""{"value":[{{string.Join(',', Enumerable.Range(0, 100).Select(i => Pull(200 - i, "abandoned")))}}],"count":100}""", query: [("$skip", "0")]);
        Get(Pulls, $$"""{"value":[{{Pull(7, "active")}},{{Pull(6, "completed")}},{{Pull(5, "active", "\"forkSource\":{\"name\":\"refs/heads/gitops/app\"},")}}],"count":3}""", query: [("$skip", "100")]);
        var found = await Host.ListAsync("gitops/app", TestContext.Current.CancellationToken);
        Assert.Equal(102, found.Count);
        Assert.Equal([(7, PullRequestState.Open), (6, PullRequestState.Merged)], found.Skip(100).Select(pull => (pull.Number, pull.State)));
        Assert.Equal($"{Web}/acme/Big%20Fleet/_git/fleet/pullrequest/7", found[100].Url);
        var query = Server.LogEntries[0].RequestMessage!.Query!;
        Assert.Equal(("refs/heads/gitops/app", "all", "100", "7.0"),
            (query["searchCriteria.sourceRefName"].ToString(), query["searchCriteria.status"].ToString(), query["$top"].ToString(), query["api-version"].ToString()));
        Assert.Equal("Basic " + Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"git:{Token}")), Assert.Single(Authorizations));
    }

    [Fact]
    public async Task One_is_opened_with_labels_changed_and_abandoned_with_a_comment()
    {
        Change("POST", Pulls,
            """{"title":"Update app","description":"to 1.2.3","sourceRefName":"refs/heads/gitops/app","targetRefName":"refs/heads/main","labels":[{"name":"deps"}]}""", Pull(7, "active"), 201);
        Change("PATCH", Pulls + "/7", """{"title":"Again","description":"to 1.2.4"}""", Pull(7, "active"));
        Change("PATCH", Pulls + "/7", """{"status":"abandoned"}""", Pull(7, "abandoned"));
        Change("POST", "/acme/Big Fleet/_apis/git/repositories/fleet/pullRequests/7/threads",
            """{"comments":[{"content":"superseded","commentType":"text","parentCommentId":0}],"status":"closed"}""", """{"id":148}""");
        var host = Host;
        var draft = new PullRequestDraft("gitops/app", "main", "Update app", "to 1.2.3") { Labels = ["deps"] };
        Assert.Equal(7, (await host.CreateAsync(draft, TestContext.Current.CancellationToken)).Number);
        await host.UpdateAsync(7, "Again", "to 1.2.4", TestContext.Current.CancellationToken);
        Assert.Null(await host.CloseAsync(7, "superseded", TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(409, """{"$id":"1","innerException":null,"message":"TF401179: An active pull request for the source and target branch already exists.","typeName":"Microsoft.TeamFoundation.Git.Server.GitPullRequestExistsException, Microsoft.TeamFoundation.Git.Server","typeKey":"GitPullRequestExistsException","errorCode":0,"eventId":3000}""",
        PullRequestFault.AlreadyExists, "TF401179")]
    [InlineData(403, """{"$id":"1","message":"TF401027: You need the Git 'PullRequestContribute' permission to perform this action.","typeKey":"GitNeedsPermissionException"}""",
        PullRequestFault.Authentication, "Code (Read & write)")]
    [InlineData(404, """{"$id":"1","message":"TF401019: The Git repository with name or identifier fleet does not exist or you do not have permissions for the operation you are attempting.","typeKey":"GitRepositoryNotFoundException"}""",
        PullRequestFault.NotFound, "TF401019")]
    public async Task A_refusal_says_what_the_host_said(int status, string body, PullRequestFault fault, string words)
    {
        Refuse("POST", Pulls, status, body);
        var error = await FaultAsync(fault, () => Host.CreateAsync(new PullRequestDraft("gitops/app", "main", "t", "b"), TestContext.Current.CancellationToken));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(203)]
    [InlineData(200)]
    public async Task A_page_to_sign_in_is_no_answer(int status)
    {
        Server.Given(Request.Create().WithPath(Pulls)).RespondWith(
            Response.Create().WithStatusCode(status).WithHeader("Content-Type", "text/html; charset=utf-8").WithBody("<html>Azure DevOps Services | Sign In</html>"));
        await FaultAsync(PullRequestFault.Authentication, () => Host.ListAsync("gitops/app", TestContext.Current.CancellationToken));
    }

    private static string Pull(int number, string status, string more = "") =>
        $$$$"""
        {"repository":{"id":"3411ebc1-d5aa-464f-9615-0b527bc66719","name":"fleet","url":"https://dev.azure.com/acme/_apis/git/repositories/3411ebc1",
         "project":{"id":"a7573007","name":"Big Fleet","state":"unchanged"}},"pullRequestId":{{{{number}}}},"codeReviewId":22,"status":"{{{{status}}}}",{{{{more}}}}
         "createdBy":{"id":"d6245f20","displayName":"Norman Paulk"},"creationDate":"2016-11-01T16:30:31.6655471Z","title":"Update app","description":"to 1.2.3",
         "sourceRefName":"refs/heads/gitops/app","targetRefName":"refs/heads/main","mergeStatus":"queued","isDraft":false,"mergeId":"f5fc8381",
         "lastMergeSourceCommit":{"commitId":"b60280bc6e62e2f880f1b63c1e24987664d3bda3"},"supportsIterations":true}
        """;
}
