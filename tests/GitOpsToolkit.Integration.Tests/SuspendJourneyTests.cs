using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Sandbox.Story;
using Xunit;

namespace GitOpsToolkit.Integration.Tests;

/// <summary>Each of the five kinds can be suspended, and what it holds back comes through link by link as they are resumed.</summary>
[Collection(Machine.Collection)]
public sealed class SuspendJourneyTests : BegunStory
{
    [Fact]
    public async Task A_suspended_link_of_any_kind_holds_the_change_back_until_it_is_resumed()
    {
        foreach (var path in Scene.ToolkitObjects)
        {
            await MergeAsync(path, """{"spec":{"suspend":true},"metadata":{"annotations":{"reconcile.fluxcd.io/requestedAt":"now"}}}""");
            // The request is answered, for the one who waits for it; and nothing is done.
            await UntilAsync(path, found => (string?)found["status"]?["lastHandledReconcileAt"] == "now", $"{path} answers");
        }

        var before = Revision((await GetAsync(Scene.GitRepository))!);
        await MakeWitnessesAsync();
        await Scene.PushTag("v0.6.0", Cancel);

        // Those that are not suspended follow the change; by then the suspended ones would have, too.
        await UntilAsync(Witness(Scene.ImageRepository), SeesTag, "the witness of the registry sees the tag");
        Assert.False(SeesTag((await GetAsync(Scene.ImageRepository))!));
        await ResumeAsync(Scene.ImageRepository, SeesTag);

        await UntilAsync(Witness(Scene.ImagePolicy), found => Elected(found) == "v0.6.0", "the witness of the election elects the tag");
        Assert.Equal("v0.5.0", Elected((await GetAsync(Scene.ImagePolicy))!));
        await ResumeAsync(Scene.ImagePolicy, found => Elected(found) == "v0.6.0");

        Assert.Empty(Pushed((await GetAsync(Scene.ImageUpdateAutomation))!));
        var automation = await ResumeAsync(Scene.ImageUpdateAutomation, found => Pushed(found).Length > 0);

        bool HasCommit(JsonObject source) => Revision(source).EndsWith(Pushed(automation), StringComparison.Ordinal);
        await UntilAsync(Witness(Scene.GitRepository), HasCommit, "the witness of the repository has the commit");
        Assert.Equal(before, Revision((await GetAsync(Scene.GitRepository))!));
        var source = await ResumeAsync(Scene.GitRepository, HasCommit);

        Assert.Equal(before, Applied((await GetAsync(Scene.Kustomization))!));
        await ResumeAsync(Scene.Kustomization, found => Applied(found) == Revision(source));
        await UntilRolledOutAsync("v0.6.0");
    }

    private async Task<JsonObject> ResumeAsync(ResourcePath path, Func<JsonObject, bool> holds)
    {
        await MergeAsync(path, """{"spec":{"suspend":false}}""");
        return await UntilAsync(path, holds, $"{path} takes up what it missed");
    }

    /// <summary>Of the repository, the images and the election: the same again, under another name and not suspended.</summary>
    private async Task MakeWitnessesAsync()
    {
        foreach (var path in (ResourcePath[])[Scene.GitRepository, Scene.ImageRepository, Scene.ImagePolicy])
        {
            var found = (await GetAsync(path))!;
            var spec = found["spec"]!.DeepClone().AsObject();
            spec.Remove("suspend");
            var witness = new JsonObject
            {
                ["apiVersion"] = found["apiVersion"]!.DeepClone(),
                ["kind"] = found["kind"]!.DeepClone(),
                ["metadata"] = new JsonObject { ["name"] = Witness(path).Name, ["namespace"] = path.Namespace },
                ["spec"] = spec,
            };
            await Sandbox.Client.CreateAsync(path, witness, null, Cancel);
        }
    }

    private static ResourcePath Witness(ResourcePath path) => path with { Name = "witness" };

    private static bool SeesTag(JsonObject repository) =>
        repository["status"]?["lastScanResult"]?["latestTags"]?.AsArray().Any(tag => (string?)tag == "v0.6.0") == true;
}
