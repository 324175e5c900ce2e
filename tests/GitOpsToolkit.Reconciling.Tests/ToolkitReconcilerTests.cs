using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.TestKit;

namespace GitOpsToolkit.Reconciling.Tests;

/// <summary>The whole loop on a kind, over HTTP.</summary>
public sealed class ToolkitReconcilerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_object_becomes_ready_with_everything_that_belongs_to_it()
    {
        await using var cluster = await TestCluster.StartAsync(Cancel);
        await cluster.CreateAsync(TestCluster.Repository("app"), Cancel);
        await using var running = new RunningController(cluster);

        var ready = await cluster.WaitForAsync("app", "Ready", "True", Cancel);

        ConditionInvariants.Verify(ready);
        Assert.Equal(["finalizers.fluxcd.io"], ready["metadata"]!["finalizers"]!.AsArray().Select(name => (string)name!));
        Assert.Equal(1, (long)ready["status"]!["observedGeneration"]!);
        Assert.Equal("main@sha1:1", (string)ready["status"]!["artifact"]!["revision"]!);
        Assert.Equal("stored artifact for revision 'main@sha1:1'", (string)TestCluster.Condition(ready, "Ready")!["message"]!);
        Assert.Null(TestCluster.Condition(ready, "Reconciling"));
        Assert.Contains("source-controller", ready["metadata"]!["managedFields"]!.AsArray().Select(entry => (string)entry!["manager"]!));
    }

    [Fact]
    public async Task A_second_identical_reconcile_writes_nothing()
    {
        await using var cluster = await TestCluster.StartAsync(Cancel);
        await cluster.CreateAsync(TestCluster.Repository("app"), Cancel);
        await using var running = new RunningController(cluster);
        await cluster.WaitForAsync("app", "Ready", "True", Cancel);
        await Eventually.TrueAsync(() => cluster.WritesSince(0).Any(write => write.Contains("/events", StringComparison.Ordinal)), "the event is sent");
        var before = cluster.Server.Requests.LastNumber;
        var runs = running.Reconciler.Runs.Count;

        for (var i = 1; i <= 3; i++)
        {
            running.Controller.Enqueue(new ObjectKey("default", "app"));
            await Eventually.TrueAsync(() => running.Reconciler.Runs.Count >= runs + i, "a reconcile more");
        }

        await running.StopAsync();
        Assert.Empty(cluster.WritesSince(before));
    }

    [Fact]
    public async Task A_reconcile_that_finds_work_writes_its_progress_and_its_end()
    {
        await using var cluster = await TestCluster.StartAsync(Cancel);
        await cluster.CreateAsync(TestCluster.Repository("app"), Cancel);
        await using var running = new RunningController(cluster);
        await cluster.WaitForAsync("app", "Ready", "True", Cancel);
        var before = cluster.Server.Requests.LastNumber;

        running.Reconciler.Upstream = "main@sha1:2";
        running.Controller.Enqueue(new ObjectKey("default", "app"));
        await Eventually.TrueAsync(
            async () => (string?)(await cluster.GetAsync("app", Cancel))["status"]?["artifact"]?["revision"] == "main@sha1:2", "the new revision");
        await running.StopAsync();

        var writes = cluster.WritesSince(before);
        Assert.Equal(2, writes.Count(write => write.EndsWith("/app/status", StringComparison.Ordinal)));
        ConditionInvariants.Verify(await cluster.GetAsync("app", Cancel));
    }

    [Fact]
    public async Task Garbage_stalls_alone_and_heals_when_it_is_put_right()
    {
        await using var cluster = await TestCluster.StartAsync(Cancel);
        var garbage = TestCluster.Repository("garbage", "1d");
        garbage["spec"]!["url"] = 5;
        await cluster.CreateAsync(garbage, Cancel);
        await cluster.CreateAsync(TestCluster.Repository("good"), Cancel);
        await using var running = new RunningController(cluster);

        var stalled = await cluster.WaitForAsync("garbage", "Stalled", "True", Cancel);
        await cluster.WaitForAsync("good", "Ready", "True", Cancel);

        ConditionInvariants.Verify(stalled);
        var message = (string)TestCluster.Condition(stalled, "Ready")!["message"]!;
        Assert.Contains("spec.interval", message);
        Assert.Contains("spec.url", message);
        Assert.DoesNotContain("garbage", running.Reconciler.Runs);

        await cluster.PatchAsync("garbage", """{"spec":{"interval":"1h","url":"https://example.com/x"}}""", Cancel);

        var healed = await cluster.WaitForAsync("garbage", "Ready", "True", Cancel);
        ConditionInvariants.Verify(healed);
        Assert.Null(TestCluster.Condition(healed, "Stalled"));
    }

    [Fact]
    public async Task Garbage_can_be_deleted()
    {
        await using var cluster = await TestCluster.StartAsync(Cancel);
        await cluster.CreateAsync(TestCluster.Repository("app"), Cancel);
        await using var running = new RunningController(cluster);
        await cluster.WaitForAsync("app", "Ready", "True", Cancel);
        await cluster.PatchAsync("app", """{"spec":{"interval":"1d"}}""", Cancel);
        await cluster.WaitForAsync("app", "Stalled", "True", Cancel);

        await cluster.Client.DeleteAsync(TestCluster.Path("app"), null, Cancel);

        await Eventually.TrueAsync(async () => await cluster.Client.GetAsync(TestCluster.Path("app"), Cancel) is null, "the object is gone");
        Assert.Contains("finalize app", running.Reconciler.Runs);
    }

    [Fact]
    public async Task A_field_that_is_not_honoured_stalls_by_name()
    {
        await using var cluster = await TestCluster.StartAsync(Cancel);
        var repository = TestCluster.Repository("app");
        repository["spec"]!["verify"] = new JsonObject { ["mode"] = "HEAD", ["secretRef"] = new JsonObject { ["name"] = "keys" } };
        await cluster.CreateAsync(repository, Cancel);
        await using var running = new RunningController(cluster);

        var stalled = await cluster.WaitForAsync("app", "Stalled", "True", Cancel);

        ConditionInvariants.Verify(stalled);
        Assert.StartsWith("spec.verify: not supported", (string)TestCluster.Condition(stalled, "Ready")!["message"]!);
        Assert.Equal(1, (long)stalled["status"]!["observedGeneration"]!);
    }

    [Fact]
    public async Task A_suspended_object_is_left_alone_but_its_request_is_recorded()
    {
        await using var cluster = await TestCluster.StartAsync(Cancel);
        var repository = TestCluster.Repository("app");
        repository["spec"]!["suspend"] = true;
        await cluster.CreateAsync(repository, Cancel);
        await using var running = new RunningController(cluster);

        await cluster.RequestAsync("app", "token-1", Cancel);
        await Eventually.TrueAsync(
            async () => (string?)(await cluster.GetAsync("app", Cancel))["status"]?["lastHandledReconcileAt"] == "token-1", "the request is recorded");
        Assert.Empty(running.Reconciler.Runs);

        await cluster.PatchAsync("app", """{"spec":{"suspend":false}}""", Cancel);
        await cluster.WaitForAsync("app", "Ready", "True", Cancel);
        Assert.Equal("token-1", (string?)(await cluster.GetAsync("app", Cancel))["status"]!["lastHandledReconcileAt"]);
    }

    [Fact]
    public async Task A_request_is_handled_and_recorded_even_by_a_failure()
    {
        await using var cluster = await TestCluster.StartAsync(Cancel);
        await cluster.CreateAsync(TestCluster.Repository("app"), Cancel);
        await using var running = new RunningController(cluster);
        await cluster.WaitForAsync("app", "Ready", "True", Cancel);
        running.Reconciler.Fetch = (_, _) => Task.FromResult<Outcome?>(new Outcome.Retry("GitOperationFailed", "failed to fetch: no route"));

        await cluster.RequestAsync("app", "token-2", Cancel);

        var failed = await cluster.WaitForAsync("app", "Ready", "False", Cancel, "GitOperationFailed");
        ConditionInvariants.Verify(failed);
        Assert.Equal("token-2", (string)failed["status"]!["lastHandledReconcileAt"]!);
        Assert.Equal("ProgressingWithRetry", (string)TestCluster.Condition(failed, "Reconciling")!["reason"]!);
        Assert.NotNull(TestCluster.Condition(failed, "FetchFailed"));
    }

    [Fact]
    public async Task Failures_are_tried_again_until_they_end_and_leave_one_event()
    {
        await using var cluster = await TestCluster.StartAsync(Cancel);
        await cluster.CreateAsync(TestCluster.Repository("app"), Cancel);
        var failures = 0;
        await using var running = new RunningController(cluster, prepare: reconciler => reconciler.Fetch = (_, _) => Task.FromResult<Outcome?>(
            Interlocked.Increment(ref failures) <= 5 ? new Outcome.Retry("GitOperationFailed", "no route") : null));

        var ready = await cluster.WaitForAsync("app", "Ready", "True", Cancel);
        await running.StopAsync();

        ConditionInvariants.Verify(ready);
        var events = (await cluster.Client.ListAsync(ResourcePath.Core("events", "default"), null, Cancel)).Items
            .Where(item => item.GetProperty("involvedObject").GetProperty("name").GetString() == "app")
            .Select(item => $"{item.GetProperty("type").GetString()} {item.GetProperty("reason").GetString()}");
        Assert.Equal(["Normal NewArtifact", "Warning GitOperationFailed"], events.Order());
        Assert.True(cluster.WritesSince(0).Count(write => write.EndsWith("/app/status", StringComparison.Ordinal)) <= 3);
    }

    [Fact]
    public async Task An_exception_is_a_failure_of_this_object_and_no_end_of_the_controller()
    {
        await using var cluster = await TestCluster.StartAsync(Cancel);
        await cluster.CreateAsync(TestCluster.Repository("bad"), Cancel);
        await cluster.CreateAsync(TestCluster.Repository("good"), Cancel);
        await using var running = new RunningController(cluster, prepare: reconciler => reconciler.Fetch = (scope, _) =>
            scope.Key.Name == "bad" ? throw new InvalidOperationException("a bug") : Task.FromResult<Outcome?>(null));

        var failed = await cluster.WaitForAsync("bad", "Ready", "False", Cancel);
        await cluster.WaitForAsync("good", "Ready", "True", Cancel);

        ConditionInvariants.Verify(failed);
        Assert.Equal("a bug", (string)TestCluster.Condition(failed, "Ready")!["message"]!);
    }

    [Fact]
    public async Task Waiting_is_no_fault()
    {
        await using var cluster = await TestCluster.StartAsync(Cancel);
        await cluster.CreateAsync(TestCluster.Repository("app"), Cancel);
        var isThere = false;
        await using var running = new RunningController(cluster, prepare: reconciler => reconciler.Fetch = (_, _) => Task.FromResult<Outcome?>(
            Volatile.Read(ref isThere) ? null : new Outcome.WaitFor("DependencyNotReady", "dependency 'x' is not ready", TimeSpan.FromMilliseconds(300))));

        var waiting = await cluster.WaitForAsync("app", "Ready", "False", Cancel, "DependencyNotReady");
        ConditionInvariants.Verify(waiting);
        Volatile.Write(ref isThere, true);
        await cluster.WaitForAsync("app", "Ready", "True", Cancel);
        await running.StopAsync();

        Assert.DoesNotContain(
            (await cluster.Client.ListAsync(ResourcePath.Core("events", "default"), null, Cancel)).Items, item => item.GetProperty("type").GetString() == "Warning");
    }

    [Fact]
    public async Task A_deletion_waits_for_the_clean_up()
    {
        await using var cluster = await TestCluster.StartAsync(Cancel);
        await cluster.CreateAsync(TestCluster.Repository("app"), Cancel);
        await using var running = new RunningController(cluster);
        await cluster.WaitForAsync("app", "Ready", "True", Cancel);
        await cluster.PatchAsync("app", """{"metadata":{"finalizers":["example.com/other","finalizers.fluxcd.io"]}}""", Cancel);
        running.Reconciler.Finalize = () => new Outcome.Retry("Failed", "cannot clean up");

        await cluster.Client.DeleteAsync(TestCluster.Path("app"), null, Cancel);
        var stuck = await cluster.WaitForAsync("app", "Ready", "False", Cancel, "Failed");
        Assert.NotNull(stuck["metadata"]!["deletionTimestamp"]);

        running.Reconciler.Finalize = () => Outcome.Next;
        await Eventually.TrueAsync(
            async () => (await cluster.GetAsync("app", Cancel))["metadata"]!["finalizers"]!.AsArray().Count == 1, "our finalizer is gone");
        Assert.Equal("example.com/other", (string)(await cluster.GetAsync("app", Cancel))["metadata"]!["finalizers"]![0]!);

        await cluster.PatchAsync("app", """{"metadata":{"finalizers":null}}""", Cancel);
        await Eventually.TrueAsync(() => running.Reconciler.Gone.Contains("app"), "what is kept in memory is dropped");
    }

    [Fact]
    public async Task Conditions_of_others_and_unknown_fields_survive_our_writes()
    {
        await using var cluster = await TestCluster.StartAsync(Cancel);
        await cluster.CreateAsync(TestCluster.Repository("app"), Cancel);
        await cluster.Client.MergePatchAsync(
            TestCluster.Path("app").Sub("status"),
            JsonNode.Parse("""{"status":{"ours":{"x":1},"conditions":[{"type":"example.com/Checked","status":"True","reason":"Fine","message":"","observedGeneration":1,"lastTransitionTime":"2026-01-01T00:00:00Z"}]}}""")!.AsObject(),
            null, Cancel);
        await using var running = new RunningController(cluster);

        var ready = await cluster.WaitForAsync("app", "Ready", "True", Cancel);

        Assert.Equal("Fine", (string)TestCluster.Condition(ready, "example.com/Checked")!["reason"]!);
        Assert.Equal(1, (int)ready["status"]!["ours"]!["x"]!);
    }

    [Fact]
    public async Task A_reconcile_always_sees_what_the_one_before_wrote()
    {
        await using var cluster = await TestCluster.StartAsync(Cancel);
        await cluster.CreateAsync(TestCluster.Repository("app"), Cancel);
        var stale = 0;
        await using var running = new RunningController(cluster, prepare: reconciler =>
        {
            string? last = null;
            reconciler.Fetch = (scope, _) =>
            {
                // Every run stores another revision and comes again at once, faster than any watch.
                stale += last is null || scope.Status.Artifact?.Revision == last ? 0 : 1;
                reconciler.Upstream = last = $"main@sha1:{reconciler.Runs.Count}";
                return Task.FromResult<Outcome?>(null);
            };
        });

        await Eventually.TrueAsync(
            () =>
            {
                running.Controller.Enqueue(new ObjectKey("default", "app"));
                return running.Reconciler.Runs.Count > 40;
            },
            "forty reconciles");

        Assert.Equal(0, stale);
    }
}
