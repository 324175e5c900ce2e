using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Sandbox.Simulator.Tests;

/// <summary>Where a real controller manager makes the pods, the simulator is the scheduler, the node and its kubelet, and nothing else.</summary>
public sealed class NodeOnlyTests : IAsyncLifetime
{
    private Playground _cluster = null!;

    public async ValueTask InitializeAsync() => _cluster = await Playground.StartAsync(workloads: false);

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Pods_are_bound_and_run_and_workloads_are_left_alone()
    {
        await _cluster.CreateAsync("apps", "deployments", "Deployment", "web", Playground.WorkloadSpec("web", "web:v1", 2));
        var spec = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = "c", ["image"] = "x" }) };
        await _cluster.CreateAsync("", "pods", "Pod", "made-by-a-controller-manager", spec);

        var pod = await _cluster.UntilAsync(
            Playground.Path("", "pods", "made-by-a-controller-manager"), found => found.Text("status", "phase") == "Running", "it runs");
        Assert.Equal("sandbox", pod.Text("spec", "nodeName"));
        Assert.Empty(await _cluster.ListAsync("apps", "replicasets"));
        Assert.Single(await _cluster.ListAsync("", "pods"));
    }

    [Fact]
    public async Task The_node_is_ready_untainted_and_gives_signs_of_life()
    {
        var node = (await _cluster.Client.GetAsync(ResourcePath.Core("nodes", null, "sandbox"), Playground.Cancel))!;
        Assert.Empty(node.Items("spec", "taints"));
        Assert.Equal("True", node["status"].Condition("Ready").Text("status"));

        var path = new ResourcePath("coordination.k8s.io", "v1", "leases", "kube-node-lease", "sandbox");
        var lease = await Eventually.GetAsync(() => _cluster.Client.GetAsync(path, Playground.Cancel), "the node's lease");
        Assert.Equal("sandbox", lease.Text("spec", "holderIdentity"));
        Assert.NotNull(lease.Instant("spec", "renewTime"));
    }
}
