using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Story.Acts;

/// <summary>A new tag becomes a commit becomes a rollout; tags that the policy does not want become nothing.</summary>
internal sealed class NewTag : IAct
{
    private const string Wanted = "v0.6.0";
    private static readonly string[] Unwanted = ["v0.7.0-rc.1", "latest", "nightly-20230611"];

    public string Name => "new-tag";

    public string Title => "A new tag becomes a commit becomes a rollout";

    public async Task<string> PlayAsync(Scene scene, CancellationToken cancellation)
    {
        await scene.Checkout.PullAsync(cancellation);
        var before = (await scene.Checkout.LogAsync(cancellation)).Select(commit => commit.Id).ToHashSet();
        foreach (var tag in Unwanted)
        {
            await scene.PushTag(tag, cancellation);
        }

        scene.Timeline.Note($"pushed {string.Join(", ", Unwanted)}: not for this policy");
        scene.Timeline.Restart();
        await scene.PushTag(Wanted, cancellation);
        scene.Timeline.Hop($"pushed {scene.Image(Wanted)}");
        var total = await FollowAsync(scene, cancellation);

        await CheckCommitAsync(scene, before, cancellation);
        return $"from tag to rollout in {Timeline.Seconds(total)}, by a commit of exactly one line";
    }

    private static async Task<TimeSpan> FollowAsync(Scene scene, CancellationToken cancellation)
    {
        var (cluster, timeline) = (scene.Cluster, scene.Timeline);
        await cluster.UntilAsync(
            Scene.ImageRepository, found => SeenTags(found).Contains(Wanted) ? null : $"the newest tags seen are {SeenTags(found)}", Scene.Patience, cancellation);
        timeline.Hop("image-reflector: ImageRepository has seen the tag");

        await cluster.UntilAsync(Scene.ImagePolicy, Conditions.Status("latestRef.tag", tag => tag == Wanted), Scene.Patience, cancellation);
        timeline.Hop($"image-reflector: ImagePolicy elects {Wanted}");

        var pushed = await cluster.UntilAsync(
            Scene.ImageUpdateAutomation, Conditions.Status("lastPushCommit", commit => commit.Length > 0), Scene.Patience, cancellation);
        var commit = Conditions.Text(pushed, "lastPushCommit");
        timeline.Hop($"image-automation: pushed commit {commit[..7]}");

        await cluster.UntilAsync(
            Scene.GitRepository, Conditions.Status("artifact.revision", revision => revision.EndsWith(commit, StringComparison.Ordinal)), Scene.Patience, cancellation);
        timeline.Hop("source: fetched it, artifact is stored");

        await cluster.UntilAsync(
            Scene.Kustomization, Conditions.Status("lastAppliedRevision", revision => revision.EndsWith(commit, StringComparison.Ordinal)), Scene.Patience, cancellation);
        timeline.Hop("kustomize: applied it");

        await cluster.UntilAsync(Scene.Deployment, Conditions.RolledOut(scene.Image(Wanted)), Scene.Patience, cancellation);
        return timeline.Hop($"cluster: 3 pods run {Wanted}, none of the old ones is left");
    }

    private static string SeenTags(JsonObject? found) => Conditions.Text(found, "lastScanResult.latestTags");

    private static async Task CheckCommitAsync(Scene scene, HashSet<string> before, CancellationToken cancellation)
    {
        await scene.Checkout.PullAsync(cancellation);
        var log = await scene.Checkout.LogAsync(cancellation);
        // After a restart the commit may be from before it.
        var byAutomation = log.Where(commit => commit.Author == "image-automation").ToList();
        if (byAutomation is not [var commit] || log.Any(other => !before.Contains(other.Id) && other.Id != commit.Id))
        {
            throw new StoryFailedException($"one commit by image-automation was expected, the log holds: {string.Join("; ", log.Select(entry => $"{entry.Id[..7]} {entry.Author}: {entry.Subject}"))}");
        }

        var diff = await scene.Checkout.DiffAsync(commit.Id, cancellation);
        scene.Timeline.Quote(diff);
        var changed = diff.Split('\n')
            .Where(line => line.Length > 0 && line[0] is '+' or '-' && !line.StartsWith("+++", StringComparison.Ordinal) && !line.StartsWith("---", StringComparison.Ordinal))
            .ToList();
        var expected = scene.Files.Repository[StoryFiles.DeploymentFile].Split('\n').Single(line => line.Contains("$imagepolicy"));
        if (changed is not [var minus, var plus] || minus != "-" + expected || plus != "+" + expected.Replace(":v0.5.0 ", $":{Wanted} "))
        {
            throw new StoryFailedException($"the commit was to change exactly the marked line; it changes:\n{string.Join('\n', changed)}");
        }
    }
}
