using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Resources;

namespace GitOpsToolkit.Sandbox.ApiServer.Discovery;

/// <summary>The documents that tell which groups, versions and resources there are.</summary>
internal sealed class DiscoveryDocuments(ResourceRegistry registry, Func<string> address)
{
    private static readonly string[] SubresourceVerbs = ["get", "patch", "update"];

    public static JsonObject Version() => new()
    {
        ["major"] = "1",
        ["minor"] = "33",
        ["gitVersion"] = "v1.33.0-sandbox",
        ["gitCommit"] = "",
        ["gitTreeState"] = "clean",
        ["buildDate"] = "2025-04-23T00:00:00Z",
        ["goVersion"] = "none",
        ["compiler"] = "dotnet",
        ["platform"] = "linux/amd64",
    };

    public JsonObject Versions() => new()
    {
        ["kind"] = "APIVersions",
        ["versions"] = new JsonArray("v1"),
        ["serverAddressByClientCIDRs"] = new JsonArray(new JsonObject { ["clientCIDR"] = "0.0.0.0/0", ["serverAddress"] = address() }),
    };

    public JsonObject Groups() => new()
    {
        ["kind"] = "APIGroupList",
        ["apiVersion"] = "v1",
        ["groups"] = new JsonArray([.. registry.Groups().Where(g => g.Group.Length > 0).Select(g => Group(g.Group, g.Versions))]),
    };

    public JsonObject? Group(string name)
    {
        var found = registry.Groups().FirstOrDefault(g => g.Group == name && name.Length > 0);
        if (found.Versions is null)
        {
            return null;
        }

        var group = Group(found.Group, found.Versions);
        group.Insert(0, "kind", "APIGroup");
        group.Insert(1, "apiVersion", "v1");
        return group;
    }

    public JsonObject? Resources(string group, string version)
    {
        if (!registry.HasGroupVersion(group, version))
        {
            return null;
        }

        var resources = new JsonArray();
        foreach (var resource in In(group, version))
        {
            resources.Add((JsonNode)Resource(resource));
            foreach (var sub in Subresources(resource))
            {
                resources.Add((JsonNode)sub);
            }
        }

        var list = new JsonObject { ["kind"] = "APIResourceList" };
        if (group.Length > 0)
        {
            list["apiVersion"] = "v1";
        }

        list["groupVersion"] = group.Length == 0 ? version : $"{group}/{version}";
        list["resources"] = resources;
        return list;
    }

    public JsonObject Aggregated(bool legacy, string version) => new()
    {
        ["kind"] = "APIGroupDiscoveryList",
        ["apiVersion"] = $"apidiscovery.k8s.io/{version}",
        ["metadata"] = new JsonObject(),
        ["items"] = new JsonArray(
        [
            .. registry.Groups().Where(g => g.Group.Length == 0 == legacy).Select(g => new JsonObject
            {
                ["metadata"] = new JsonObject { ["name"] = g.Group, ["creationTimestamp"] = null },
                ["versions"] = new JsonArray(
                [
                    .. g.Versions.Select(v => new JsonObject
                    {
                        ["version"] = v,
                        ["resources"] = new JsonArray([.. In(g.Group, v).Select(AggregatedResource)]),
                        ["freshness"] = "Current",
                    }),
                ]),
            }),
        ]),
    };

    public JsonObject Paths() => new()
    {
        ["paths"] = new JsonArray(
        [
            "/api", "/api/v1", "/apis",
            .. registry.Groups().Where(g => g.Group.Length > 0).SelectMany(g => g.Versions.Select(v => JsonValue.Create($"/apis/{g.Group}/{v}"))),
            "/healthz", "/livez", "/openapi/v2", "/openapi/v3", "/readyz", "/version",
        ]),
    };

    private IEnumerable<ResourceDefinition> In(string group, string version) =>
        registry.All.Where(d => d.Group == group && d.Version == version).OrderBy(d => d.Plural, StringComparer.Ordinal);

    private static JsonObject Group(string name, IReadOnlyList<string> versions)
    {
        JsonObject Entry(string version) => new() { ["groupVersion"] = $"{name}/{version}", ["version"] = version };
        return new()
        {
            ["name"] = name,
            ["versions"] = new JsonArray([.. versions.Select(Entry)]),
            ["preferredVersion"] = Entry(versions[0]),
        };
    }

    private static JsonObject Resource(ResourceDefinition resource)
    {
        var entry = new JsonObject
        {
            ["name"] = resource.Plural,
            ["singularName"] = resource.Singular,
            ["namespaced"] = resource.Namespaced,
            ["kind"] = resource.Kind,
            ["verbs"] = Texts(resource.Verbs),
        };
        if (resource.ShortNames.Count > 0)
        {
            entry["shortNames"] = Texts(resource.ShortNames);
        }

        if (resource.Categories.Count > 0)
        {
            entry["categories"] = Texts(resource.Categories);
        }

        if (resource is { IsVirtual: false, Verbs: not [] })
        {
            entry["storageVersionHash"] = StorageVersionHash(resource);
        }

        return entry;
    }

    /// <summary>Changes when the version changes in which objects are stored.</summary>
    private static string StorageVersionHash(ResourceDefinition resource)
    {
        var version = resource.StorageVersion.Length > 0 ? resource.StorageVersion : resource.Version;
        return Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes($"{resource.Group}/{version}/{resource.Kind}")).AsSpan(0, 8));
    }

    private static IEnumerable<JsonObject> Subresources(ResourceDefinition resource)
    {
        foreach (var sub in AllSubresources(resource))
        {
            var entry = new JsonObject
            {
                ["name"] = $"{resource.Plural}/{sub.Name}",
                ["singularName"] = "",
                ["namespaced"] = resource.Namespaced,
            };
            if (sub.Version.Length > 0)
            {
                entry["group"] = sub.Group;
                entry["version"] = sub.Version;
            }

            entry["kind"] = sub.Kind;
            entry["verbs"] = Texts(sub.Verbs);
            yield return entry;
        }
    }

    private static JsonObject AggregatedResource(ResourceDefinition resource)
    {
        var entry = new JsonObject
        {
            ["resource"] = resource.Plural,
            ["responseKind"] = Kind(resource.Group, resource.Version, resource.Kind),
            ["scope"] = resource.Namespaced ? "Namespaced" : "Cluster",
            ["singularResource"] = resource.Singular,
            ["verbs"] = Texts(resource.Verbs),
        };
        if (resource.ShortNames.Count > 0)
        {
            entry["shortNames"] = Texts(resource.ShortNames);
        }

        if (resource.Categories.Count > 0)
        {
            entry["categories"] = Texts(resource.Categories);
        }

        var subs = AllSubresources(resource).Select(s => new JsonObject
        {
            ["subresource"] = s.Name,
            ["responseKind"] = s.Version.Length > 0 ? Kind(s.Group, s.Version, s.Kind) : Kind(resource.Group, resource.Version, s.Kind),
            ["verbs"] = Texts(s.Verbs),
        }).ToList();
        if (subs.Count > 0)
        {
            entry["subresources"] = new JsonArray([.. subs]);
        }

        return entry;
    }

    private static IEnumerable<Subresource> AllSubresources(ResourceDefinition resource)
    {
        foreach (var other in resource.Others)
        {
            yield return other;
        }

        var status = resource.HasStatus ? new Subresource("status", "", "", resource.Kind, SubresourceVerbs) : null;
        var scale = resource.HasScale ? new Subresource("scale", "autoscaling", "v1", "Scale", SubresourceVerbs) : null;
        foreach (var sub in resource.Custom is null ? new[] { scale, status } : [status, scale])
        {
            if (sub is not null)
            {
                yield return sub;
            }
        }
    }

    private static JsonObject Kind(string group, string version, string kind) => new() { ["group"] = group, ["version"] = version, ["kind"] = kind };

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(t => JsonValue.Create(t))]);
}
