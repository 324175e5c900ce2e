using System.Text.Json.Nodes;
using GitOpsToolkit.TestKit;

namespace GitOpsToolkit.Controllers.ImageAutomation.Tests.PullRequests;

/// <summary>The annotation <c>gitopstoolkit.dev/pull-request</c> from a tag to a pull request, between a real Git server and a host that keeps state.</summary>
public sealed class PullRequestTests : AutomationFixture
{
    private const string Repository = "acme/app";
    private const string Token = "canary-91bd";
    private const string Branch = "gitops/default-auto";
    private FakeForge forge = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        forge = new FakeForge(() => Git.ListRefsAsync(Repository), Token);
        await forge.StartAsync();
        await CreateSecretAsync("host-token", ("token", Token));
    }

    protected override async ValueTask StopAsync() => await forge.DisposeAsync();

    [Fact]
    public async Task Three_tags_in_a_row_are_one_request_with_the_newest()
    {
        using var copy = await BeginAsync();
        var seed = await TipOfAsync("main");
        var first = await WaitOpenAsync("v0.1.0");
        Assert.Equal(("Update app to v0.1.0", "main", Branch), (forge.Pulls[0].Title, forge.Pulls[0].Base, forge.Pulls[0].Head));
        Assert.Contains("| `default:app` | `app.yaml` | `reg.io/app:v0.0.0` | `reg.io/app:v0.1.0` |", forge.Pulls[0].Body, StringComparison.Ordinal);
        var ready = (string)Condition(first, "Ready")!["message"]!;
        Assert.Equal($"waiting for pull requests to be merged: {forge.UrlOf(1)}", ready);
        await ElectAsync("app", "v0.2.0");
        await WaitOpenAsync("v0.2.0");
        await ElectAsync("app", "v0.3.0");
        await WaitOpenAsync("v0.3.0");
        Assert.Equal(1, forge.Opened);
        Assert.Equal("Update app to v0.3.0", forge.Pulls[0].Title);
        Assert.Equal(seed, await TipOfAsync("main"));
        await copy.GitAsync("fetch", "--quiet", "origin");
        Assert.Equal("3", (await copy.GitAsync("rev-list", "--count", $"origin/main..origin/{Branch}")).Trim());
        Assert.Contains("reg.io/app:v0.3.0", await copy.GitAsync("show", $"origin/{Branch}:app.yaml"), StringComparison.Ordinal);
        await WaitEventAsync("it was opened", e => ((string)e["message"]!).Contains($"opened pull request {forge.UrlOf(1)}", StringComparison.Ordinal));
        Assert.DoesNotContain(Token, Log.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_finds_nothing_new_writes_nothing()
    {
        using var copy = await BeginAsync();
        var before = await WaitOpenAsync("v0.1.0");
        await RequestAsync("again");
        var after = await WaitHandledAsync("again");
        Assert.True(JsonNode.DeepEquals(before["status"]!["pullRequests"], after["status"]!["pullRequests"]));
        Assert.Equal(Status(before, "lastAutomationRunTime"), Status(after, "lastAutomationRunTime"));
        Assert.Equal((1, 0), (forge.Opened, forge.Pulls[0].Edits));
    }

    [Fact]
    public async Task A_merged_request_is_done_and_the_next_tag_opens_another_whether_the_branch_was_deleted_or_not()
    {
        using var copy = await BeginAsync();
        await WaitOpenAsync("v0.1.0");
        await MergeAsync(copy, 1, squash: true);
        await SeeAsync(await TipOfAsync("main"));
        var merged = await WaitAsync("the status tells of the merge", obj => PullState(obj) == "Merged");
        Assert.Equal("repository up-to-date", (string)Condition(merged, "Ready")!["message"]!);

        // The branch is still there, with a commit that the squash has not in its history.
        await ElectAsync("app", "v0.2.0");
        await WaitOpenAsync("v0.2.0");
        Assert.Equal(2, forge.Opened);
        await copy.GitAsync("fetch", "--quiet", "origin");
        Assert.Equal("1", (await copy.GitAsync("rev-list", "--count", $"origin/main..origin/{Branch}")).Trim());

        await MergeAsync(copy, 2, squash: false);
        await copy.GitAsync("push", "--quiet", "origin", "--delete", Branch);
        await SeeAsync(await TipOfAsync("main"));
        await ElectAsync("app", "v0.3.0");
        await WaitOpenAsync("v0.3.0");
        Assert.Equal(3, forge.Opened);
    }

    [Fact]
    public async Task A_request_that_is_closed_without_a_merge_holds_its_version_and_the_next_one_is_offered()
    {
        using var copy = await BeginAsync();
        await WaitOpenAsync("v0.1.0");
        forge.Pulls[0].State = "closed";
        await RequestAsync("closed");
        var held = await WaitAsync("the status tells of the hold", obj => PullState(obj) == "Closed");
        var hold = Assert.Single(held["status"]!["holds"]!.AsArray())!;
        Assert.Equal(("app", "v0.1.0", "PullRequestClosed", forge.UrlOf(1)), ((string)hold["policy"]!, (string)hold["version"]!, (string)hold["reason"]!, (string)hold["url"]!));
        for (var i = 0; i < 5; i++)
        {
            await RequestAsync($"again-{i}");
            await WaitHandledAsync($"again-{i}");
        }

        Assert.Equal(1, forge.Opened);
        await ElectAsync("app", "v0.2.0");
        await WaitOpenAsync("v0.2.0");
        Assert.Equal((2, "open"), (forge.Opened, forge.Pulls[1].State));
    }

    [Fact]
    public async Task A_branch_for_each_policy_is_a_request_for_each()
    {
        using var copy = await BeginAsync(",branch=bump/{policy}", policies: ["api", "web"]);
        await WaitAsync("both are offered", obj => obj["status"]?["pullRequests"]?.AsArray().Count == 2);
        Assert.Equal(["bump/api", "bump/web"], forge.Pulls.Select(pull => pull.Head).Order());
        await copy.GitAsync("fetch", "--quiet", "origin");
        Assert.Equal("web.yaml", (await copy.GitAsync("diff", "--name-only", "origin/main", "origin/bump/web")).Trim());
    }

    [Fact]
    public async Task A_branch_for_each_version_closes_the_request_that_it_supersedes_with_a_link()
    {
        using var copy = await BeginAsync(",branch=bump/{policy}-{version},title=\"Bump {policy}, to {version}\"");
        await WaitOpenAsync("v0.1.0");
        await ElectAsync("app", "v0.2.0");
        await WaitOpenAsync("v0.2.0");
        Assert.Equal(("closed", "open"), (forge.Pulls[0].State, forge.Pulls[1].State));
        Assert.Equal($"Superseded by {forge.UrlOf(2)}.", Assert.Single(forge.Pulls[0].Comments));
        Assert.Equal(("bump/app-v0.2.0", "Bump app, to v0.2.0"), (forge.Pulls[1].Head, forge.Pulls[1].Title));
    }

    [Fact]
    public async Task What_the_base_got_by_other_ways_is_offered_no_more()
    {
        using var copy = await BeginAsync();
        await WaitOpenAsync("v0.1.0");
        await SeeAsync(await copy.PushCommitAsync("by hand", ("app.yaml", File("app", "v0.1.0"))));
        await WaitAsync("the request is closed", obj => obj["status"]?["pullRequests"] is null or JsonArray { Count: 0 });
        Assert.Equal("closed", forge.Pulls[0].State);
        Assert.Contains("`main` needs none of these changes any more.", Assert.Single(forge.Pulls[0].Comments), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kill_between_push_and_opening_leaves_no_second_request_and_no_second_commit()
    {
        var refuse = 1;
        using var copy = await BeginAsync(before: () => forge.Refuse = (method, _) => method == "POST" && refuse == 1 ? 500 : null);
        var message = await WaitFailedAsync("PullRequestFailed");
        Assert.Contains("Gitea (127.0.0.1:", message, StringComparison.Ordinal);
        Assert.Contains("500 InternalServerError: the fake refuses", message, StringComparison.Ordinal);
        var tip = await TipOfAsync(Branch);
        await StopControllerAsync();
        refuse = 0;
        Directory.Delete(Options.StoragePath, recursive: true);
        await StartControllerAsync();
        await WaitOpenAsync("v0.1.0");
        Assert.Equal((1, tip), (forge.Opened, await TipOfAsync(Branch)));
    }

    [Fact]
    public async Task A_status_that_was_lost_finds_the_open_request_again()
    {
        using var copy = await BeginAsync();
        await WaitOpenAsync("v0.1.0");
        var tip = await TipOfAsync(Branch);
        await StopControllerAsync();
        await PatchStatusAsync(new JsonObject { ["pullRequests"] = null });
        await StartControllerAsync();
        await WaitOpenAsync("v0.1.0");
        Assert.Equal((1, tip), (forge.Opened, await TipOfAsync(Branch)));
    }

    [Fact]
    public async Task Commits_of_others_stay_and_ours_goes_on_top()
    {
        using var copy = await BeginAsync();
        await WaitOpenAsync("v0.1.0");
        await copy.GitAsync("fetch", "--quiet", "origin");
        await copy.GitAsync("checkout", "--quiet", "-b", "review", $"origin/{Branch}");
        var foreign = await copy.CommitAsync("a fix that goes with it", ("fix.txt", "x"));
        await copy.GitAsync("push", "--quiet", "origin", $"HEAD:{Branch}");
        await copy.GitAsync("checkout", "--quiet", "main");
        await SeeAsync(await copy.PushCommitAsync("main goes on", ("other.txt", "y")));
        await ElectAsync("app", "v0.2.0");
        await WaitOpenAsync("v0.2.0");
        await copy.GitAsync("fetch", "--quiet", "origin");
        Assert.Equal(foreign, (await copy.GitAsync("rev-parse", $"origin/{Branch}^")).Trim());
    }

    [Fact]
    public async Task A_branch_of_our_commits_alone_is_built_anew_on_a_base_that_went_on()
    {
        using var copy = await BeginAsync();
        await WaitOpenAsync("v0.1.0");
        var main = await copy.PushCommitAsync("main goes on", ("other.txt", "y"));
        await SeeAsync(main);
        await ElectAsync("app", "v0.2.0");
        await WaitOpenAsync("v0.2.0");
        await copy.GitAsync("fetch", "--quiet", "origin");
        Assert.Equal(main, (await copy.GitAsync("rev-parse", $"origin/{Branch}^")).Trim());
        Assert.Equal(1, forge.Opened);
    }

    [Fact]
    public async Task A_branch_that_conflicts_with_the_base_is_built_anew_without_a_new_version()
    {
        using var copy = await BeginAsync();
        await WaitOpenAsync("v0.1.0");
        var main = await copy.PushCommitAsync("the same line", ("app.yaml", File("app", "v0.0.9")));
        await SeeAsync(main);
        await WaitBranchOnAsync(copy, main);
        Assert.Contains("reg.io/app:v0.1.0", await copy.GitAsync("show", $"origin/{Branch}:app.yaml"), StringComparison.Ordinal);
        Assert.Equal(1, forge.Opened);
    }

    [Fact]
    public async Task A_marker_that_the_base_got_meanwhile_is_offered_with_the_others()
    {
        using var copy = await BeginAsync();
        await WaitOpenAsync("v0.1.0");
        var main = await copy.PushCommitAsync("one more", ("more.yaml", File("app", "v0.0.0")));
        await SeeAsync(main);
        await WaitBranchOnAsync(copy, main);
        Assert.Contains("reg.io/app:v0.1.0", await copy.GitAsync("show", $"origin/{Branch}:more.yaml"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_base_that_goes_on_elsewhere_leaves_the_open_request_alone()
    {
        using var copy = await BeginAsync();
        await WaitOpenAsync("v0.1.0");
        var tip = await TipOfAsync(Branch);
        await SeeAsync(await copy.PushCommitAsync("elsewhere", ("other.txt", "y")));
        Assert.Equal((tip, 0), (await TipOfAsync(Branch), forge.Pulls[0].Edits));
    }

    [Fact]
    public async Task A_request_that_was_closed_while_the_status_was_lost_holds_all_the_same()
    {
        using var copy = await BeginAsync();
        await WaitOpenAsync("v0.1.0");
        await StopControllerAsync();
        forge.Pulls[0].State = "closed";
        await PatchStatusAsync(new JsonObject { ["pullRequests"] = null });
        await StartControllerAsync();
        var held = await WaitAsync("the status tells of the hold", obj => PullState(obj) == "Closed");
        Assert.Equal("v0.1.0", (string)Assert.Single(held["status"]!["holds"]!.AsArray())!["version"]!);
        Assert.Equal(1, forge.Opened);
    }

    [Fact]
    public async Task A_policy_that_takes_part_no_more_takes_its_request_along()
    {
        using var copy = await BeginAsync(",branch=bump/{policy}", policies: ["api", "web"]);
        await WaitAsync("both are offered", obj => obj["status"]?["pullRequests"]?.AsArray().Count == 2);
        await Client.DeleteAsync(new("image.toolkit.fluxcd.io", "v1", "imagepolicies", Namespace, "web"), null, CancellationToken.None);
        await RequestAsync("look");
        await WaitAsync("one is left", obj => obj["status"]?["pullRequests"]?.AsArray().Count == 1);
        var closed = Assert.Single(forge.Pulls, pull => pull.State == "closed");
        Assert.Equal("bump/web", closed.Head);
        Assert.Equal("ImageUpdateAutomation `default/auto` offers this no more.", Assert.Single(closed.Comments));
    }

    [Fact]
    public async Task A_commit_for_each_policy_within_one_request()
    {
        using var copy = await BeginAsync(",branch=bump", policies: ["api", "web"], annotations: new JsonObject { ["gitopstoolkit.dev/commit-per"] = "policy" });
        await WaitAsync("they are offered", obj => obj["status"]?["pullRequests"]?.AsArray().Count == 1);
        await copy.GitAsync("fetch", "--quiet", "origin");
        Assert.Equal("2", (await copy.GitAsync("rev-list", "--count", "origin/main..origin/bump")).Trim());
        Assert.Equal("Update api to v0.1.0, web to v0.1.0", Assert.Single(forge.Pulls).Title);
    }

    [Fact]
    public async Task A_host_that_refuses_one_request_gets_the_others()
    {
        var refuse = true;
        using var copy = await BeginAsync(
            ",branch=bump/{policy}", policies: ["api", "web"], before: () => forge.Refuse = (method, path) => refuse && method == "POST" && forge.Opened == 1 ? 403 : null);
        var message = await WaitFailedAsync("PullRequestFailed");
        Assert.Contains("write:repository and write:issue", message, StringComparison.Ordinal);
        Assert.Equal("bump/api", Assert.Single(forge.Pulls).Head);
        refuse = false;
        await WaitAsync("both are offered", obj => IsReady(obj) && obj["status"]?["pullRequests"]?.AsArray().Count == 2);
        Assert.Equal(2, forge.Opened);
    }

    [Theory]
    [InlineData("branch=main", "branch 'main' is the one that changes are offered to")]
    [InlineData("host=gitea,branch={policy},base=app", "branch '{policy}' is the one that changes are offered to, 'app'")]
    [InlineData("host=sourceforge", "host 'sourceforge' is none of github, gitlab, gitea")]
    public async Task What_cannot_work_stalls_and_says_why(string value, string words)
    {
        using var copy = await BeginAsync(annotation: value);
        Assert.Contains(words, await WaitFailedAsync("InvalidSpec"), StringComparison.Ordinal);
        Assert.Single(await Git.ListRefsAsync(Repository), pair => pair.Key.StartsWith("refs/heads/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_repositorys_credentials_are_not_shown_to_another_host()
    {
        using var copy = await BeginAsync(annotation: $"host=gitea,api={forge.Api}");
        Assert.Contains("are not shown to", await WaitFailedAsync("InvalidSpec"), StringComparison.Ordinal);
        await PatchAutomationAsync($$$$"""{"metadata":{"annotations":{"gitopstoolkit.dev/pull-request":"host=gitea,api={{{{forge.Api}}}},secretRef=missing"}}}""");
        Assert.Contains("secrets \"missing\" not found", await WaitFailedAsync("PullRequestFailed"), StringComparison.Ordinal);
        await CreateSecretAsync("missing", ("token", Token));
        await WaitOpenAsync("v0.1.0");
    }

    [Fact]
    public async Task A_push_branch_beside_the_annotation_stalls()
    {
        using var copy = await BeginAsync(change: spec => spec["git"]!["push"] = new JsonObject { ["branch"] = "staging" });
        Assert.Contains("leave its branch and refspec out", await WaitFailedAsync("InvalidSpec"), StringComparison.Ordinal);
    }

    private static string File(string policy, string tag) =>
        $"kind: Thing\nimage: reg.io/app:{tag} # {{\"$imagepolicy\": \"default:{policy}\"}}\n";

    private static string? PullState(JsonObject obj) => (string?)obj["status"]?["pullRequests"]?[0]?["state"];

    private async Task<GitWorkingCopy> BeginAsync(
        string more = "", string[]? policies = null, string? annotation = null, Action? before = null, Action<JsonObject>? change = null,
        JsonObject? annotations = null)
    {
        policies ??= ["app"];
        var copy = await GitWorkingCopy.InitAsync(await Git.CreateRepositoryAsync(Repository));
        await copy.PushCommitAsync("seed", [.. policies.Select(policy => ($"{policy}.yaml", (string?)File(policy, "v0.0.0")))]);
        await CreateRepositoryAsync(change: spec => spec["url"] = Git.CloneUrl(Repository).AbsoluteUri);
        foreach (var policy in policies)
        {
            await CreatePolicyAsync(policy, "v0.1.0");
        }

        before?.Invoke();
        annotation ??= $"host=gitea,api={forge.Api},secretRef=host-token{more}";
        annotations ??= [];
        annotations["gitopstoolkit.dev/pull-request"] = annotation;
        await CreateAutomationAsync(change: change, annotations: annotations);
        return copy;
    }

    private Task<JsonObject> WaitOpenAsync(string version) => WaitAsync($"{version} is offered", obj =>
        IsReady(obj) && obj["status"]?["pullRequests"] is JsonArray { Count: 1 } pulls
        && (string?)pulls[0]!["state"] == "Open" && (string?)pulls[0]!["policies"]?["app"] == version);

    private Task PatchStatusAsync(JsonObject status) => Client.MergePatchAsync(
        new("image.toolkit.fluxcd.io", "v1", "imageupdateautomations", Namespace, "auto", "status"),
        new JsonObject { ["status"] = status }, null, CancellationToken.None);

    /// <summary>Waits until the branch is one commit on top of a commit of main.</summary>
    private static Task WaitBranchOnAsync(GitWorkingCopy copy, string commit) => Eventually.TrueAsync(
        async () =>
        {
            await copy.GitAsync("fetch", "--quiet", "origin");
            return (await copy.GitAsync("rev-parse", $"origin/{Branch}^")).Trim() == commit;
        },
        $"{Branch} is built on {commit}");

    private Task<JsonObject> WaitHandledAsync(string token) =>
        WaitAsync($"the request {token} is handled", obj => IsReady(obj) && Status(obj, "lastHandledReconcileAt") == token);

    /// <summary>Waits until a run has seen a commit of main: a list of references serves for two seconds.</summary>
    private async Task SeeAsync(string commit)
    {
        var count = 0;
        await Eventually.TrueAsync(
            async () =>
            {
                var token = $"see-{count++}";
                await RequestAsync(token);
                return Status(await WaitHandledAsync(token), "observedSourceRevision")!.Contains(commit, StringComparison.Ordinal);
            },
            $"a run sees {commit}");
    }

    private async Task<string> TipOfAsync(string branch) => (await Git.ListRefsAsync(Repository))["refs/heads/" + branch];

    /// <summary>Merges as a host does: the branch stays.</summary>
    private async Task MergeAsync(GitWorkingCopy copy, int number, bool squash)
    {
        var pull = forge.Pulls.Single(pull => pull.Number == number);
        pull.MergedHead = await TipOfAsync(pull.Head);
        await copy.GitAsync("fetch", "--quiet", "origin");
        await copy.GitAsync("reset", "--quiet", "--hard", "origin/main");
        await copy.GitAsync(squash ? ["merge", "--quiet", "--squash", $"origin/{pull.Head}"] : ["merge", "--quiet", "--no-ff", "-m", "merge", $"origin/{pull.Head}"]);
        if (squash)
        {
            await copy.GitAsync("commit", "--quiet", "-m", "squashed");
        }

        await copy.GitAsync("push", "--quiet", "origin", "HEAD:main");
        (pull.Merged, pull.State) = (true, "closed");
    }
}
