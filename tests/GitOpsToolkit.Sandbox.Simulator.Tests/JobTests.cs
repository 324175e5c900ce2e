using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Sandbox.Simulator.Tests;

public sealed class JobTests : IAsyncLifetime
{
    private static readonly ResourcePath Work = Playground.Path("batch", "jobs", "work");
    private Playground _cluster = null!;

    public async ValueTask InitializeAsync() => _cluster = await Playground.StartAsync();

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task A_suspended_job_runs_nothing_until_it_is_resumed()
    {
        await CreateAsync(new JsonObject { ["suspend"] = true });
        var waiting = await _cluster.UntilAsync(Work, found => found["status"].Condition("Suspended").Text("reason") == "JobSuspended", "suspended");
        Assert.Empty(waiting.Text("status", "startTime"));
        Assert.Empty(await _cluster.ListAsync("", "pods"));

        await _cluster.MergeAsync(Work, """{"spec":{"suspend":false}}""");

        var done = await _cluster.UntilAsync(Work, found => found["status"].Condition("Complete").Text("status") == "True", "complete");
        Assert.Equal(["Suspended", "SuccessCriteriaMet", "Complete"], done.Items("status", "conditions").Select(condition => condition.Text("type")));
        Assert.Equal("JobResumed", done["status"].Condition("Suspended").Text("reason"));
    }

    [Fact]
    public async Task A_job_whose_pods_share_a_queue_is_complete_when_all_that_were_started_are()
    {
        await CreateAsync(new JsonObject { ["parallelism"] = 2 });

        var done = await _cluster.UntilAsync(Work, found => found["status"].Condition("Complete").Text("status") == "True", "complete");

        Assert.Equal(2, done["status"].Number("succeeded"));
    }

    [Fact]
    public async Task A_job_that_fails_takes_its_pods_with_it_and_counts_them()
    {
        _cluster.Fail("work:v1");
        await CreateAsync(new JsonObject { ["activeDeadlineSeconds"] = 1 });

        var failed = await _cluster.UntilAsync(Work, found => found["status"].Condition("Failed").Text("status") == "True", "failed");

        Assert.Equal("DeadlineExceeded", failed["status"].Condition("FailureTarget").Text("reason"));
        Assert.Equal(1, failed["status"].Number("failed"));
        await Eventually.TrueAsync(async () => (await _cluster.ListAsync("", "pods")).Count == 0, "no pod");
    }

    [Fact]
    public async Task An_ended_job_goes_when_its_time_is_over()
    {
        await CreateAsync(new JsonObject { ["ttlSecondsAfterFinished"] = 0 });

        await Eventually.TrueAsync(async () => await _cluster.Client.GetAsync(Work, Playground.Cancel) is null, "the job is gone");
    }

    private Task<JsonObject> CreateAsync(JsonObject spec)
    {
        var template = Playground.Template("work", "work:v1");
        template["spec"]!["restartPolicy"] = "Never";
        spec["template"] = template;
        return _cluster.CreateAsync("batch", "jobs", "Job", "work", spec);
    }
}
