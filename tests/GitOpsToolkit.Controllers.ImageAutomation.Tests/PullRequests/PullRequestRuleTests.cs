using GitOpsToolkit.Controllers.ImageAutomation.PullRequests;
using GitOpsToolkit.Controllers.ImageAutomation.Setters;
using GitOpsToolkit.Controllers.ImageAutomation.Updates;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.PullRequests;

namespace GitOpsToolkit.Controllers.ImageAutomation.Tests.PullRequests;

/// <summary>The grammar of <c>gitopstoolkit.dev/pull-request</c>, and the names that it makes.</summary>
public sealed class PullRequestRuleTests
{
    private static readonly ObjectKey s_automation = new("team", "auto");

    [Fact]
    public void Every_part_is_read()
    {
        var rule = Read("""
            host=github, api=https://git.example.com/api/v3 ,branch=gitops/{policy},base=main
            title="Update {policy}, {version}",labels=deps; gitops ;,secretRef=host-token
            """);
        Assert.Equal((GitHost.GitHub, "https://git.example.com/api/v3", "gitops/{policy}", "main", "Update {policy}, {version}", "host-token"),
            (rule.Host, rule.Api!.AbsoluteUri, rule.Branch!.ToString(), rule.Base, rule.Title!.ToString(), rule.SecretRef));
        Assert.Equal(["deps", "gitops"], rule.Labels);
    }

    [Theory]
    [InlineData(CommitScope.Run, "gitops/{namespace}-{automation}")]
    [InlineData(CommitScope.Policy, "gitops/{namespace}-{automation}-{policy}")]
    [InlineData(CommitScope.Group, "gitops/{namespace}-{automation}-{group}")]
    public void Without_a_branch_there_are_as_many_as_commits(CommitScope scope, string expected) =>
        Assert.Equal(expected, Read("").BranchFor(scope).ToString());

    [Theory]
    [InlineData("draft=true", "'draft' is none of api, base, branch, host, labels, secretRef, title")]
    [InlineData("host", "host has no value, as in host=…")]
    [InlineData("host=", "host has no value, as in host=…")]
    [InlineData("host=github,host=gitlab", "host is given twice")]
    [InlineData("host=GitHub", "host 'GitHub' is none of github, gitlab, gitea, forgejo, bitbucket, bitbucket-data-center, azure-devops")]
    [InlineData("api=git.example.com", "api 'git.example.com' is no http or https URL")]
    [InlineData("api=file:///etc/passwd", "api 'file:///etc/passwd' is no http or https URL")]
    [InlineData("branch=x/{image}", "branch 'x/{image}' has a placeholder that is none of {namespace}, {automation}, {policy}, {group}, {version}")]
    [InlineData("branch=x/{policy", "branch 'x/{policy' has a placeholder")]
    [InlineData("branch=x/{version}", "branch has {version} without {policy}")]
    [InlineData("branch=-x", "branch '-x' makes no branch name")]
    [InlineData("branch=a..b/{policy}", "branch 'a..b/{policy}' makes no branch name, but for example 'a..b/policy'")]
    [InlineData("branch={policy}.lock", "branch '{policy}.lock' makes no branch name")]
    [InlineData("base=a b", "base 'a b' is no branch name")]
    [InlineData("title={what}", "title '{what}' has a placeholder")]
    [InlineData("secretRef=other/name", "secretRef 'other/name' is no name of a Secret")]
    public void What_is_wrong_is_named(string text, string expected)
    {
        Assert.False(PullRequestRule.TryRead(text, out _, out var error));
        Assert.StartsWith(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_annotation_is_read_with_the_others_and_a_change_of_it_counts()
    {
        const string Key = "gitopstoolkit.dev/pull-request";
        Assert.True(AutomationAnnotations.TryRead(new Dictionary<string, string> { [Key] = "" }, out var read, out _));
        Assert.NotNull(read.PullRequest);
        Assert.False(AutomationAnnotations.TryRead(new Dictionary<string, string> { [Key] = "x" }, out _, out var error));
        Assert.StartsWith($"annotation {Key}: 'x' is none of", error, StringComparison.Ordinal);
        Assert.True(AutomationAnnotations.Differ(new Dictionary<string, string>(), new Dictionary<string, string> { [Key] = "" }));
    }

    [Theory]
    [InlineData("v1.2.3", "x/v1.2.3")]
    [InlineData("1..2", "x/1.-2")]
    [InlineData("a/b c~^:?*[\\", "x/a-b-c-------")]
    [InlineData(".hidden", "x/-hidden")]
    [InlineData("end.", "x/end")]
    [InlineData("app.lock", "x/app-lock")]
    [InlineData("@{0}", "x/--0-")]
    [InlineData("", "x/-")]
    public void A_value_never_makes_a_branch_of_another_shape(string value, string expected)
    {
        var branch = NameTemplate.Parse("x/{group}").RenderBranch(new NameValues("n", "a", "p", value, "v"));
        Assert.Equal(expected, branch);
        Assert.True(Git.RefNames.IsFullName("refs/heads/" + branch));
    }

    [Fact]
    public void Policies_whose_names_give_one_branch_share_it()
    {
        var set = Set([Image("api", "1.0"), Image("web", "2.0", "sha256:abc"), Image("job", "3.0")], ("api", "shop"), ("web", "shop"));
        var proposals = Proposal.Of(NameTemplate.Parse("gitops/{group}"), s_automation, set);
        Assert.Equal(["gitops/job", "gitops/shop"], proposals.Select(proposal => proposal.Branch));
        Assert.Equal([("api", "1.0"), ("web", "2.0@sha256:abc")], proposals[1].Versions.Select(pair => (pair.Key, pair.Value)));
        Assert.Single(Proposal.Of(NameTemplate.Parse("gitops"), s_automation, set));
        Assert.Equal(3, Proposal.Of(NameTemplate.Parse("{policy}-{version}"), s_automation, set).Count);
    }

    [Fact]
    public void Titles_name_what_is_updated()
    {
        var set = Set([Image("api", "1.0"), Image("web", "2.0")]);
        Assert.Equal("Update api to 1.0, web to 2.0", ProposalText.Title(null, s_automation, set, set.Images));
        Assert.Equal("Update 4 images", ProposalText.Title(null, s_automation, set, [.. set.Images, .. set.Images]));
        Assert.Equal("[team/auto] api, web at 1.0, 2.0",
            ProposalText.Title(NameTemplate.Parse("[{namespace}/{automation}] {policy} at {version}"), s_automation, set, set.Images));
    }

    [Fact]
    public void Descriptions_hold_every_change_and_no_value_breaks_their_table()
    {
        var changes = Enumerable.Range(0, 120)
            .Select(i => new SetterChange("a|b`.yaml", i, new ObjectId("", "", "", ""), "team:app:tag", "old\n", "new")).ToList();
        var update = new TreeUpdate { Changed = [(new FileResult { File = "a.yaml", Changes = changes }, [])] };
        var body = ProposalText.Body(s_automation, update);
        Assert.Contains("| `team:app` | `a\\|b'.yaml` | `old ` | `new` |\n", body, StringComparison.Ordinal);
        Assert.Contains("… and 20 more.", body, StringComparison.Ordinal);
        Assert.Contains("ImageUpdateAutomation `team/auto`", body, StringComparison.Ordinal);
    }

    private static PullRequestRule Read(string text) => PullRequestRule.TryRead(text, out var rule, out var error) ? rule : throw new FormatException(error);

    private static PolicyImage Image(string policy, string tag, string digest = "") => new("team", policy, "reg.io/" + policy, tag, digest);

    private static PolicySet Set(IReadOnlyList<PolicyImage> images, params (string Policy, string Group)[] groups) =>
        new(new Dictionary<string, Api.Image.V1.ImageRef>(), images, [])
        {
            Groups = groups.ToDictionary(pair => $"team:{pair.Policy}", pair => pair.Group, StringComparer.Ordinal),
        };
}
