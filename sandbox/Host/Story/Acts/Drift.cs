using System.Text.Json.Nodes;
using GitOpsToolkit.Yaml;

namespace GitOpsToolkit.Sandbox.Story.Acts;

/// <summary>Somebody applies an old version by hand: it is undone.</summary>
internal sealed class Drift : IAct
{
    public string Name => "drift";

    public string Title => "Somebody applies v0.5.0 by hand: it is undone";

    public async Task<string> PlayAsync(Scene scene, CancellationToken cancellation)
    {
        var old = YamlReader.ReadAll(scene.Files.Repository[StoryFiles.DeploymentFile], StoryFiles.DeploymentFile).Single().Root!.AsObject();
        var applied = await scene.Cluster.ApplyAsync(Scene.Deployment, old, "kubectl", cancellation);
        scene.Timeline.Restart();
        scene.Timeline.Hop($"kubectl apply: the Deployment says {Conditions.ImageOf(applied)}");

        await scene.Cluster.UntilAsync(Scene.Deployment, found => IsBack(scene, found), Scene.Patience, cancellation);
        var undone = scene.Timeline.Hop($"kustomize: it says {scene.Image("v0.6.0")} again");
        await scene.Cluster.UntilAsync(Scene.Deployment, Conditions.RolledOut(scene.Image("v0.6.0")), Scene.Patience, cancellation);
        scene.Timeline.Hop("cluster: 3 pods run v0.6.0");
        return $"a change by hand was undone in {Timeline.Seconds(undone)}";
    }

    private static string? IsBack(Scene scene, JsonObject? found) =>
        found is null ? "it does not exist" : Conditions.ImageOf(found) == scene.Image("v0.6.0") ? null : $"its image is {Conditions.ImageOf(found)}";
}
