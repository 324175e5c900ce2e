using GitOpsToolkit.Sandbox.Story;
using Xunit;

namespace GitOpsToolkit.Integration.Tests;

/// <summary>The API server goes away under running controllers, and comes back.</summary>
[Collection(Machine.Collection)]
public sealed class RestartJourneyTests : BegunStory
{
    [Fact]
    public async Task The_loop_goes_on_after_the_API_server_was_away()
    {
        Assert.SkipWhen(TestCluster.IsGiven, "a cluster that was given by KUBECONFIG cannot be restarted from here");
        var down = Sandbox.Cluster.RestartAsync(Cancel);
        // Pushed while nobody can be told of it.
        await Scene.PushTag("v0.6.0", Cancel);
        await down;

        await UntilRolledOutAsync("v0.6.0");
        await Sandbox.Client.DeleteAsync(Scene.Service, null, Cancel);
        await UntilAsync(Scene.Service, _ => true, "the deleted Service is back");

        await Sandbox.Cluster.RestartAsync(Cancel);
        await Scene.PushTag("v0.6.1", Cancel);
        await UntilRolledOutAsync("v0.6.1");
        foreach (var path in Scene.ToolkitObjects)
        {
            await UntilAsync(path, found => Conditions.Ready(found) is null, $"{path} is Ready");
        }

        var log = await RepositoryLog.ReadAsync(State);
        Assert.Equal(["Update images", "Update images", "Add devops-solutions-map"], log.Select(commit => commit.Subject));
        Assert.False(Sandbox.Stopped(Cancel).IsCompleted);
    }
}
