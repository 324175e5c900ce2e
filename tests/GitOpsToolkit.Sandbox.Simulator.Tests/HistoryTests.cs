using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Sandbox.Simulator.Tests;

/// <summary>The revisions of StatefulSets and DaemonSets, the claims of StatefulSets, and pods that nobody owns.</summary>
public sealed class HistoryTests : IAsyncLifetime
{
    private Playground _cluster = null!;

    public async ValueTask InitializeAsync() => _cluster = await Playground.StartAsync();

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Theory]
    [InlineData("StatefulSet", "statefulsets")]
    [InlineData("DaemonSet", "daemonsets")]
    public async Task Each_template_is_a_revision_and_the_one_gone_back_to_becomes_the_newest(string kind, string plural)
    {
        var path = Playground.Path("apps", plural, "db");
        await _cluster.CreateAsync("apps", plural, kind, "db", Playground.WorkloadSpec("db", "db:v1"));
        await RunsAsync("db:v1");
        await _cluster.MergeAsync(path, """{"spec":{"template":{"spec":{"containers":[{"name":"web","image":"db:v2"}]}}}}""");
        await RunsAsync("db:v2");
        Assert.Equal([1, 2], (await RevisionsAsync()).Keys.Order());

        await _cluster.MergeAsync(path, """{"spec":{"template":{"spec":{"containers":[{"name":"web","image":"db:v1"}]}}}}""");
        await RunsAsync("db:v1");

        var revisions = await RevisionsAsync();
        Assert.Equal([2, 3], revisions.Keys.Order());
        Assert.Equal("db:v1", revisions[3]);
        await _cluster.MergeAsync(path, """{"spec":{"revisionHistoryLimit":0}}""");
        await Eventually.TrueAsync(async () => (await RevisionsAsync()).Keys.SequenceEqual([3]), "only the present one is left");
    }

    [Fact]
    public async Task A_stateful_set_claims_volumes_that_stay_when_its_pods_go()
    {
        var path = Playground.Path("apps", "statefulsets", "db");
        var spec = Playground.WorkloadSpec("db", "db:v1", 2);
        spec["volumeClaimTemplates"] = JsonNode.Parse(
            """[{"metadata":{"name":"data"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}]""");
        await _cluster.CreateAsync("apps", "statefulsets", "StatefulSet", "db", spec);
        await _cluster.UntilAsync(path, found => found["status"].Number("readyReplicas") == 2, "2 ready");

        var claims = await _cluster.ListAsync("", "persistentvolumeclaims");
        Assert.Equal(["data-db-0", "data-db-1"], claims.Select(claim => claim.Text("metadata", "name")).Order());
        Assert.All(claims, claim => Assert.Equal(("Bound", "1Gi"), (claim.Text("status", "phase"), claim.Text("status", "capacity", "storage"))));
        Assert.All(await _cluster.ListAsync("", "pods"), pod => Assert.Equal(
            "data-" + pod.Text("metadata", "name"), pod.Items("spec", "volumes").Single(volume => volume.Text("name") == "data").Text("persistentVolumeClaim", "claimName")));

        await _cluster.MergeAsync(path, """{"spec":{"replicas":0}}""");
        await Eventually.TrueAsync(async () => (await _cluster.ListAsync("", "pods")).Count == 0, "no pod");
        Assert.Equal(2, (await _cluster.ListAsync("", "persistentvolumeclaims")).Count);
    }

    [Fact]
    public async Task Below_the_partition_a_lost_pod_comes_back_as_it_was()
    {
        var path = Playground.Path("apps", "statefulsets", "db");
        await _cluster.CreateAsync("apps", "statefulsets", "StatefulSet", "db", Playground.WorkloadSpec("db", "db:v1", 2));
        await _cluster.UntilAsync(path, found => found["status"].Number("readyReplicas") == 2, "2 ready");
        await _cluster.MergeAsync(path, """
            {"spec":{"updateStrategy":{"type":"RollingUpdate","rollingUpdate":{"partition":1}},"template":{"spec":{"containers":[{"name":"web","image":"db:v2"}]}}}}
            """);
        await _cluster.UntilAsync(path, found => found["status"].Number("updatedReplicas") == 1 && found["status"].Number("readyReplicas") == 2, "one is updated");
        var lost = ResourcePath.Core("pods", Playground.Namespace, "db-0");
        var uid = (await _cluster.Client.GetAsync(lost, Playground.Cancel))!.Text("metadata", "uid");

        await _cluster.Client.DeleteAsync(lost, null, Playground.Cancel);

        var back = await _cluster.UntilAsync(lost, found => found.Text("metadata", "uid") != uid && Pods.IsReady(found), "it is back");
        Assert.Equal("db:v1", back.Items("spec", "containers").Single().Text("image"));
    }

    [Fact]
    public async Task Init_containers_end_before_the_others_run_and_sidecars_stay()
    {
        var spec = Playground.Template("one", "one:v1")["spec"]!.DeepClone().AsObject();
        spec["initContainers"] = JsonNode.Parse("""[{"name":"first","image":"first:v1"},{"name":"side","image":"side:v1","restartPolicy":"Always"}]""");
        await _cluster.CreateAsync("", "pods", "Pod", "one", spec);

        var pod = await _cluster.UntilAsync(ResourcePath.Core("pods", Playground.Namespace, "one"), Pods.IsReady, "ready");

        var init = pod.Items("status", "initContainerStatuses").ToList();
        Assert.Equal("Completed", init[0].Text("state", "terminated", "reason"));
        Assert.NotEmpty(init[1].Text("state", "running", "startedAt"));
        Assert.Equal("True", pod["status"].Condition("Initialized").Text("status"));
    }

    private Task RunsAsync(string image) => Eventually.TrueAsync(
        async () => (await _cluster.ListAsync("", "pods")) is [var only] && Pods.IsReady(only) && only.Items("spec", "containers").Single().Text("image") == image, image);

    /// <summary>Images by revision.</summary>
    private async Task<Dictionary<int, string>> RevisionsAsync() => (await _cluster.ListAsync("apps", "controllerrevisions")).ToDictionary(
        found => found.Number("revision") ?? 0,
        found => found.At("data", "spec", "template", "spec").Items("containers").Single().Text("image"));
}
