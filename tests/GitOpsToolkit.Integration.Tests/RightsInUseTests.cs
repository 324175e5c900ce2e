using System.Collections.Concurrent;
using System.Net;
using GitOpsToolkit.Manager.Flags;
using GitOpsToolkit.Sandbox;
using GitOpsToolkit.Sandbox.Clusters;
using GitOpsToolkit.Sandbox.Story;
using GitOpsToolkit.Sandbox.Story.Acts;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Integration.Tests;

/// <summary>The roles in config/rbac allow all that the controllers ask of the API server, and not more than they may come to ask.</summary>
[Collection(Machine.Collection)]
public sealed class RightsInUseTests
{
    /// <summary>The kustomize-controller is bound to cluster-admin, for it applies anything.</summary>
    private static readonly string[] Controllers = [ControllerNames.Source, ControllerNames.ImageReflector, ControllerNames.ImageAutomation];

    [Fact]
    public async Task Every_request_of_a_controller_is_allowed_by_its_role()
    {
        using var state = new TempDirectory();
        var cancel = TestContext.Current.CancellationToken;
        var requests = new ConcurrentQueue<ControllerRequest>();
        await using var sandbox = await SandboxEnvironment.StartAsync(TestCluster.Options(state) with { OnControllerRequest = requests.Enqueue }, cancel);
        using var output = new StringWriter();
        var scene = sandbox.SetScene(new Timeline(output, TimeProvider.System));
        await scene.Checkout.CloneAsync(cancel);
        await new Beginning().PlayAsync(scene, cancel);

        Assert.Empty(requests.Where(request => request.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden));
        foreach (var controller in Controllers)
        {
            var used = requests.Where(request => request.Controller == controller).Select(Right.Of).OfType<Right>().ToHashSet();
            Assert.NotEmpty(used);
            Assert.Empty(used.Except(Right.GrantedTo(controller)));
        }
    }
}
