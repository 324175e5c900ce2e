using System.Diagnostics;
using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Sandbox.Story;

namespace GitOpsToolkit.Benchmarks;

/// <summary>Follows one new tag through the four controllers, on a watch for each hop.</summary>
internal sealed class Journey(BenchCluster cluster)
{
    public static readonly string[] Hops = ["registry scanned", "tag elected", "commit pushed", "artifact stored", "applied", "rolled out"];

    private const string RequestedAt = "reconcile.fluxcd.io/requestedAt";

    private readonly Scene _scene = cluster.Scene;

    /// <summary>Pushes a tag and gives the time from then to each hop, in milliseconds.</summary>
    /// <param name="tag">The tag.</param>
    /// <param name="told">Whether scan and fetch are asked for, as webhooks do; otherwise they are polled.</param>
    public async Task<double[]> RunAsync(string tag, bool told)
    {
        var before = await RevisionsAsync();
        // Every watch stands before the tag is there.
        var begun = 0L;
        async Task<double> At(ResourcePath path, Func<JsonObject?, string?> missing)
        {
            await _scene.Cluster.UntilAsync(path, missing, Scene.Patience, CancellationToken.None);
            return Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        }

        var hops = new[]
        {
            At(Scene.ImageRepository, Conditions.Status("lastScanResult.latestTags", tags => tags.Contains(tag, StringComparison.Ordinal))),
            At(Scene.ImagePolicy, Conditions.Status("latestRef.tag", elected => elected == tag)),
            At(Scene.ImageUpdateAutomation, Conditions.Status("lastPushCommit", commit => commit != before.Pushed)),
            At(Scene.GitRepository, Conditions.Status("artifact.revision", revision => revision != before.Fetched)),
            At(Scene.Kustomization, Conditions.Status("lastAppliedRevision", revision => revision != before.Applied)),
            At(Scene.Deployment, Conditions.RolledOut(_scene.Image(tag))),
        };
        await _scene.PushTag(tag, CancellationToken.None);
        begun = Stopwatch.GetTimestamp();
        if (told)
        {
            await TellAsync(Scene.ImageRepository, tag);
            await hops[2];
            await TellAsync(Scene.GitRepository, tag);
        }

        return await Task.WhenAll(hops);
    }

    private async Task<(string Pushed, string Fetched, string Applied)> RevisionsAsync()
    {
        async Task<string> Of(ResourcePath path, string field) => Conditions.Text(await _scene.Cluster.GetAsync(path, CancellationToken.None), field);
        return (
            await Of(Scene.ImageUpdateAutomation, "lastPushCommit"),
            await Of(Scene.GitRepository, "artifact.revision"),
            await Of(Scene.Kustomization, "lastAppliedRevision"));
    }

    private Task TellAsync(ResourcePath path, string word) => cluster.Sandbox.Client.MergePatchAsync(
        path, new() { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [RequestedAt] = word } } }, null, CancellationToken.None);
}
