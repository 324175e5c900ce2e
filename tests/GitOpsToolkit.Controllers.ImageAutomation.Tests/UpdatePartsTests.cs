using System.Text;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Controllers.ImageAutomation.Setters;
using GitOpsToolkit.Controllers.ImageAutomation.Sources;
using GitOpsToolkit.Controllers.ImageAutomation.Updates;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.TestKit;

namespace GitOpsToolkit.Controllers.ImageAutomation.Tests;

/// <summary>The small parts of a run, each alone.</summary>
public sealed class UpdatePartsTests
{
    private static readonly ObjectKey Key = new("ns", "auto");

    [Theory]
    [InlineData(null, "")]
    [InlineData("", "")]
    [InlineData(".", "")]
    [InlineData("./", "")]
    [InlineData("/", "")]
    [InlineData("./apps//web/", "apps/web")]
    [InlineData("apps/../infra", "infra")]
    [InlineData("../../etc", "etc")]
    [InlineData("a/b/../../..", "")]
    [InlineData("a/./b", "a/b")]
    public void Paths_never_lead_out_of_the_repository(string? path, string clean) => Assert.Equal(clean, UpdatePath.Clean(path));

    [Theory]
    [InlineData("In", "a,b", "team=a", true)]
    [InlineData("In", "a,b", "team=c", false)]
    [InlineData("In", "a,b", "", false)]
    [InlineData("NotIn", "a", "team=b", true)]
    [InlineData("NotIn", "a", "", true)]
    [InlineData("NotIn", "a", "team=a", false)]
    [InlineData("Exists", "", "team=x", true)]
    [InlineData("Exists", "", "", false)]
    [InlineData("DoesNotExist", "", "", true)]
    [InlineData("DoesNotExist", "", "team=x", false)]
    public void Label_requirements(string op, string values, string labels, bool taken)
    {
        var selector = new LabelSelector
        {
            MatchExpressions = [new LabelSelectorRequirement { Key = "team", Operator = op, Values = values.Split(',', StringSplitOptions.RemoveEmptyEntries) }],
        };
        Assert.Equal(taken, LabelMatch.Compile(selector)(Labels(labels)));
    }

    [Fact]
    public void Label_selectors_take_all_unless_something_is_asked()
    {
        Assert.True(LabelMatch.Compile(null)(Labels("")));
        Assert.True(LabelMatch.Compile(new LabelSelector())(Labels("a=b")));
        var both = new LabelSelector
        {
            MatchLabels = new Dictionary<string, string>(StringComparer.Ordinal) { ["a"] = "b" },
            MatchExpressions = [new LabelSelectorRequirement { Key = "c", Operator = "Exists" }],
        };
        Assert.True(LabelMatch.Compile(both)(Labels("a=b,c=d")));
        Assert.False(LabelMatch.Compile(both)(Labels("a=b")));
        Assert.False(LabelMatch.Compile(both)(Labels("a=x,c=d")));
    }

    [Theory]
    [InlineData("In", "", "operator In of 'team' needs values")]
    [InlineData("Exists", "x", "operator Exists of 'team' takes no values")]
    [InlineData("Gt", "", "\"Gt\" is not a valid label selector operator")]
    public void Selectors_that_make_no_sense_are_refused(string op, string values, string message)
    {
        var selector = new LabelSelector
        {
            MatchExpressions = [new LabelSelectorRequirement { Key = "team", Operator = op, Values = values.Split(',', StringSplitOptions.RemoveEmptyEntries) }],
        };
        Assert.Contains(message, Assert.Throws<FormatException>(() => LabelMatch.Compile(selector)).Message);
    }

    [Fact]
    public void The_journal_keeps_the_last_push_of_each_automation()
    {
        using var folder = new TempDirectory();
        var journal = new PushJournal(folder["pushes"]);
        Assert.Null(journal.Read(Key));
        var push = new PendingPush("feature/x y", new string('a', 40), new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero));
        journal.Write(Key, push with { Commit = new string('b', 40) });
        journal.Write(Key, push);
        journal.Write(new ObjectKey("ns", "other"), push with { Branch = "main" });

        var reopened = new PushJournal(folder["pushes"]);
        Assert.Equal(push, reopened.Read(Key));
        reopened.Clear(Key);
        reopened.Clear(Key);
        Assert.Null(reopened.Read(Key));
        Assert.Equal("main", reopened.Read(new ObjectKey("ns", "other"))!.Branch);
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc\n")]
    [InlineData("abc\nnot a time\nmain\n")]
    public void A_torn_note_is_no_note(string content)
    {
        using var folder = new TempDirectory();
        var journal = new PushJournal(folder.Path);
        journal.Write(Key, new PendingPush("main", "abc", DateTimeOffset.UnixEpoch));
        File.WriteAllText(Directory.GetFiles(folder.Path).Single(), content);
        Assert.Null(journal.Read(Key));
    }

    [Fact]
    public void The_index_forgets_when_it_is_full()
    {
        var index = new MarkerIndex(capacity: 2);
        index.Remember("a");
        index.Remember("b");
        Assert.True(index.IsWithout("a"));
        index.Remember("c");
        Assert.False(index.IsWithout("a"));
        Assert.True(index.IsWithout("c"));
    }

    [Fact]
    public void The_status_counts_every_marker_and_stays_as_it_is_while_nothing_happens()
    {
        var change = new SetterChange("a.yaml", 1, new ObjectId("", "", "", ""), "ns:p", "1", "2");
        var gone = new UnresolvedMarker("a.yaml", 7, "ns:gone", "no such policy takes part");
        TreeUpdate Run(int changed, int upToDate, params UnresolvedMarker[] unresolved) => new()
        {
            Changed = [(new FileResult { File = "a.yaml", Changes = [.. Enumerable.Repeat(change, changed)] }, [])],
            Found = changed + upToDate + unresolved.Length,
            UpToDate = upToDate,
            Unresolved = unresolved,
        };

        var first = MarkerReport.Describe(null, Run(2, 1, gone));
        Assert.Equal((4, 2, 1, 1), (first.Found, first.Changed, first.UpToDate, first.Unresolved));
        Assert.Equal(("a.yaml", 7, "ns:gone", "NoSuchPolicy"), (first.Problems[0].File, first.Problems[0].Line, first.Problems[0].Setter, first.Problems[0].Reason));
        Assert.Same(first, MarkerReport.Describe(first, Run(0, 3, gone)));
        Assert.Equal(1, MarkerReport.Describe(first, Run(1, 2, gone)).Changed);
        Assert.Equal(8, MarkerReport.Describe(first, Run(0, 3, gone with { Line = 8 })).Problems[0].Line);
        Assert.Equal(4, MarkerReport.Describe(first, Run(0, 4)).UpToDate);
        Assert.Equal(50, MarkerReport.Describe(first, Run(0, 0, [.. Enumerable.Repeat(gone, 60)])).Problems.Count);
    }

    [Fact]
    public async Task One_writer_at_a_time_has_a_branch()
    {
        var locks = new BranchLocks();
        var first = await locks.EnterAsync("r", "main", CancellationToken.None);
        using var other = await locks.EnterAsync("r", "dev", CancellationToken.None);
        var second = locks.EnterAsync("r", "main", CancellationToken.None);
        Assert.False(second.IsCompleted);
        first.Dispose();
        (await second.WaitAsync(Eventually.Deadline)).Dispose();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => locks.EnterAsync("r", "main", cancelled.Token));
    }

    /// <summary>The promise before a push: whatever goes wrong in an edit, more than the marked values is never pushed.</summary>
    [Theory]
    [InlineData("a: 2 # {\"$imagepolicy\": \"ns:p:tag\"}\nb: 1\n", null)]
    [InlineData("a: 2 # {\"$imagepolicy\": \"ns:p:tag\"}\nb: 9\n", "changed without a marker")]
    [InlineData("a: 3 # {\"$imagepolicy\": \"ns:p:tag\"}\nb: 1\n", "changed without a marker")]
    [InlineData("a: 2 # {\"$imagepolicy\": \"ns:p:tag\"}\n", "2 values became 1")]
    [InlineData("a: 2 # {\"$imagepolicy\": \"ns:p:tag\"}\nc: 1\n", "moved")]
    [InlineData("a: 2 # other\nb: 1\n", "moved")]
    public void Edits_that_touch_more_than_marked_values_are_refused(string after, string? problem)
    {
        var before = Encoding.UTF8.GetBytes("a: 1 # {\"$imagepolicy\": \"ns:p:tag\"}\nb: 1\n");
        var result = new FileResult
        {
            File = "f.yaml",
            Content = Encoding.UTF8.GetBytes(after),
            Changes = [new SetterChange("f.yaml", 1, new ObjectId("", "", "", ""), "ns:p:tag", "1", "2")],
        };
        if (problem is null)
        {
            EditCheck.Verify(result, before);
            return;
        }

        var error = Assert.Throws<InvalidOperationException>(() => EditCheck.Verify(result, before));
        Assert.StartsWith("refusing to push: editing f.yaml", error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message);
    }

    [Theory]
    [InlineData(">=1.0.0", "v2.0.0")]
    [InlineData("1.x", "v1.2.0")]
    [InlineData(">=9", "")]
    public void Ranges_pick_the_highest_tag(string range, string expected) =>
        Assert.Equal(expected, string.Join(',', TagSelection.Highest(range, ["v1.0.0", "v1.2.0", "v2.0.0", "v3.0.0-rc.1", "latest"])));

    [Fact]
    public void A_plan_knows_whether_it_pushes_elsewhere()
    {
        static bool Switches(string push, string? branch, string? tag = null) => new GitPlan
        {
            Mirror = null!,
            Timeout = TimeSpan.Zero,
            PushBranch = push,
            Checkout = new Git.GitReference { Branch = branch, Tag = tag },
        }.SwitchesBranch;

        Assert.False(Switches("main", "main"));
        Assert.True(Switches("updates", "main"));
        Assert.False(Switches("master", null));
        Assert.True(Switches("main", null));
        Assert.True(Switches("master", null, "v1"));
    }

    private static Dictionary<string, string> Labels(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries)
        .Select(label => label.Split('=')).ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);
}
