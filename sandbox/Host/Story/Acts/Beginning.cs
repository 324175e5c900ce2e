using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Yaml;

namespace GitOpsToolkit.Sandbox.Story.Acts;

/// <summary>A repository, an image, and the toolkit's five objects: the cluster comes to run what Git says.</summary>
internal sealed class Beginning : IAct
{
    public string Name => "beginning";

    public string Title => "Git holds the desired state, the cluster comes to match it";

    public async Task<string> PlayAsync(Scene scene, CancellationToken cancellation)
    {
        var timeline = scene.Timeline;
        await scene.PushTag("v0.5.0", cancellation);
        timeline.Hop($"pushed {scene.Image("v0.5.0")}");

        await SeedAsync(scene, cancellation);

        foreach (var body in YamlReader.ReadAll(scene.Files.ToolkitObjects, "toolkit.yaml").Select(document => document.Root!.AsObject()))
        {
            await scene.Cluster.ApplyAsync(PathOf(body), body, cancellation);
        }

        timeline.Hop("applied GitRepository, Kustomization, ImageRepository, ImagePolicy, ImageUpdateAutomation");

        await scene.Cluster.UntilAsync(Scene.Deployment, Conditions.RolledOut(scene.Image("v0.5.0")), Scene.Patience, cancellation);
        timeline.Hop("3 pods run v0.5.0");

        foreach (var path in Scene.ToolkitObjects)
        {
            var found = await scene.Cluster.UntilAsync(path, Conditions.Ready, Scene.Patience, cancellation);
            timeline.Note($"{(string?)found!["kind"]} Ready: {Conditions.Condition(found, "Ready")!["message"]}");
        }

        return $"from nothing to 3 pods on v0.5.0, everything Ready, in {Timeline.Seconds(timeline.Hop("everything is Ready"))}";
    }

    private static async Task SeedAsync(Scene scene, CancellationToken cancellation)
    {
        if (await scene.Checkout.IsSeededAsync(cancellation))
        {
            await scene.Checkout.PullAsync(cancellation);
            scene.Timeline.Hop("the repository is there from before");
            return;
        }

        foreach (var (path, text) in scene.Files.Repository)
        {
            scene.Checkout.Write(path, text);
        }

        var commit = await scene.Checkout.PushAsync($"Add {StoryFiles.App}", cancellation);
        scene.Timeline.Hop($"pushed commit {commit[..7]} with {scene.Files.Repository.Count} files");
    }

    private static ResourcePath PathOf(JsonObject body)
    {
        var kind = (string)body["kind"]!;
        return kind == "Namespace"
            ? ResourcePath.Core("namespaces", null, (string?)body["metadata"]?["name"])
            : Scene.ToolkitObjects.Single(path => Singular(path.Plural).Equals(kind, StringComparison.OrdinalIgnoreCase));
    }

    private static string Singular(string plural) => plural.EndsWith("ies", StringComparison.Ordinal) ? plural[..^3] + "y" : plural[..^1];
}
