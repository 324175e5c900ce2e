using System.Collections;

namespace GitOpsToolkit.Sandbox.ControlPlanes;

/// <summary>The programs of a real control plane on this machine.</summary>
/// <param name="Etcd">The store.</param>
/// <param name="ApiServer">The API server.</param>
/// <param name="ControllerManager">What turns Deployments into pods, collects garbage and empties namespaces; null where there is none.</param>
public sealed record ControlPlaneBinaries(string Etcd, string ApiServer, string? ControllerManager)
{
    private const string EtcdName = "etcd";
    private const string ApiServerName = "kube-apiserver";
    private const string ControllerManagerName = "kube-controller-manager";

    /// <summary>Finds them by this process's environment.</summary>
    /// <param name="missing">Why there are none and what to do; empty where there are.</param>
    public static ControlPlaneBinaries? Find(out string missing) =>
        Find(
            Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value!),
            out missing);

    /// <summary>
    /// Finds them in the folder that <c>KUBEBUILDER_ASSETS</c> names; else the newest in the cache, which is <c>GITOPS_CONTROL_PLANE</c>
    /// or <c>~/.cache/gitops-toolkit/control-plane</c> and holds one folder a version.
    /// </summary>
    /// <param name="environment">The environment variables.</param>
    /// <param name="missing">Why there are none and what to do; empty where there are.</param>
    public static ControlPlaneBinaries? Find(IReadOnlyDictionary<string, string> environment, out string missing)
    {
        ArgumentNullException.ThrowIfNull(environment);
        missing = "";
        if (environment.GetValueOrDefault("KUBEBUILDER_ASSETS") is { Length: > 0 } assets)
        {
            var named = In(assets);
            missing = named is null ? $"KUBEBUILDER_ASSETS names {assets}, which holds no {EtcdName} and {ApiServerName}: put both there, or unset it" : "";
            return named;
        }

        var cache = CacheIn(environment);
        var newest = VersionsIn(cache).Select(In).FirstOrDefault(found => found is not null);
        missing = newest is null ? $"there is no control plane in {cache}: run make control-plane, or set KUBEBUILDER_ASSETS" : "";
        return newest;
    }

    private static string CacheIn(IReadOnlyDictionary<string, string> environment) =>
        environment.GetValueOrDefault("GITOPS_CONTROL_PLANE") is { Length: > 0 } named
            ? named
            : Path.Combine(environment.GetValueOrDefault("HOME") ?? "", ".cache", "gitops-toolkit", "control-plane");

    private static IEnumerable<string> VersionsIn(string cache) => !Directory.Exists(cache)
        ? []
        : Directory.EnumerateDirectories(cache)
            .Select(folder => (Folder: folder, Version: Version.TryParse(Path.GetFileName(folder), out var version) ? version : null))
            .Where(found => found.Version is not null)
            .OrderByDescending(found => found.Version)
            .Select(found => found.Folder);

    private static ControlPlaneBinaries? In(string folder)
    {
        string? Program(string name) => Path.Combine(folder, name) is var path && File.Exists(path) ? path : null;
        return Program(EtcdName) is { } etcd && Program(ApiServerName) is { } server ? new(etcd, server, Program(ControllerManagerName)) : null;
    }
}
