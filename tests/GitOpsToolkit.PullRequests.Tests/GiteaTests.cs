using Xunit;

namespace GitOpsToolkit.PullRequests.Tests;

public sealed class GiteaTests : HostFixture
{
    private const string Pulls = "/api/v1/repos/acme/fleet/pulls";

    private IPullRequestHost Host => Open("forgejo", "/acme/fleet.git");

    [Fact]
    public async Task Open_ones_are_read_to_the_last_page_and_of_the_closed_ones_the_newest()
    {
        Get(Pulls, $"[{Pull(8, head: "other")}]", $"<{Web}{Pulls}?page=2>; rel=\"next\"", query: [("state", "open"), ("page", "1")]);
        Get(Pulls, $"[{Pull(3)},{Pull(2, repository: 44)}]", query: [("state", "open"), ("page", "2")]);
        Get(Pulls, $"[{Pull(7, merged: true, deleted: true)},{Pull(6, state: "closed")}]", "<x>; rel=\"next\"", query: [("state", "closed")]);
        var found = await Host.ListAsync("gitops/app", TestContext.Current.CancellationToken);
        Assert.Equal([(7, PullRequestState.Merged), (6, PullRequestState.Closed), (3, PullRequestState.Open)], found.Select(pull => (pull.Number, pull.State)));
        Assert.All(found, pull => Assert.Equal(("gitops/app", "main"), (pull.Head, pull.Base)));
        Assert.Equal(2 + 4, Asked.Count);
        Assert.Equal($"GET {Pulls}?sort=recentupdate&limit=50&state=open&page=1", Asked[0]);
    }

    [Fact]
    public async Task Labels_are_named_by_their_numbers_of_the_repository_and_its_organisation()
    {
        Get("/api/v1/repos/acme/fleet/labels", """[{"id":4,"name":"deps","color":"00aabb"}]""");
        Get("/api/v1/orgs/acme/labels", """[{"id":9,"name":"gitops","color":"00aabb"},{"id":10,"name":"deps","color":"00aabb"}]""");
        Change("POST", Pulls, """{"title":"t","body":"b","head":"gitops/app","base":"main","labels":[4,9]}""", Pull(3), 201);
        var draft = new PullRequestDraft("gitops/app", "main", "t", "b") { Labels = ["deps", "gitops"] };
        Assert.Equal(3, (await Host.CreateAsync(draft, TestContext.Current.CancellationToken)).Number);
    }

    [Fact]
    public async Task A_label_that_is_nowhere_is_named_before_anything_is_opened()
    {
        Get("/api/v1/repos/acme/fleet/labels", "[]");
        Get("/api/v1/orgs/acme/labels", """{"message":"The target couldn't be found.","errors":[],"url":"https://gitea.example.com/api/swagger"}""", status: 404);
        var draft = new PullRequestDraft("gitops/app", "main", "t", "b") { Labels = ["deps"] };
        var error = await FaultAsync(PullRequestFault.Refused, () => Host.CreateAsync(draft, TestContext.Current.CancellationToken));
        Assert.Contains("acme/fleet has no label deps", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_is_changed_and_closed_with_a_comment()
    {
        Change("PATCH", Pulls + "/3", """{"title":"Update app again","body":"to 1.2.4"}""", Pull(3), 201);
        Change("PATCH", Pulls + "/3", """{"state":"closed"}""", Pull(3, "closed"), 201);
        Change("POST", "/api/v1/repos/acme/fleet/issues/3/comments", """{"body":"superseded"}""", """{"id":1,"body":"superseded"}""", 201);
        await Host.UpdateAsync(3, "Update app again", "to 1.2.4", TestContext.Current.CancellationToken);
        Assert.Null(await Host.CloseAsync(3, "superseded", TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(409, """{"message":"pull request already exists for these targets [id: 12, issue_id: 3, head_repo_id: 1, base_repo_id: 1, head_branch: a, base_branch: main]","url":"https://gitea.example.com/api/swagger"}""",
        PullRequestFault.AlreadyExists, "already exists for these targets")]
    [InlineData(401, """{"message":"user does not exist [uid: 0, name: ]","url":"https://gitea.example.com/api/swagger"}""", PullRequestFault.Authentication, "write:repository and write:issue")]
    [InlineData(403, """{"message":"token does not have at least one of required scope(s), required=[write:repository], token scope=read:repository"}""", PullRequestFault.Authentication, "required=[write:repository]")]
    [InlineData(404, """{"message":"The target couldn't be found.","errors":["head branch does not exist"]}""", PullRequestFault.NotFound, "head branch does not exist")]
    [InlineData(422, """{"message":"[Title]: Required"}""", PullRequestFault.Refused, "[Title]: Required")]
    public async Task A_refusal_says_what_the_host_said(int status, string body, PullRequestFault fault, string words)
    {
        Refuse("POST", Pulls, status, body);
        var error = await FaultAsync(fault, () => Host.CreateAsync(new PullRequestDraft("gitops/app", "main", "t", "b"), TestContext.Current.CancellationToken));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("git", Token, null, "Basic")]
    [InlineData(null, Token, null, "token " + Token)]
    [InlineData(null, null, Token, "token " + Token)]
    public async Task A_token_is_sent_as_Gitea_takes_it(string? user, string? password, string? bearer, string expected)
    {
        Get(Pulls + "/3", Pull(3));
        var credential = new HostCredential { Username = user, Password = password, BearerToken = bearer };
        await Open("gitea", "/acme/fleet", credential).FindAsync(3, TestContext.Current.CancellationToken);
        Assert.StartsWith(expected, Assert.Single(Authorizations), StringComparison.Ordinal);
    }

    private static string Pull(int number, string state = "open", bool merged = false, bool deleted = false, int repository = 1, string head = "gitops/app") =>
        $$$$"""
        {"id":{{{{number + 50}}}},"url":"https://gitea.example.com/acme/fleet/pulls/{{{{number}}}}","number":{{{{number}}}},"user":{"id":1,"login":"bot"},
         "title":"Update app","body":"","labels":[],"milestone":null,"assignee":null,"state":"{{{{(merged ? "closed" : state)}}}}","is_locked":false,"comments":0,
         "html_url":"https://gitea.example.com/acme/fleet/pulls/{{{{number}}}}","mergeable":true,"merged":{{{{(merged ? "true" : "false")}}}},"merged_at":null,
         "merge_commit_sha":null,"base":{"label":"main","ref":"main","sha":"aa218f56b14c9653891f9e74264a383fa43fefbd","repo_id":1,"repo":{"id":1}},
         "head":{"label":"{{{{head}}}}","ref":"{{{{(deleted ? $"refs/pull/{number}/head" : head)}}}}","sha":"6dcb09b5b57875f334f61aebed695e2e4193db5e","repo_id":{{{{repository}}}},"repo":null},
         "merge_base":"aa218f56b14c9653891f9e74264a383fa43fefbd","due_date":null,"created_at":"2024-01-26T19:01:12Z","closed_at":null}
        """;
}
