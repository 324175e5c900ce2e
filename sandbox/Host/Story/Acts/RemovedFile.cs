using GitOpsToolkit.Kubernetes;

namespace GitOpsToolkit.Sandbox.Story.Acts;

/// <summary>A file is removed from Git: its object is pruned, and nothing else.</summary>
internal sealed class RemovedFile : IAct
{
    private const string Subject = "Remove the service";

    public string Name => "removed-file";

    public string Title => "A file is removed: the object is pruned, nothing else";

    public async Task<string> PlayAsync(Scene scene, CancellationToken cancellation)
    {
        var before = await UidsAsync(scene, cancellation);
        await scene.Checkout.PullAsync(cancellation);
        if ((await scene.Checkout.LogAsync(cancellation)).All(commit => commit.Subject != Subject))
        {
            scene.Checkout.Remove(StoryFiles.ServiceFile);
            var list = scene.Checkout.Read(StoryFiles.KustomizationFile);
            scene.Checkout.Write(StoryFiles.KustomizationFile, list.Replace("  - service.yaml\n", ""));
            var commit = await scene.Checkout.PushAsync(Subject, cancellation);
            scene.Timeline.Restart();
            scene.Timeline.Hop($"pushed commit {commit[..7]} without {Path.GetFileName(StoryFiles.ServiceFile)}");
        }

        await scene.Cluster.UntilAsync(Scene.Service, found => found is null ? null : "it still exists", Scene.Patience, cancellation);
        var pruned = scene.Timeline.Hop("kustomize: the Service is gone");
        await scene.Cluster.UntilAsync(Scene.Kustomization, Conditions.Ready, Scene.Patience, cancellation);

        var after = await UidsAsync(scene, cancellation);
        var lost = before.Where(pair => !after.TryGetValue(pair.Key, out var uid) || uid != pair.Value).Select(pair => pair.Key).ToList();
        if (lost.Count > 0)
        {
            throw new StoryFailedException($"more than the Service went: {string.Join(", ", lost)}");
        }

        scene.Timeline.Hop($"cluster: all {after.Count} other objects are the ones from before");
        return $"the removed file's object was pruned in {Timeline.Seconds(pruned)}, nothing else";
    }

    /// <summary>The identities of everything of the application's but the Service and what Kubernetes keeps beside it.</summary>
    private static async Task<Dictionary<string, string>> UidsAsync(Scene scene, CancellationToken cancellation)
    {
        ResourcePath[] collections =
        [
            Scene.Deployment with { Name = null },
            Scene.Deployment with { Plural = "replicasets", Name = null },
            ResourcePath.Core("pods", StoryFiles.App),
            ResourcePath.Core("configmaps", StoryFiles.App),
            ResourcePath.Core("serviceaccounts", StoryFiles.App),
        ];
        var uids = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var collection in collections)
        {
            foreach (var item in (await scene.Cluster.Client.ListAsync(collection, null, cancellation)).Items)
            {
                var metadata = item.GetProperty("metadata");
                uids[$"{collection.Plural}/{metadata.GetProperty("name").GetString()}"] = metadata.GetProperty("uid").GetString()!;
            }
        }

        var space = await scene.Cluster.GetAsync(ResourcePath.Core("namespaces", null, StoryFiles.App), cancellation);
        uids["namespace"] = (string)space["metadata"]!["uid"]!;
        return uids;
    }
}
