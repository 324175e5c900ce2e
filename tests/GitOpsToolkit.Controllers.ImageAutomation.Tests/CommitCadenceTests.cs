using System.Text.Json.Nodes;
using GitOpsToolkit.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace GitOpsToolkit.Controllers.ImageAutomation.Tests;

/// <summary>When commits are made, and how many: <c>gitopstoolkit.dev/settle</c> and <c>gitopstoolkit.dev/commit-per</c>.</summary>
public sealed class CommitCadenceTests : AutomationFixture
{
    private const int Many = 25;
    private readonly FakeTimeProvider clock = new(DateTimeOffset.UtcNow);

    protected override TimeProvider Clock => clock;

    [Fact]
    public async Task Twenty_five_tags_in_four_minutes_become_one_commit()
    {
        using var copy = await SeedAsync(("app.yaml", File("app", "v0.0.0")));
        await CreateRepositoryAsync();
        await CreatePolicyAsync("app", "v0.0.0");
        await CreateAutomationAsync(annotations: new JsonObject { ["gitopstoolkit.dev/settle"] = "quiet=60s,maxWait=10m" });
        await WaitReadyAsync();
        var seed = await TipAsync();

        for (var i = 1; i <= Many; i++)
        {
            await ElectAsync("app", $"v0.1.{i}");
            await Eventually.TrueAsync(() => Log.ToString().Contains($"still: reg.io/app:v0.1.{i}", StringComparison.Ordinal), $"the automation sees v0.1.{i}");
            clock.Advance(TimeSpan.FromSeconds(240.0 / Many));
        }

        var settling = await WaitAsync("the status tells of it", obj => ((string?)Condition(obj, "Ready")?["message"])?.Contains("settled", StringComparison.Ordinal) == true);
        Assert.Equal("True", (string?)Condition(settling, "Ready")!["status"]);
        Assert.Equal(seed, await TipAsync());

        clock.Advance(TimeSpan.FromSeconds(60));
        await WaitPushedAsync();
        await copy.GitAsync("pull", "--quiet", "origin", "main");
        Assert.Equal("1", (await copy.GitAsync("rev-list", "--count", $"{seed}..HEAD")).Trim());
        Assert.Contains("reg.io/app:v0.1.25", await System.IO.File.ReadAllTextAsync(Path.Combine(copy.Path, "app.yaml")));
    }

    [Fact]
    public async Task A_request_waits_for_nothing()
    {
        using var copy = await SeedAsync(("app.yaml", File("app", "v0.0.0")));
        await CreateRepositoryAsync();
        await CreatePolicyAsync("app", "v0.0.0");
        await CreateAutomationAsync(annotations: new JsonObject { ["gitopstoolkit.dev/settle"] = "quiet=1h" });
        await WaitReadyAsync();

        await ElectAsync("app", "v0.1.0");
        await Eventually.TrueAsync(() => Log.ToString().Contains("still: reg.io/app:v0.1.0", StringComparison.Ordinal), "the automation sees it");
        Assert.Equal(await copy.HeadAsync(), await TipAsync());
        await RequestAsync("now");

        await WaitPushedAsync();
    }

    [Fact]
    public async Task Commit_per_policy_makes_a_commit_for_each_with_its_markers_alone()
    {
        var names = Enumerable.Range(1, Many).Select(i => $"app-{i:00}").ToList();
        using var copy = await SeedAsync(
            ("all.yaml", string.Concat(names.Select(name => File(name, "v0.0.0")))), ("more.yaml", File(names[3], "v0.0.0")));
        var seed = await TipAsync();
        await CreateRepositoryAsync();
        foreach (var name in names)
        {
            await CreatePolicyAsync(name, "v0.1.0");
        }

        await CreateAutomationAsync(
            change: spec => spec["git"]!["commit"]!["messageTemplate"] = "{{ range .Changed.Changes }}{{ .Setter }} {{ .NewValue }}{{ end }}",
            annotations: new JsonObject { ["gitopstoolkit.dev/commit-per"] = "policy" });
        var pushed = await WaitPushedAsync();

        await copy.GitAsync("pull", "--quiet", "origin", "main");
        var commits = (await copy.GitAsync("rev-list", "--reverse", $"{seed}..HEAD")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Many, commits.Length);
        Assert.Equal(commits[^1], Status(pushed, "lastPushCommit"));
        foreach (var (commit, name) in commits.Zip(names))
        {
            Assert.Equal($"default:{name} reg.io/app:v0.1.0", (await copy.GitAsync("log", "-1", "--format=%B", commit)).Trim());
            var lines = (await copy.GitAsync("show", "--format=", "--unified=0", commit)).Split('\n').Where(line => line.StartsWith("+image", StringComparison.Ordinal)).ToList();
            Assert.Equal(name == names[3] ? 2 : 1, lines.Count);
            Assert.All(lines, line => Assert.Contains($"default:{name}\"", line));
        }

        await Eventually.TrueAsync(
            async () => (await EventsAsync()).Sum(e => ((string)e["message"]!).StartsWith("pushed commit", StringComparison.Ordinal) ? (int?)e["count"] ?? 1 : 0) >= 1,
            "events tell of the commits");
    }

    [Fact]
    public async Task Commit_per_group_puts_the_policies_of_a_group_into_one_commit()
    {
        string[] names = ["api", "web", "worker"];
        using var copy = await SeedAsync(("all.yaml", string.Concat(names.Select(name => File(name, "v0.0.0")))));
        var seed = await TipAsync();
        await CreateRepositoryAsync();
        await CreatePolicyAsync("api", "v0.1.0", annotations: new JsonObject { ["gitopstoolkit.dev/group"] = "shop" });
        await CreatePolicyAsync("web", "v0.1.0");
        await CreatePolicyAsync("worker", "v0.1.0", annotations: new JsonObject { ["gitopstoolkit.dev/group"] = "shop" });
        await CreateAutomationAsync(
            change: spec => spec["git"]!["commit"]!["messageTemplate"] = "{{ range .Changed.Changes }}{{ .Setter }} {{ end }}",
            annotations: new JsonObject { ["gitopstoolkit.dev/commit-per"] = "group" });
        await WaitPushedAsync();

        await copy.GitAsync("pull", "--quiet", "origin", "main");
        Assert.Equal(
            ["default:web", "default:api default:worker"],
            (await copy.GitAsync("log", "--reverse", "--format=%s", $"{seed}..HEAD")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Trim()));
    }

    [Fact]
    public async Task A_wrong_annotation_stalls_until_it_is_mended()
    {
        using var copy = await SeedAsync(("app.yaml", File("app", "v0.0.0")));
        await CreateRepositoryAsync();
        await CreatePolicyAsync("app", "v0.1.0");
        await CreateAutomationAsync(annotations: new JsonObject { ["gitopstoolkit.dev/commit-per"] = "file" });
        Assert.Contains("annotation gitopstoolkit.dev/commit-per: 'file' is neither run nor policy nor group", await WaitFailedAsync("InvalidSpec"));
        Assert.Equal(await copy.HeadAsync(), await TipAsync());

        await PatchAutomationAsync("""{"metadata":{"annotations":{"gitopstoolkit.dev/commit-per":"run"}}}""");
        await WaitPushedAsync();
    }

    private static string File(string policy, string tag) =>
        $"---\nkind: Thing\nmetadata:\n  name: {policy}\nimage: reg.io/app:{tag} # {{\"$imagepolicy\": \"default:{policy}\"}}\n";
}
