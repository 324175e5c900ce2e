using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Sandbox;
using GitOpsToolkit.Sandbox.Story;
using GitOpsToolkit.Sandbox.Story.Acts;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Integration.Tests;

/// <summary>A sandbox in which the story has begun: 3 pods run what Git says, and the five objects are Ready.</summary>
public abstract class BegunStory : IAsyncLifetime
{
    private readonly TempDirectory _state = new();
    private readonly StringWriter _output = new();

    private protected SandboxEnvironment Sandbox { get; private set; } = null!;

    private protected Scene Scene { get; private set; } = null!;

    private protected string State => _state.Path;

    private protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Sandbox = await SandboxEnvironment.StartAsync(TestCluster.Options(_state), Cancel);
        Scene = Sandbox.SetScene(new Timeline(_output, TimeProvider.System));
        await Scene.Checkout.CloneAsync(Cancel);
        try
        {
            await new Beginning().PlayAsync(Scene, Cancel);
        }
        catch (StoryFailedException error)
        {
            var states = await Task.WhenAll(Scene.ToolkitObjects.Select(async path => $"{path}: {(await GetAsync(path))?["status"]?.ToJsonString()}"));
            throw new InvalidOperationException($"{error.Message}\n{_output}\n{string.Join('\n', states)}", error);
        }
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (Sandbox is not null)
        {
            await Sandbox.DisposeAsync();
        }

        await _output.DisposeAsync();
        _state.Dispose();
    }

    private protected Task<JsonObject?> GetAsync(ResourcePath path) => Sandbox.Client.GetAsync(path, Cancel);

    private protected Task<JsonObject> MergeAsync(ResourcePath path, string patch) =>
        Sandbox.Client.MergePatchAsync(path, JsonNode.Parse(patch)!.AsObject(), null, Cancel);

    private protected Task<JsonObject> UntilAsync(ResourcePath path, Func<JsonObject, bool> holds, string what) =>
        Eventually.GetAsync(async () => await GetAsync(path) is { } found && holds(found) ? found : null, what, TestCluster.Patience);

    private protected Task UntilRolledOutAsync(string tag) =>
        Scene.Cluster.UntilAsync(Scene.Deployment, Conditions.RolledOut(Scene.Image(tag)), TestCluster.Patience, Cancel);

    private protected static string Revision(JsonObject source) => (string?)source["status"]?["artifact"]?["revision"] ?? "";

    private protected static string Applied(JsonObject kustomization) => (string?)kustomization["status"]?["lastAppliedRevision"] ?? "";

    private protected static string Elected(JsonObject policy) => (string?)policy["status"]?["latestRef"]?["tag"] ?? "";

    private protected static string Pushed(JsonObject automation) => (string?)automation["status"]?["lastPushCommit"] ?? "";
}
