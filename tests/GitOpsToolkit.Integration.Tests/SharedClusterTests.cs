using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Sandbox;
using GitOpsToolkit.Sandbox.ApiServer;
using GitOpsToolkit.Sandbox.Clusters;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Integration.Tests;

/// <summary>A cluster that was there before the sandbox: taken only where nothing of anybody else's is at stake, and left clean for the next.</summary>
[Collection(Machine.Collection)]
public sealed class SharedClusterTests : IAsyncLifetime
{
    private readonly TempDirectory _folder = new();
    private ApiServer _server = null!;
    private KubeClient _client = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await ApiServer.StartAsync(new ApiServerOptions(), Cancel);
        await _server.WriteKubeconfigAsync(_folder["kubeconfig"]);
        _client = KubeConnection.FromKubeConfigFile(_folder["kubeconfig"]);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_new_state_directory_finds_nothing_of_the_last_one_and_the_same_one_finds_everything()
    {
        using var first = new TempDirectory();
        using var second = new TempDirectory();
        await using (var sandbox = await StartAsync(first))
        {
            await sandbox.MakeNamespaceAsync(Cancel);
            await sandbox.MakeAsync("kind: GitRepository\nmetadata: {name: left, finalizers: [finalizers.fluxcd.io]}\nspec: {url: 'http://127.0.0.1:1/x', interval: 1h}\n", Cancel);
            await CreateNamespaceAsync("applied", "kustomize.toolkit.fluxcd.io/namespace", Playing.Space);
        }

        await using (var again = await StartAsync(first))
        {
            Assert.Single(await again.ToolkitObjectsAsync(Cancel));
        }

        await using var other = await StartAsync(second);
        Assert.Empty(await other.ToolkitObjectsAsync(Cancel));
        Assert.Null(await GetNamespaceAsync(Playing.Space));
        Assert.Null(await GetNamespaceAsync("applied"));
        Assert.NotNull(await GetNamespaceAsync(Installation.Namespace));
    }

    [Fact]
    public async Task Somebody_elses_installation_is_not_touched()
    {
        using var state = new TempDirectory();
        await CreateNamespaceAsync(Installation.Namespace, "app.kubernetes.io/part-of", "flux");

        var refused = await Assert.ThrowsAsync<IOException>(() => StartAsync(state));

        Assert.Contains("flux-system that no sandbox made", refused.Message, StringComparison.Ordinal);
        Assert.Empty((await _client.ListAsync(new ResourcePath("apiextensions.k8s.io", "v1", "customresourcedefinitions"), null, Cancel)).Items);
    }

    [Fact]
    public async Task A_cluster_with_machines_is_refused()
    {
        using var state = new TempDirectory();
        var node = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Node", ["metadata"] = new JsonObject { ["name"] = "worker-1" } };
        await _client.CreateAsync(ResourcePath.Core("nodes"), node, null, Cancel);

        var refused = await Assert.ThrowsAsync<IOException>(() => StartAsync(state));

        Assert.Contains("a node of its own, worker-1", refused.Message, StringComparison.Ordinal);
        Assert.Null(await GetNamespaceAsync(Installation.Namespace));
    }

    [Fact]
    public async Task It_cannot_be_restarted_from_here()
    {
        using var state = new TempDirectory();
        await using var sandbox = await StartAsync(state);

        await Assert.ThrowsAsync<NotSupportedException>(() => sandbox.Cluster.RestartAsync(Cancel));
    }

    private Task<SandboxEnvironment> StartAsync(TempDirectory state) => SandboxEnvironment.StartAsync(
        new SandboxOptions { StateDirectory = state.Path, Cluster = ClusterChoice.Real, Kubeconfig = _folder["kubeconfig"], Controllers = [] }, Cancel);

    private Task<JsonObject?> GetNamespaceAsync(string name) => _client.GetAsync(ResourcePath.Core("namespaces", null, name), Cancel);

    private Task CreateNamespaceAsync(string name, string label, string value)
    {
        var metadata = new JsonObject { ["name"] = name, ["labels"] = new JsonObject { [label] = value } };
        return _client.CreateAsync(
            ResourcePath.Core("namespaces"), new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = metadata }, null, Cancel);
    }
}
