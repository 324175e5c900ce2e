using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Sandbox.Simulator.Tests;

/// <summary>Deployments that are paused, resumed and resized in the middle of a rollout.</summary>
public sealed class PauseTests : IAsyncLifetime
{
    private const string Revision = "deployment.kubernetes.io/revision";
    private static readonly ResourcePath Web = Playground.Path("apps", "deployments", "web");
    private Playground _cluster = null!;

    public async ValueTask InitializeAsync() => _cluster = await Playground.StartAsync();

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task A_paused_deployment_takes_no_new_template_and_goes_on_when_it_is_resumed()
    {
        await _cluster.CreateAsync("apps", "deployments", "Deployment", "web", Playground.WorkloadSpec("web", "web:v1", 2));
        await AvailableAsync(2);
        await _cluster.MergeAsync(Web, """{"spec":{"paused":true,"replicas":3,"template":{"spec":{"containers":[{"name":"web","image":"web:v2"}]}}}}""");

        var paused = await AvailableAsync(3);

        Assert.Equal("DeploymentPaused", paused["status"].Condition("Progressing").Text("reason"));
        Assert.Equal("Unknown", paused["status"].Condition("Progressing").Text("status"));
        Assert.Single(await _cluster.ListAsync("apps", "replicasets"));
        Assert.All(await _cluster.ListAsync("", "pods"), pod => Assert.Equal("web:v1", Image(pod)));
        await _cluster.MergeAsync(Web, """{"spec":{"paused":false}}""");
        await _cluster.UntilAsync(
            Web, found => found["status"].Number("updatedReplicas") == 3 && found["status"].Condition("Progressing").Text("reason") == "NewReplicaSetAvailable"
                && found.Text("metadata", "annotations", Revision) == "2", "rolled out");
    }

    [Fact]
    public async Task A_resized_deployment_in_the_middle_of_a_paused_rollout_keeps_the_shares_of_its_templates()
    {
        await StuckAsync(4);
        await _cluster.MergeAsync(Web, """{"spec":{"paused":true}}""");
        await _cluster.UntilAsync(Web, found => found["status"].Condition("Progressing").Text("reason") == "DeploymentPaused", "paused");

        await _cluster.MergeAsync(Web, """{"spec":{"replicas":8}}""");

        // 3 old and 2 new of at most 5 become 6 and 4 of at most 10.
        await Eventually.TrueAsync(async () => (await SizesAsync()).SequenceEqual([4, 6]), "the shares are 6 and 4");
        await _cluster.MergeAsync(Web, """{"spec":{"replicas":0}}""");
        await Eventually.TrueAsync(async () => (await SizesAsync()).SequenceEqual([0, 0]), "nothing is left");
    }

    [Fact]
    public async Task A_pause_is_no_time_of_the_deadline()
    {
        await StuckAsync(2);
        await _cluster.UntilAsync(Web, found => found["status"].Condition("Progressing").Text("reason") == "ReplicaSetUpdated", "on its way");
        await _cluster.MergeAsync(Web, """{"spec":{"paused":true}}""");
        var paused = await _cluster.UntilAsync(Web, found => found["status"].Condition("Progressing").Text("reason") == "DeploymentPaused", "paused");
        await _cluster.MergeAsync(Web, """{"spec":{"paused":false,"progressDeadlineSeconds":1}}""");

        // Seen by a watch, which misses none however short it lasts.
        var reasons = await ReasonsAsync(paused.Text("metadata", "resourceVersion"), until: "ProgressDeadlineExceeded");
        Assert.Equal(["DeploymentPaused", "DeploymentResumed", "ProgressDeadlineExceeded"], reasons);
    }

    [Fact]
    public async Task A_resize_alone_is_no_rollout()
    {
        await _cluster.CreateAsync("apps", "deployments", "Deployment", "web", Playground.WorkloadSpec("web", "web:v1", 1));
        var before = await AvailableAsync(1);
        await _cluster.MergeAsync(Web, """{"spec":{"replicas":3}}""");

        var after = await AvailableAsync(3);

        Assert.Equal(
            before["status"].Condition("Progressing")!.ToJsonString(), after["status"].Condition("Progressing")!.ToJsonString());
    }

    [Fact]
    public async Task The_cause_of_a_change_is_told_by_the_replica_set()
    {
        await _cluster.CreateAsync("apps", "deployments", "Deployment", "web", Playground.WorkloadSpec("web", "web:v1", 1));
        await AvailableAsync(1);

        await _cluster.MergeAsync(Web, """{"metadata":{"annotations":{"kubernetes.io/change-cause":"first"}}}""");

        await Eventually.TrueAsync(
            async () => (await _cluster.ListAsync("apps", "replicasets")).Single().Text("metadata", "annotations", "kubernetes.io/change-cause") == "first", "the cause");
    }

    /// <summary>The reasons of Progressing after a version of the Deployment, without repetitions.</summary>
    private async Task<List<string>> ReasonsAsync(string version, string until)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Playground.Cancel);
        patience.CancelAfter(Eventually.Deadline);
        List<string> reasons = [];
        await foreach (var change in _cluster.Client.WatchAsync(Web with { Name = null }, new WatchOptions { ResourceVersion = version }, patience.Token))
        {
            if (change.Type is WatchEventType.Modified
                && JsonObject.Create(change.Object)!["status"].Condition("Progressing").Text("reason") is var reason && reason != reasons.LastOrDefault())
            {
                reasons.Add(reason);
                if (reason == until)
                {
                    break;
                }
            }
        }

        return reasons;
    }

    private async Task StuckAsync(int replicas)
    {
        _cluster.Fail("web:broken");
        var spec = Playground.WorkloadSpec("web", "web:v1", replicas);
        spec["progressDeadlineSeconds"] = 600;
        await _cluster.CreateAsync("apps", "deployments", "Deployment", "web", spec);
        await AvailableAsync(replicas);
        await _cluster.MergeAsync(Web, """{"spec":{"template":{"spec":{"containers":[{"name":"web","image":"web:broken"}]}}}}""");
        var (most, old) = (replicas + (replicas + 3) / 4, replicas - replicas / 4);
        await Eventually.TrueAsync(async () => (await SizesAsync()).SequenceEqual(new[] { most - old, old }.Order()), "the rollout is stuck");
    }

    private Task<JsonObject> AvailableAsync(int replicas) => _cluster.UntilAsync(
        Web,
        found => found["status"].Number("availableReplicas") == replicas && found["status"].Number("replicas") == replicas
            && (found.Flag("spec", "paused") || found["status"].Condition("Progressing").Text("reason") == "NewReplicaSetAvailable")
            && (long?)found["status"]?["observedGeneration"] == (long?)found["metadata"]?["generation"],
        $"{replicas} available");

    private async Task<int[]> SizesAsync() => [.. (await _cluster.ListAsync("apps", "replicasets")).Select(Rollout.Spec).Order()];

    private static string Image(JsonObject pod) => pod.Items("spec", "containers").Single().Text("image");
}
