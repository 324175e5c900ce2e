using System.Text.Json;

namespace GitOpsToolkit.Kubernetes;

/// <summary>Reads what kinds a server has: two aggregated documents where it offers them, else one a group and version.</summary>
internal static class Discovery
{
    /// <summary>Reads all kinds. A group whose backend is away is left out; that the others are known matters more.</summary>
    public static async Task<IReadOnlyCollection<ResourceInfo>> ReadAsync(KubeClient client, CancellationToken cancellation)
    {
        var found = new Dictionary<GroupVersionKind, ResourceInfo>();
        foreach (var root in (string[])["api", "apis"])
        {
            var document = await client.GetRawAsync(root, MediaTypes.AggregatedDiscovery, cancellation);
            if (document.Text("kind") == "APIGroupDiscoveryList")
            {
                ReadAggregated(document, found);
            }
            else
            {
                await ReadGroupsAsync(client, root, document, found, cancellation);
            }
        }

        return found.Values;
    }

    private static void ReadAggregated(JsonElement document, Dictionary<GroupVersionKind, ResourceInfo> found)
    {
        foreach (var group in document.Array("items"))
        {
            var name = group.Member("metadata").Text("name");
            foreach (var version in group.Array("versions"))
            {
                foreach (var resource in version.Array("resources"))
                {
                    var kind = new GroupVersionKind(name, version.Text("version"), resource.Member("responseKind").Text("kind"));
                    var subresources = resource.Array("subresources").Select(s => s.Text("subresource")).ToArray();
                    found[kind] = new ResourceInfo(
                        kind, resource.Text("resource"), resource.Text("scope") == "Namespaced", resource.Texts("verbs"), subresources);
                }
            }
        }
    }

    private static async Task ReadGroupsAsync(
        KubeClient client, string root, JsonElement document, Dictionary<GroupVersionKind, ResourceInfo> found, CancellationToken cancellation)
    {
        var versions = root == "api"
            ? document.Texts("versions").Select(version => (Group: string.Empty, Version: version))
            : document.Array("groups").SelectMany(group => group.Array("versions").Select(v => (Group: group.Text("name"), Version: v.Text("version"))));
        foreach (var (group, version) in versions)
        {
            var path = group.Length == 0 ? $"api/{version}" : $"apis/{Uri.EscapeDataString(group)}/{Uri.EscapeDataString(version)}";
            try
            {
                ReadResources(group, version, await client.GetRawAsync(path, MediaTypes.Json, cancellation), found);
            }
            catch (ApiException error) when (error.IsNotFound || error.IsTransient)
            {
                // An aggregated API without its backend, or a group that went away between the two requests.
            }
        }
    }

    private static void ReadResources(string group, string version, JsonElement list, Dictionary<GroupVersionKind, ResourceInfo> found)
    {
        var subresources = list.Array("resources").Select(r => r.Text("name").Split('/', 2)).Where(parts => parts.Length == 2)
            .ToLookup(parts => parts[0], parts => parts[1], StringComparer.Ordinal);
        foreach (var resource in list.Array("resources"))
        {
            var plural = resource.Text("name");
            if (plural.Contains('/', StringComparison.Ordinal))
            {
                continue;
            }

            var kind = new GroupVersionKind(group, version, resource.Text("kind"));
            found[kind] = new ResourceInfo(kind, plural, resource.Flag("namespaced"), resource.Texts("verbs"), [.. subresources[plural]]);
        }
    }
}
