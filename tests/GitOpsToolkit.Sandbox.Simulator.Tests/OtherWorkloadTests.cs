using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Sandbox.Simulator.Tests;

public sealed class OtherWorkloadTests : IAsyncLifetime
{
    private Playground _cluster = null!;

    public async ValueTask InitializeAsync() => _cluster = await Playground.StartAsync();

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task A_pod_made_by_hand_is_bound_to_the_node_before_it_runs()
    {
        var spec = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = "c", ["image"] = "x" }) };
        await _cluster.CreateAsync("", "pods", "Pod", "alone", spec);

        await Eventually.TrueAsync(async () => (await _cluster.ListAsync("", "pods")).Single().Text("status", "phase") == "Running", "it runs");
        Assert.Equal("sandbox", (await _cluster.ListAsync("", "pods")).Single().Text("spec", "nodeName"));
    }

    [Fact]
    public async Task A_stateful_set_has_numbered_pods_and_updates_from_the_highest()
    {
        var path = Playground.Path("apps", "statefulsets", "db");
        var spec = Playground.WorkloadSpec("db", "db:v1", 3);
        spec["serviceName"] = "db";
        await _cluster.CreateAsync("apps", "statefulsets", "StatefulSet", "db", spec);
        await _cluster.UntilAsync(path, found => found["status"].Number("readyReplicas") == 3, "3 ready");
        Assert.Equal(["db-0", "db-1", "db-2"], (await _cluster.ListAsync("", "pods")).Select(pod => pod.Text("metadata", "name")).Order());

        await _cluster.MergeAsync(path, """{"spec":{"template":{"spec":{"containers":[{"name":"web","image":"db:v2"}]}}}}""");
        var updated = await _cluster.UntilAsync(
            path,
            found => found["status"].Number("updatedReplicas") == 3 && found["status"].Number("readyReplicas") == 3
                && found.Text("status", "currentRevision") == found.Text("status", "updateRevision")
                && (long?)found["status"]?["observedGeneration"] == (long?)found["metadata"]?["generation"],
            "3 updated");

        Assert.Equal(3, updated["status"].Number("currentReplicas"));
        Assert.All(await _cluster.ListAsync("", "pods"), pod => Assert.Equal("db:v2", pod.Items("spec", "containers").Single().Text("image")));
    }

    [Fact]
    public async Task A_stateful_set_waits_for_each_pod_before_the_next_and_shrinks_from_the_top()
    {
        _cluster.Fail("db:broken");
        var path = Playground.Path("apps", "statefulsets", "db");
        await _cluster.CreateAsync("apps", "statefulsets", "StatefulSet", "db", Playground.WorkloadSpec("db", "db:broken", 2));
        await Eventually.TrueAsync(async () => (await _cluster.ListAsync("", "pods")) is [var only] && only.Text("status", "phase") == "Pending", "one pod waits");
        Assert.Equal("db-0", (await _cluster.ListAsync("", "pods")).Single().Text("metadata", "name"));

        _cluster.Heal("db:broken");
        await _cluster.UntilAsync(path, found => found["status"].Number("readyReplicas") == 2, "2 ready");
        await _cluster.MergeAsync(path, """{"spec":{"replicas":1}}""");
        await Eventually.TrueAsync(async () => (await _cluster.ListAsync("", "pods")) is [var left] && left.Text("metadata", "name") == "db-0", "db-0 is left");
    }

    [Fact]
    public async Task A_daemon_set_has_a_pod_on_the_node()
    {
        var path = Playground.Path("apps", "daemonsets", "agent");
        await _cluster.CreateAsync("apps", "daemonsets", "DaemonSet", "agent", Playground.WorkloadSpec("agent", "agent:v1"));
        await _cluster.UntilAsync(path, found => found["status"].Number("numberReady") == 1, "ready");

        await _cluster.MergeAsync(path, """{"spec":{"template":{"spec":{"containers":[{"name":"web","image":"agent:v2"}]}}}}""");
        await _cluster.UntilAsync(
            path,
            found => found["status"].Number("updatedNumberScheduled") == 1 && found["status"].Number("numberAvailable") == 1
                && (long?)found["status"]?["observedGeneration"] == (long?)found["metadata"]?["generation"],
            "updated");

        Assert.Equal("agent:v2", (await _cluster.ListAsync("", "pods")).Single().Items("spec", "containers").Single().Text("image"));
    }

    [Fact]
    public async Task A_job_completes_when_enough_pods_have_succeeded()
    {
        var template = Playground.Template("work", "work:v1");
        template["spec"]!["restartPolicy"] = "Never";
        await _cluster.CreateAsync("batch", "jobs", "Job", "work", new JsonObject { ["completions"] = 3, ["parallelism"] = 2, ["template"] = template });

        var job = await _cluster.UntilAsync(
            Playground.Path("batch", "jobs", "work"), found => found["status"].Condition("Complete").Text("status") == "True", "complete");

        Assert.Equal(3, job["status"].Number("succeeded"));
        Assert.Null(job["status"].Number("active"));
        Assert.NotEmpty(job.Text("status", "completionTime"));
        Assert.Equal(3, (await _cluster.ListAsync("", "pods")).Count(pod => pod.Text("status", "phase") == "Succeeded"));
    }

    [Fact]
    public async Task A_job_whose_image_is_missing_fails_at_its_deadline()
    {
        _cluster.Fail("work:broken");
        var template = Playground.Template("work", "work:broken");
        template["spec"]!["restartPolicy"] = "Never";
        await _cluster.CreateAsync("batch", "jobs", "Job", "work", new JsonObject { ["activeDeadlineSeconds"] = 1, ["template"] = template });

        var job = await _cluster.UntilAsync(
            Playground.Path("batch", "jobs", "work"), found => found["status"].Condition("Failed").Text("status") == "True", "failed");

        Assert.Equal("DeadlineExceeded", job["status"].Condition("Failed").Text("reason"));
    }

    [Fact]
    public async Task A_service_has_the_addresses_of_its_ready_pods()
    {
        await _cluster.CreateAsync("", "services", "Service", "web", new JsonObject
        {
            ["selector"] = new JsonObject { ["app"] = "web" },
            ["ports"] = new JsonArray(new JsonObject { ["port"] = 80, ["targetPort"] = 8080 }),
        });
        await _cluster.CreateAsync("apps", "deployments", "Deployment", "web", Playground.WorkloadSpec("web", "web:v1", 2));

        var endpoints = await _cluster.UntilAsync(
            ResourcePath.Core("endpoints", Playground.Namespace, "web"), found => found.Items("subsets").SelectMany(subset => subset.Items("addresses")).Count() == 2, "2 addresses");

        Assert.Equal(8080, endpoints.Items("subsets").Single().Items("ports").Single().Number("port"));
        await _cluster.Client.DeleteAsync(ResourcePath.Core("services", Playground.Namespace, "web"), null, Playground.Cancel);
        await Eventually.TrueAsync(
            async () => await _cluster.Client.GetAsync(ResourcePath.Core("endpoints", Playground.Namespace, "web"), Playground.Cancel) is null, "the endpoints are gone");
    }

    [Fact]
    public async Task The_node_is_ready() =>
        Assert.Equal("True", (await _cluster.UntilAsync(new ResourcePath("", "v1", "nodes", null, "sandbox"), found => found["status"] is not null, "a status"))["status"].Condition("Ready").Text("status"));
}
