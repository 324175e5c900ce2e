using System.Text.Json.Nodes;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Reconciling.Status;
using GitOpsToolkit.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace GitOpsToolkit.Reconciling.Tests.Status;

public sealed class ConditionSummaryTests
{
    private static readonly ReadyMessage Stored = new("Succeeded", "stored artifact");
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public static TheoryData<string, Outcome, string> Outcomes => new()
    {
        { "done", Outcome.Next, "Ready=True/Succeeded" },
        { "retry", new Outcome.Retry("FetchFailed", "no route"), "Ready=False/FetchFailed Reconciling=True/ProgressingWithRetry" },
        { "retry later", new Outcome.Retry(new Fault("BuildFailed", "bad", "a.yaml:3"), TimeSpan.FromMinutes(1)), "Ready=False/BuildFailed Reconciling=True/ProgressingWithRetry" },
        { "wait", new Outcome.WaitFor("DependencyNotReady", "dep", TimeSpan.FromSeconds(30)), "Ready=False/DependencyNotReady Reconciling=True/ProgressingWithRetry" },
        { "work goes on", new Outcome.WaitFor("Progressing", "rolling out", TimeSpan.FromSeconds(5)), "Ready=Unknown/Progressing Reconciling=True/Progressing" },
        { "stall", new Outcome.Stalled("URLInvalid", "bad url"), "Ready=False/URLInvalid Stalled=True/URLInvalid" },
    };

    [Theory]
    [MemberData(nameof(Outcomes))]
    public void An_outcome_gives_the_conditions_of_kstatus(string name, Outcome outcome, string expected)
    {
        foreach (var before in (Outcome?[])[null, Outcome.Next, new Outcome.Retry("X", "x"), new Outcome.Stalled("Y", "y")])
        {
            var conditions = NewSet([], 3);
            if (before is not null)
            {
                ConditionSummary.Final(conditions, before, () => Stored);
            }

            ConditionSummary.InProgress(conditions, "Progressing", "working");
            ConditionSummary.Final(conditions, outcome, () => Stored);

            var list = conditions.ToList();
            Assert.Equal(expected, string.Join(' ', list.Select(c => $"{c.Type}={c.Status}/{c.Reason}")));
            Assert.All(list, condition => Assert.Equal(3, condition.ObservedGeneration));
            Assert.Empty(ConditionInvariants.Check(AsObject(list, 3, ConditionSummary.ObservesGeneration(outcome) ? 3 : 2), atRest: name != "work goes on"));
            Assert.NotEmpty(name);
        }
    }

    [Fact]
    public void Work_under_way_is_Unknown_and_reconciling()
    {
        var conditions = NewSet([], 1);
        ConditionSummary.Final(conditions, new Outcome.Stalled("X", "x"), () => Stored);

        ConditionSummary.InProgress(conditions, "Progressing", "new revision");

        Assert.Equal("Ready=Unknown Reconciling=True", string.Join(' ', conditions.ToList().Select(c => $"{c.Type}={c.Status}")));
        Assert.Empty(ConditionInvariants.Check(AsObject(conditions.ToList(), 1, 0), atRest: false));
    }

    [Fact]
    public void The_place_of_a_fault_leads_the_message()
    {
        var conditions = NewSet([], 1);

        ConditionSummary.Final(conditions, new Outcome.Retry(new Fault("BuildFailed", "not a map", "deploy/app.yaml:12")), () => Stored);

        Assert.Equal("deploy/app.yaml:12: not a map", conditions.Find("Ready")!.Message);
    }

    [Fact]
    public void The_transition_time_moves_with_the_status_only()
    {
        var conditions = NewSet([], 1);
        ConditionSummary.Final(conditions, new Outcome.Retry("A", "a"), () => Stored);
        var since = conditions.Find("Ready")!.LastTransitionTime;

        _time.Advance(TimeSpan.FromMinutes(1));
        ConditionSummary.Final(conditions, new Outcome.Retry("B", "b"), () => Stored);
        Assert.Equal(since, conditions.Find("Ready")!.LastTransitionTime);

        ConditionSummary.Final(conditions, Outcome.Next, () => Stored);
        Assert.Equal(since.AddMinutes(1), conditions.Find("Ready")!.LastTransitionTime);
    }

    [Fact]
    public void Conditions_of_others_stay_as_they_are()
    {
        var foreign = new Condition { Type = "example.com/Checked", Status = "True", Reason = "Fine", ObservedGeneration = 1, LastTransitionTime = _time.GetUtcNow() };
        var conditions = NewSet([foreign], 2);

        ConditionSummary.Final(conditions, new Outcome.Stalled("X", "x"), () => Stored);

        Assert.Same(foreign, conditions.Find("example.com/Checked"));
    }

    [Theory]
    [InlineData("Ready")]
    [InlineData("Reconciling")]
    [InlineData("Stalled")]
    public void Steps_do_not_set_what_the_outcome_decides(string type)
    {
        var conditions = NewSet([], 1);

        Assert.Throws<ArgumentException>(() => conditions.SetTrue(type, "X", "x"));
        Assert.Throws<ArgumentException>(() => conditions.Remove(type));
    }

    [Fact]
    public void Facts_come_after_Ready_in_a_fixed_order()
    {
        var conditions = NewSet([], 1);
        conditions.SetTrue("Healthy", "X", "x");
        conditions.SetFalse("ArtifactInStorage", "X", "x");
        conditions.SetUnknown("BuildFailed", "X", "x");
        conditions.Remove("BuildFailed", "NeverThere");
        ConditionSummary.Final(conditions, Outcome.Next, () => Stored);

        Assert.Equal(["Ready", "ArtifactInStorage", "Healthy"], conditions.ToList().Select(c => c.Type));
        Assert.True(conditions.IsTrue("Healthy"));
    }

    [Fact]
    public void A_message_is_cut_to_what_the_API_server_takes()
    {
        var conditions = NewSet([], 1);

        conditions.SetTrue("Healthy", "X", new string('m', 40000));

        Assert.Equal(32768, conditions.Find("Healthy")!.Message.Length);
    }

    private ConditionSet NewSet(IEnumerable<Condition> present, long generation) => new(present, generation, _time);

    private static JsonObject AsObject(IEnumerable<Condition> conditions, long generation, long observed) => new()
    {
        ["metadata"] = new JsonObject { ["generation"] = generation },
        ["status"] = new JsonObject
        {
            ["observedGeneration"] = observed,
            ["conditions"] = new JsonArray([.. conditions.Select(c => Api.Json.ToolkitJson.ToNode(c))]),
        },
    };
}
