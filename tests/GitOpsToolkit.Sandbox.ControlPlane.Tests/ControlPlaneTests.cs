using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Sandbox.ControlPlanes.Tests;

public sealed class ControlPlaneTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Starts_answers_and_is_gone_afterwards()
    {
        var options = Options();
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var plane = await ControlPlane.StartAsync(options, Cancel);
        TestContext.Current.SendDiagnosticMessage($"started in {watch.Elapsed}");
        await using (plane)
        {
            Assert.InRange(plane.ServerVersion, new Version(1, 20), new Version(2, 0));
            var client = plane.Connect();
            await client.CreateAsync(ResourcePath.Core("namespaces"), new JsonObject { ["metadata"] = new JsonObject { ["name"] = "shop" } }, null, Cancel);
            Assert.NotNull(await client.GetAsync(ResourcePath.Core("namespaces", null, "shop"), Cancel));
        }

        Assert.All(plane.ProcessIds, id => Assert.False(IsAlive(id)));
        Assert.False(File.Exists(plane.CertificateAuthorityPath));
    }

    private static ControlPlaneOptions Options()
    {
        Assert.SkipWhen(ControlPlaneBinaries.Find(out var missing) is null, missing);
        return new() { Binaries = ControlPlaneBinaries.Find(out _)! };
    }

    private static bool IsAlive(int id) => Directory.Exists($"/proc/{id}");
}
