using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Story.Acts;

/// <summary>A commit breaks a manifest: the object says so with file and line, the workload is untouched, the next commit heals it.</summary>
internal sealed class BrokenCommit : IAct
{
    private const string Break = "Break the deployment";
    private const string Fix = "Fix the deployment";
    private const string Good = "  replicas: 3\n";
    private const string Bad = "  replicas: 3: three\n";

    public string Name => "broken-commit";

    public string Title => "A commit breaks a manifest: nothing is harmed, and the message says where";

    public async Task<string> PlayAsync(Scene scene, CancellationToken cancellation)
    {
        await scene.Checkout.PullAsync(cancellation);
        var subjects = (await scene.Checkout.LogAsync(cancellation)).Select(commit => commit.Subject).ToHashSet();
        if (!subjects.Contains(Fix))
        {
            await BreakAsync(scene, subjects.Contains(Break), cancellation);
        }

        var commit = await FixAsync(scene, subjects.Contains(Fix), cancellation);
        await scene.Cluster.UntilAsync(
            Scene.Kustomization, found => Conditions.Ready(found) ?? Applied(found, commit), Scene.Patience, cancellation);
        return $"a broken manifest harmed nothing; the fix was applied in {Timeline.Seconds(scene.Timeline.Hop("kustomize: Ready again"))}";
    }

    private static async Task BreakAsync(Scene scene, bool wasPushed, CancellationToken cancellation)
    {
        var before = await scene.Cluster.GetAsync(Scene.Deployment, cancellation);
        if (!wasPushed)
        {
            var text = scene.Checkout.Read(StoryFiles.DeploymentFile);
            scene.Checkout.Write(StoryFiles.DeploymentFile, text.Replace(Good, Bad));
            var commit = await scene.Checkout.PushAsync(Break, cancellation);
            scene.Timeline.Hop($"pushed commit {commit[..7]}: \"{Bad.Trim()}\"");
        }

        var line = scene.Checkout.Read(StoryFiles.DeploymentFile).Split('\n').ToList().IndexOf(Bad.TrimEnd('\n')) + 1;
        var place = $"{Path.GetFileName(StoryFiles.DeploymentFile)}:{line}";
        var failed = await scene.Cluster.UntilAsync(Scene.Kustomization, found => Names(found, place), Scene.Patience, cancellation);
        scene.Timeline.Hop("kustomize: Ready=False");
        scene.Timeline.Quote((string?)Conditions.Condition(failed!, "Ready")!["message"] ?? "");

        var after = await scene.Cluster.GetAsync(Scene.Deployment, cancellation);
        if (!JsonNode.DeepEquals(before["spec"], after["spec"]) || (string?)before["metadata"]!["uid"] != (string?)after["metadata"]!["uid"])
        {
            throw new StoryFailedException("the Deployment was touched by a commit that cannot be built");
        }

        scene.Timeline.Hop("cluster: the Deployment is as it was, 3 pods run");
    }

    private static async Task<string> FixAsync(Scene scene, bool wasPushed, CancellationToken cancellation)
    {
        if (wasPushed)
        {
            return (await scene.Checkout.LogAsync(cancellation))[0].Id;
        }

        scene.Checkout.Write(StoryFiles.DeploymentFile, scene.Checkout.Read(StoryFiles.DeploymentFile).Replace(Bad, Good));
        var commit = await scene.Checkout.PushAsync(Fix, cancellation);
        scene.Timeline.Restart();
        scene.Timeline.Hop($"pushed commit {commit[..7]}: the fix");
        return commit;
    }

    private static string? Names(JsonObject? found, string place)
    {
        var ready = found is null ? null : Conditions.Condition(found, "Ready");
        var message = (string?)ready?["message"] ?? "";
        return (string?)ready?["status"] == "False" && message.Contains(place, StringComparison.Ordinal)
            ? null
            : $"Ready={ready?["status"]} with \"{message}\", which does not name {place}";
    }

    private static string? Applied(JsonObject? found, string commit) =>
        Conditions.Text(found, "lastAppliedRevision").EndsWith(commit, StringComparison.Ordinal) ? null : $"commit {commit[..7]} is not applied yet";
}
