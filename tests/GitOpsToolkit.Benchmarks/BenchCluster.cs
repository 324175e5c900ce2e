using GitOpsToolkit.Sandbox;
using GitOpsToolkit.Sandbox.Clusters;
using GitOpsToolkit.Sandbox.ControlPlanes;
using GitOpsToolkit.Sandbox.Story;
using GitOpsToolkit.Sandbox.Story.Acts;
using GitOpsToolkit.TestKit;

namespace GitOpsToolkit.Benchmarks;

/// <summary>A sandbox on one kind of cluster, in which the story's application runs and all objects are Ready.</summary>
internal sealed class BenchCluster : IAsyncDisposable
{
    private readonly TempDirectory _state = new();

    private BenchCluster()
    {
    }

    public SandboxEnvironment Sandbox { get; private set; } = null!;

    public Scene Scene { get; private set; } = null!;

    /// <summary>Both kinds of cluster, by the names that tables give them; the real one only where its programs are.</summary>
    public static IEnumerable<(string Name, ClusterChoice Choice)> All(TextWriter output)
    {
        yield return ("sandbox", ClusterChoice.Embedded);
        if (ControlPlaneBinaries.Find(out var missing) is not null)
        {
            yield return ("real control plane", ClusterChoice.Real);
        }
        else
        {
            output.WriteLine($"not measured on a real control plane: {missing}");
        }
    }

    /// <summary>Starts the servers, with controllers in this process or with what <paramref name="controllers"/> starts.</summary>
    public static async Task<BenchCluster> StartAsync(ClusterChoice choice, Func<SandboxEnvironment, Task>? controllers = null)
    {
        var cluster = new BenchCluster();
        try
        {
            var options = new SandboxOptions { StateDirectory = cluster._state.Path, Cluster = choice };
            cluster.Sandbox = await SandboxEnvironment.StartAsync(
                controllers is null ? options : options with { Controllers = [] }, CancellationToken.None);
            if (controllers is not null)
            {
                await controllers(cluster.Sandbox);
            }

            cluster.Scene = cluster.Sandbox.SetScene(new Timeline(TextWriter.Null, TimeProvider.System));
            await cluster.Scene.Checkout.CloneAsync(CancellationToken.None);
            await new Beginning().PlayAsync(cluster.Scene, CancellationToken.None);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sets how often Git and the registry are asked.</summary>
    public async Task PollEveryAsync(string interval)
    {
        foreach (var path in Scene.ToolkitObjects.Where(path => path.Plural is "gitrepositories" or "imagerepositories"))
        {
            await Sandbox.Client.MergePatchAsync(path, new() { ["spec"] = new System.Text.Json.Nodes.JsonObject { ["interval"] = interval } }, null, CancellationToken.None);
            await Scene.Cluster.UntilAsync(path, Conditions.Ready, Scene.Patience, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Sandbox is not null)
        {
            await Sandbox.DisposeAsync();
        }

        _state.Dispose();
    }
}
