using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Sandbox;
using GitOpsToolkit.Sandbox.Story;
using GitOpsToolkit.Sandbox.Story.Acts;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Integration.Tests;

/// <summary>What users do with a running loop, across all controllers.</summary>
[Collection(Machine.Collection)]
public sealed class JourneyTests : IAsyncLifetime
{
    private readonly TempDirectory _state = new();
    private readonly StringWriter _output = new();
    private SandboxEnvironment _sandbox = null!;
    private Scene _scene = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _sandbox = await SandboxEnvironment.StartAsync(new SandboxOptions { StateDirectory = _state.Path }, Cancel);
        _scene = _sandbox.SetScene(new Timeline(_output, TimeProvider.System));
        await _scene.Checkout.CloneAsync(Cancel);
        try
        {
            await new Beginning().PlayAsync(_scene, Cancel);
        }
        catch (StoryFailedException error)
        {
            var states = await Task.WhenAll(Scene.ToolkitObjects.Select(async path => $"{path}: {(await GetAsync(path))?["status"]?.ToJsonString()}"));
            throw new InvalidOperationException($"{error.Message}\n{_output}\n{string.Join('\n', states)}", error);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_sandbox is not null)
        {
            await _sandbox.DisposeAsync();
        }

        await _output.DisposeAsync();
        _state.Dispose();
    }

    [Fact]
    public async Task Another_range_of_versions_leads_to_a_commit_and_a_rollout()
    {
        await MergeAsync(Scene.ImagePolicy, """{"spec":{"policy":{"semver":{"range":"0.5.x"}}}}""");
        await UntilAsync(Scene.ImagePolicy, IsObserved, "the policy has seen its range");
        await _scene.PushTag("v0.6.0", Cancel);
        await UntilAsync(Scene.ImageRepository, found => (int?)found["status"]?["lastScanResult"]?["tagCount"] == 2, "both tags are scanned");
        Assert.Equal("v0.5.0", (string?)(await GetAsync(Scene.ImagePolicy))?["status"]?["latestRef"]?["tag"]);

        await MergeAsync(Scene.ImagePolicy, """{"spec":{"policy":{"semver":{"range":">=0.5.0"}}}}""");

        await _scene.Cluster.UntilAsync(Scene.Deployment, Conditions.RolledOut(_scene.Image("v0.6.0")), Scene.Patience, Cancel);
        var automation = await UntilAsync(Scene.ImageUpdateAutomation, found => Pushed(found).Length > 0, "a commit is pushed");
        await UntilAsync(Scene.GitRepository, found => Revision(found).EndsWith(Pushed(automation), StringComparison.Ordinal), "the commit is fetched");
    }

    [Fact]
    public async Task What_is_suspended_stays_as_it_is_and_catches_up_when_it_is_resumed()
    {
        var before = Revision((await GetAsync(Scene.GitRepository))!);
        await MergeAsync(Scene.Kustomization, """{"spec":{"suspend":true}}""");
        await _scene.PushTag("v0.6.0", Cancel);
        var source = await UntilAsync(Scene.GitRepository, found => Revision(found) is { Length: > 0 } now && now != before, "the update is committed and fetched");

        Assert.Equal(before, (string?)(await GetAsync(Scene.Kustomization))?["status"]?["lastAppliedRevision"]);
        await MergeAsync(Scene.Kustomization, """{"spec":{"suspend":false}}""");

        await _scene.Cluster.UntilAsync(Scene.Deployment, Conditions.RolledOut(_scene.Image("v0.6.0")), Scene.Patience, Cancel);
        await UntilAsync(
            Scene.Kustomization, found => (string?)found["status"]?["lastAppliedRevision"] == Revision(source), "the new revision is applied");
    }

    [Fact]
    public async Task A_deleted_kustomization_takes_with_it_what_it_applied()
    {
        await _sandbox.Client.DeleteAsync(Scene.Kustomization, null, Cancel);

        foreach (var path in (ResourcePath[])[Scene.Kustomization, Scene.Deployment, Scene.Service])
        {
            await Eventually.TrueAsync(async () => await GetAsync(path) is null, $"{path} is gone");
        }

        Assert.NotNull(await GetAsync(Scene.GitRepository));
    }

    private Task<JsonObject?> GetAsync(ResourcePath path) => _sandbox.Client.GetAsync(path, Cancel);

    private Task<JsonObject> MergeAsync(ResourcePath path, string patch) =>
        _sandbox.Client.MergePatchAsync(path, JsonNode.Parse(patch)!.AsObject(), null, Cancel);

    private Task<JsonObject> UntilAsync(ResourcePath path, Func<JsonObject, bool> holds, string what) =>
        Eventually.GetAsync(async () => await GetAsync(path) is { } found && holds(found) ? found : null, what);

    private static bool IsObserved(JsonObject found) =>
        (long?)found["status"]?["observedGeneration"] == (long?)found["metadata"]?["generation"];

    private static string Revision(JsonObject source) => (string?)source["status"]?["artifact"]?["revision"] ?? "";

    private static string Pushed(JsonObject automation) => (string?)automation["status"]?["lastPushCommit"] ?? "";
}
