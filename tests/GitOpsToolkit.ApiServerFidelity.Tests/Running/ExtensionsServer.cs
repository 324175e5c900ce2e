using GitOpsToolkit.Sandbox.ControlPlanes;

namespace GitOpsToolkit.ApiServerFidelity.Tests.Running;

/// <summary>
/// The newest server of custom resources, as tests/cluster/extensions-apiserver.sh builds it: a second opinion where the real cluster is
/// too old to have one.
/// </summary>
internal static class ExtensionsServer
{
    /// <summary>Its program; null if there is none, and why.</summary>
    public static string? Find(out string missing)
    {
        var cache = Environment.GetEnvironmentVariable("GITOPS_EXTENSIONS_APISERVER") is { Length: > 0 } named
            ? named
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "gitops-toolkit", "extensions-apiserver");
        var newest = !Directory.Exists(cache) ? null : Directory.EnumerateDirectories(cache)
            .Select(folder => (Program: Path.Combine(folder, "apiextensions-apiserver"), Version: Version.TryParse(Path.GetFileName(folder), out var v) ? v : null))
            .Where(found => found.Version is not null && File.Exists(found.Program))
            .MaxBy(found => found.Version).Program;
        missing = newest is null ? $"there is no server of custom resources in {cache}: run tests/cluster/extensions-apiserver.sh" : "";
        return newest;
    }

    /// <summary>Starts it, with an etcd of its own.</summary>
    public static async Task<ControlPlane?> StartAsync(CancellationToken ct)
    {
        if (Find(out _) is not { } program || ControlPlaneBinaries.Find(out _) is not { } others)
        {
            return null;
        }

        return await ControlPlane.StartAsync(new() { Binaries = new(others.Etcd, program, null), ControllerManager = false }, ct);
    }
}
