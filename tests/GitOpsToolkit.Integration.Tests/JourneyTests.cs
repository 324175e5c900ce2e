using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Sandbox.Story;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Integration.Tests;

/// <summary>What users do with a running loop, across all controllers.</summary>
[Collection(Machine.Collection)]
public sealed class JourneyTests : BegunStory
{
    [Fact]
    public async Task Another_range_of_versions_leads_to_a_commit_and_a_rollout()
    {
        await MergeAsync(Scene.ImagePolicy, """{"spec":{"policy":{"semver":{"range":"0.5.x"}}}}""");
        await UntilAsync(Scene.ImagePolicy, IsObserved, "the policy has seen its range");
        await Scene.PushTag("v0.6.0", Cancel);
        await UntilAsync(Scene.ImageRepository, found => (int?)found["status"]?["lastScanResult"]?["tagCount"] == 2, "both tags are scanned");
        Assert.Equal("v0.5.0", (string?)(await GetAsync(Scene.ImagePolicy))?["status"]?["latestRef"]?["tag"]);

        await MergeAsync(Scene.ImagePolicy, """{"spec":{"policy":{"semver":{"range":">=0.5.0"}}}}""");

        await UntilRolledOutAsync("v0.6.0");
        var automation = await UntilAsync(Scene.ImageUpdateAutomation, found => Pushed(found).Length > 0, "a commit is pushed");
        await UntilAsync(Scene.GitRepository, found => Revision(found).EndsWith(Pushed(automation), StringComparison.Ordinal), "the commit is fetched");
    }

    [Fact]
    public async Task What_is_suspended_stays_as_it_is_and_catches_up_when_it_is_resumed()
    {
        var before = Revision((await GetAsync(Scene.GitRepository))!);
        await MergeAsync(Scene.Kustomization, """{"spec":{"suspend":true},"metadata":{"annotations":{"reconcile.fluxcd.io/requestedAt":"suspended"}}}""");
        await UntilAsync(Scene.Kustomization, found => (string?)found["status"]?["lastHandledReconcileAt"] == "suspended", "the suspension is seen");
        await Scene.PushTag("v0.6.0", Cancel);
        var source = await UntilAsync(Scene.GitRepository, found => Revision(found) is { Length: > 0 } now && now != before, "the update is committed and fetched");

        Assert.Equal(before, (string?)(await GetAsync(Scene.Kustomization))?["status"]?["lastAppliedRevision"]);
        await MergeAsync(Scene.Kustomization, """{"spec":{"suspend":false}}""");

        await UntilRolledOutAsync("v0.6.0");
        await UntilAsync(
            Scene.Kustomization, found => (string?)found["status"]?["lastAppliedRevision"] == Revision(source), "the new revision is applied");
    }

    [Fact]
    public async Task A_deleted_kustomization_takes_with_it_what_it_applied()
    {
        await Sandbox.Client.DeleteAsync(Scene.Kustomization, null, Cancel);

        foreach (var path in (ResourcePath[])[Scene.Kustomization, Scene.Deployment, Scene.Service])
        {
            await Eventually.TrueAsync(async () => await GetAsync(path) is null, $"{path} is gone");
        }

        Assert.NotNull(await GetAsync(Scene.GitRepository));
    }

    /// <summary>Servers before 1.22 do not tell in managedFields that somebody scaled.</summary>
    [Fact]
    public async Task A_scaled_deployment_is_scaled_back()
    {
        await UntilAsync(Scene.Kustomization, IsObserved, "the deployment is applied");

        await MergeAsync(Scene.Deployment.Sub("scale"), """{"spec":{"replicas":0}}""");

        await UntilAsync(Scene.Deployment, found => (int?)found["spec"]?["replicas"] == 3, "three replicas are asked for again");
    }

    private static bool IsObserved(JsonObject found) =>
        (long?)found["status"]?["observedGeneration"] == (long?)found["metadata"]?["generation"];
}
