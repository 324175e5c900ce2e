using Xunit;

[assembly: AssemblyFixture(typeof(GitOpsToolkit.Sandbox.ControlPlanes.Tests.RealControlPlane))]

namespace GitOpsToolkit.Sandbox.ControlPlanes.Tests;

/// <summary>One control plane for the tests that only use it.</summary>
public sealed class RealControlPlane : IAsyncLifetime
{
    public const string DanaToken = "dana-token";

    private ControlPlane? _plane;

    /// <summary>The control plane; a test without one is skipped with the reason.</summary>
    public ControlPlane Plane
    {
        get
        {
            Assert.SkipWhen(_plane is null, Missing);
            return _plane!;
        }
    }

    /// <summary>Why there is none.</summary>
    public static string Missing => ControlPlaneBinaries.Find(out var missing) is null ? missing : "";

    /// <summary>The programs; a test without them is skipped with the reason.</summary>
    public static ControlPlaneBinaries Binaries
    {
        get
        {
            var found = ControlPlaneBinaries.Find(out var missing);
            Assert.SkipWhen(found is null, missing);
            return found!;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (ControlPlaneBinaries.Find(out _) is { } binaries)
        {
            _plane = await ControlPlane.StartAsync(new() { Binaries = binaries, Users = [new(DanaToken, "dana", "developers", "testers")] });
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_plane is not null)
        {
            await _plane.DisposeAsync();
        }
    }
}
