using System.Text.Json;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Sandbox.Simulator;
using k8s;

namespace GitOpsToolkit.Sandbox.Clusters;

/// <summary>A cluster that was there before the sandbox and stays: the one of a kubeconfig file.</summary>
internal sealed class SharedCluster(string kubeconfig, string stateDirectory) : ICluster
{
    /// <summary>In the state directory: what the cluster holds is this directory's.</summary>
    private const string OursFile = "cluster-is-ours";

    public string Description => "the Kubernetes cluster of " + kubeconfig;

    public string KubeconfigPath => kubeconfig;

    public bool HasWorkloadControllers => true;

    public KubernetesClientConfiguration Administrator() => KubeConfigFile.Read(kubeconfig);

    public async Task PrepareAsync(KubeClient administrator, CancellationToken cancellation)
    {
        await RefuseMachinesAsync(administrator, cancellation);
        await RefuseOthersAsync(administrator, cancellation);
        var ours = Path.Combine(stateDirectory, OursFile);
        if (!File.Exists(ours))
        {
            await new Leftovers(administrator).RemoveAsync(cancellation);
            await File.WriteAllTextAsync(ours, administrator.ServerUrl + "\n", cancellation);
        }
    }

    public Task RestartAsync(CancellationToken cancellation) =>
        throw new NotSupportedException($"{Description} was not started here, so it cannot be restarted from here");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Pods would go to real machines, which reach neither the registry nor the Git server on this machine's loopback.</summary>
    private async Task RefuseMachinesAsync(KubeClient client, CancellationToken cancellation)
    {
        var nodes = await client.ListAsync(ResourcePath.Core("nodes"), null, cancellation);
        if (nodes.Items.Select(NameOf).FirstOrDefault(name => name != new SimulatorOptions().NodeName) is { } machine)
        {
            throw new IOException(
                $"{Description} has a node of its own, {machine}: its pods cannot reach the sandbox's registry on 127.0.0.1. "
                + "Use a control plane without nodes (make cluster-up starts one), or leave KUBECONFIG unset");
        }
    }

    /// <summary>Somebody's own installation is not for playing with.</summary>
    private async Task RefuseOthersAsync(KubeClient client, CancellationToken cancellation)
    {
        var space = await client.GetAsync(ResourcePath.Core("namespaces", null, Installation.Namespace), cancellation);
        if (space is not null && space["metadata"]?["labels"]?[Installation.Mark] is null)
        {
            throw new IOException(
                $"{Description} has a namespace {Installation.Namespace} that no sandbox made (the label {Installation.Mark} is missing): "
                + "the sandbox would overwrite what is installed there. Take another cluster");
        }
    }

    private static string NameOf(JsonElement found) => found.GetProperty("metadata").GetProperty("name").GetString()!;
}
