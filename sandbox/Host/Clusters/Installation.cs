using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Kustomize;
using GitOpsToolkit.Kustomize.Loader;
using GitOpsToolkit.Sandbox.ControlPlanes;

namespace GitOpsToolkit.Sandbox.Clusters;

/// <summary>
/// Installs what <c>config/default</c> holds (its files are part of this assembly) but for what would run the controllers once more: the
/// definitions of the toolkit's kinds, and the controllers' ServiceAccounts with their rights. Waits until the kinds are served.
/// </summary>
internal static class Installation
{
    /// <summary>Where the controllers' ServiceAccounts are.</summary>
    public const string Namespace = "flux-system";

    /// <summary>Marks the namespaces that a sandbox made.</summary>
    public const string Mark = "gitopstoolkit.dev/sandbox";

    private const string Folder = "config/";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>What is installed, in this order.</summary>
    private static readonly Dictionary<string, ResourcePath> Kinds = new(StringComparer.Ordinal)
    {
        ["CustomResourceDefinition"] = new("apiextensions.k8s.io", "v1", "customresourcedefinitions"),
        ["Namespace"] = ResourcePath.Core("namespaces"),
        ["ServiceAccount"] = ResourcePath.Core("serviceaccounts"),
        ["ClusterRole"] = Rights("clusterroles"),
        ["ClusterRoleBinding"] = Rights("clusterrolebindings"),
        ["Role"] = Rights("roles"),
        ["RoleBinding"] = Rights("rolebindings"),
    };

    public static async Task InstallAsync(KubeClient client, CancellationToken cancellation)
    {
        var objects = Build();
        var version = await ServerVersions.ReadAsync(client, cancellation);
        foreach (var definition in objects.Where(found => found.Kind == "CustomResourceDefinition"))
        {
            OldServers.Adapt(definition.Body, version);
        }

        foreach (var found in objects)
        {
            await client.ApplyAsync(found.Path, found.Body, new WriteOptions { FieldManager = "sandbox", Force = true }, cancellation);
        }

        await UntilServedAsync(client, [.. objects.Where(found => found.Kind == "CustomResourceDefinition").Select(found => found.Path)], cancellation);
    }

    private static List<(string Kind, ResourcePath Path, JsonObject Body)> Build()
    {
        var order = Kinds.Keys.ToList();
        var found = new KustomizeBuilder(new MemoryFileSource(Files())).Build(Folder + "default").Resources
            .Where(resource => Kinds.ContainsKey(resource.Kind))
            .OrderBy(resource => order.IndexOf(resource.Kind))
            .Select(resource => (resource.Kind, Kinds[resource.Kind].At(new ObjectKey(resource.Namespace, resource.Name)), resource.Body))
            .ToList();
        foreach (var (_, _, body) in found.Where(item => item.Kind == "Namespace"))
        {
            body["metadata"]!["labels"]![Mark] = "true";
        }

        return found;
    }

    private static IEnumerable<KeyValuePair<string, string>> Files()
    {
        var assembly = typeof(Installation).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            yield return KeyValuePair.Create(name, reader.ReadToEnd());
        }
    }

    private static async Task UntilServedAsync(KubeClient client, IReadOnlyList<ResourcePath> definitions, CancellationToken cancellation)
    {
        using var timer = new CancellationTokenSource(Deadline, client.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellation);
        foreach (var path in definitions)
        {
            while (!IsEstablished(await client.GetAsync(path, either.Token)))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), client.Time, either.Token);
            }
        }
    }

    private static bool IsEstablished(JsonObject? definition) =>
        (definition?["status"]?["conditions"] as JsonArray)?.Any(
            condition => (string?)condition?["type"] == "Established" && (string?)condition["status"] == "True") == true;

    private static ResourcePath Rights(string plural) => new("rbac.authorization.k8s.io", "v1", plural);
}
