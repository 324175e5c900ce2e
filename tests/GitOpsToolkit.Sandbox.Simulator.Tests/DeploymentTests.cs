using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Sandbox.Simulator.Tests;

public sealed class DeploymentTests : IAsyncLifetime
{
    private static readonly ResourcePath Web = Playground.Path("apps", "deployments", "web");
    private Playground _cluster = null!;

    public async ValueTask InitializeAsync() => _cluster = await Playground.StartAsync();

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task A_deployment_rolls_out_to_ready_pods_with_the_status_of_the_real_thing()
    {
        await DeployAsync("web:v1", 3);

        var deployment = await RolledOutAsync("web:v1", 3);

        Assert.Equal(3, deployment["status"].Number("readyReplicas"));
        Assert.Null(deployment["status"].Number("unavailableReplicas"));
        Assert.Equal("1", deployment.Text("metadata", "annotations", "deployment.kubernetes.io/revision"));
        Assert.Equal("MinimumReplicasAvailable", deployment["status"].Condition("Available").Text("reason"));
        var set = Assert.Single(await _cluster.ListAsync("apps", "replicasets"));
        Assert.Equal($"ReplicaSet \"{set.Text("metadata", "name")}\" has successfully progressed.", deployment["status"].Condition("Progressing").Text("message"));
        var pods = await _cluster.ListAsync("", "pods");
        Assert.Equal(3, pods.Count);
        Assert.All(pods, pod =>
        {
            Assert.Equal("Running", pod.Text("status", "phase"));
            Assert.StartsWith("web:v1@sha256:", pod.Items("status", "containerStatuses").Single().Text("imageID"));
            Assert.Equal(set.Text("metadata", "uid"), pod.Items("metadata", "ownerReferences").Single().Text("uid"));
            Assert.Equal("sandbox", pod.Text("spec", "nodeName"));
        });
        Assert.Equal(3, pods.Select(pod => pod.Text("status", "podIP")).Distinct().Count());
    }

    [Fact]
    public async Task An_update_never_falls_below_what_must_be_available_nor_rises_above_what_may_be()
    {
        await DeployAsync("web:v1", 4);
        await RolledOutAsync("web:v1", 4);
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(Playground.Cancel);
        var available = WatchAsync("deployments", found => found["status"].Number("availableReplicas") ?? 0, watching.Token);
        var asked = WatchAsync("replicasets", found => found["spec"].Number("replicas") ?? 0, watching.Token);

        await _cluster.MergeAsync(Web, """{"spec":{"template":{"spec":{"containers":[{"name":"web","image":"web:v2"}]}}}}""");
        var deployment = await RolledOutAsync("web:v2", 4);
        await watching.CancelAsync();

        Assert.All(await available, sum => Assert.True(sum >= 3, $"{sum} were available, 25% of 4 may be missing"));
        Assert.All((await asked).SkipWhile(sum => sum < 4), sum => Assert.True(sum <= 5, $"{sum} pods were asked for, 25% of 4 may be too many"));
        Assert.Equal("2", deployment.Text("metadata", "annotations", "deployment.kubernetes.io/revision"));
        Assert.Equal([0, 4], (await _cluster.ListAsync("apps", "replicasets")).Select(set => set.Number("spec", "replicas") ?? -1).Order());
    }

    [Fact]
    public async Task A_rollback_takes_the_old_replica_set_again_with_a_new_revision()
    {
        await DeployAsync("web:v1", 2);
        await RolledOutAsync("web:v1", 2);
        await _cluster.MergeAsync(Web, """{"spec":{"template":{"spec":{"containers":[{"name":"web","image":"web:v2"}]}}}}""");
        await RolledOutAsync("web:v2", 2);

        await _cluster.MergeAsync(Web, """{"spec":{"template":{"spec":{"containers":[{"name":"web","image":"web:v1"}]}}}}""");
        await RolledOutAsync("web:v1", 2);

        await _cluster.UntilAsync(Web, found => found.Text("metadata", "annotations", "deployment.kubernetes.io/revision") == "3", "revision 3");
        Assert.Equal(2, (await _cluster.ListAsync("apps", "replicasets")).Count);
    }

    [Fact]
    public async Task Recreate_stops_the_old_pods_before_the_new_ones_start()
    {
        var spec = Playground.WorkloadSpec("web", "web:v1", 2);
        spec["strategy"] = new JsonObject { ["type"] = "Recreate" };
        await _cluster.CreateAsync("apps", "deployments", "Deployment", "web", spec);
        await RolledOutAsync("web:v1", 2);

        await _cluster.MergeAsync(Web, """{"spec":{"template":{"spec":{"containers":[{"name":"web","image":"web:v2"}]}}}}""");
        await RolledOutAsync("web:v2", 2);
        var pods = await _cluster.ListAsync("", "pods");

        Assert.All(pods, pod => Assert.Equal("web:v2", pod.Items("spec", "containers").Single().Text("image")));
    }

    [Fact]
    public async Task An_image_that_cannot_be_pulled_keeps_the_old_pods_and_exceeds_the_deadline_until_it_heals()
    {
        var spec = Playground.WorkloadSpec("web", "web:v1", 2);
        spec["progressDeadlineSeconds"] = 1;
        await _cluster.CreateAsync("apps", "deployments", "Deployment", "web", spec);
        await RolledOutAsync("web:v1", 2);
        _cluster.Fail("web:broken");

        await _cluster.MergeAsync(Web, """{"spec":{"template":{"spec":{"containers":[{"name":"web","image":"web:broken"}]}}}}""");
        var stuck = await _cluster.UntilAsync(
            Web, found => found["status"].Condition("Progressing").Text("reason") == "ProgressDeadlineExceeded", "the deadline is exceeded");

        Assert.Equal(2, stuck["status"].Number("availableReplicas"));
        var waiting = await Eventually.GetAsync(async () => (await _cluster.ListAsync("", "pods"))
            .FirstOrDefault(pod => pod.Items("status", "containerStatuses").Any(status => status.Text("state", "waiting", "reason") == "ImagePullBackOff")), "a pod backs off");
        Assert.Equal("Pending", waiting.Text("status", "phase"));
        _cluster.Heal("web:broken");
        await RolledOutAsync("web:broken", 2);
    }

    [Fact]
    public async Task Scaling_up_and_down_and_to_nothing()
    {
        await DeployAsync("web:v1", 1);
        await RolledOutAsync("web:v1", 1);
        foreach (var replicas in (int[])[4, 2, 0])
        {
            await _cluster.MergeAsync(Web, $$"""{"spec":{"replicas": {{replicas}} } }""");
            await RolledOutAsync("web:v1", replicas);
            await Eventually.TrueAsync(async () => (await _cluster.ListAsync("", "pods")).Count == replicas, $"{replicas} pods");
        }
    }

    [Fact]
    public async Task A_deleted_deployment_takes_its_replica_sets_and_pods_with_it()
    {
        await DeployAsync("web:v1", 2);
        await RolledOutAsync("web:v1", 2);

        await _cluster.Client.DeleteAsync(Web, new DeleteOptions { Propagation = Propagation.Background }, Playground.Cancel);

        await Eventually.TrueAsync(async () => (await _cluster.ListAsync("apps", "replicasets")).Count == 0, "no ReplicaSet");
        await Eventually.TrueAsync(async () => (await _cluster.ListAsync("", "pods")).Count == 0, "no pod");
    }

    [Fact]
    public async Task A_deleted_pod_is_replaced()
    {
        await DeployAsync("web:v1", 1);
        await RolledOutAsync("web:v1", 1);
        var pod = (await _cluster.ListAsync("", "pods")).Single().Text("metadata", "name");

        await _cluster.Client.DeleteAsync(ResourcePath.Core("pods", Playground.Namespace, pod), null, Playground.Cancel);

        await Eventually.TrueAsync(
            async () => (await _cluster.ListAsync("", "pods")) is [var other] && other.Text("metadata", "name") != pod && Pods.IsReady(other), "another pod is ready");
    }

    [Fact]
    public async Task Where_nothing_changes_a_restarted_simulator_writes_nothing()
    {
        await DeployAsync("web:v1", 2);
        await RolledOutAsync("web:v1", 2);

        // What the rollout leaves to be written may come after it, before or after the restart; but not again and again.
        var restarts = 0;
        await Eventually.TrueAsync(
            async () =>
            {
                var mark = _cluster.Server.Requests.LastNumber;
                await _cluster.RestartSimulatorAsync();

                // Proof that it is at work again, by something that has to be done.
                var other = $"other-{restarts++}";
                await _cluster.CreateAsync("apps", "deployments", "Deployment", other, Playground.WorkloadSpec(other, "other:v1", 1));
                await _cluster.UntilAsync(Playground.Path("apps", "deployments", other), found => found["status"].Number("availableReplicas") == 1, "the other runs");
                return !_cluster.Server.Requests.Since(mark).Any(request => request.IsWrite && request.Path.Contains("/web", StringComparison.Ordinal));
            },
            "a restart without a write");
    }

    private Task DeployAsync(string image, int replicas) =>
        _cluster.CreateAsync("apps", "deployments", "Deployment", "web", Playground.WorkloadSpec("web", image, replicas));

    private Task<JsonObject> RolledOutAsync(string image, int replicas) => _cluster.UntilAsync(
        Web,
        found => found.At("spec", "template", "spec").Items("containers").Single().Text("image") == image
            && (long?)found["status"]?["observedGeneration"] == (long?)found["metadata"]?["generation"]
            && (found["status"].Number("replicas") ?? 0) == replicas
            && (found["status"].Number("updatedReplicas") ?? 0) == replicas
            && (found["status"].Number("availableReplicas") ?? 0) == replicas,
        $"{replicas} pods of {image}");

    /// <summary>The sum over a collection after each of its changes.</summary>
    private async Task<List<int>> WatchAsync(string plural, Func<JsonObject, int> count, CancellationToken cancellation)
    {
        var (present, sums) = (new Dictionary<string, int>(), new List<int>());
        try
        {
            await foreach (var change in _cluster.Client.WatchAsync(Web with { Plural = plural, Name = null }, new WatchOptions(), cancellation))
            {
                if (change.Type is WatchEventType.Added or WatchEventType.Modified)
                {
                    var found = JsonObject.Create(change.Object)!;
                    present[found.Text("metadata", "name")] = count(found);
                    sums.Add(present.Values.Sum());
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Enough was seen.
        }

        return sums;
    }
}
