using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Resources;

namespace GitOpsToolkit.Sandbox.ApiServer.Rights;

/// <summary>One rule of a role.</summary>
internal sealed record PolicyRule(string[] Verbs, string[] Groups, string[] Resources, string[] Names, string[] Urls)
{
    private const string Any = "*";

    public static IReadOnlyList<PolicyRule> AllOf(JsonObject role) =>
        [.. (role.List("rules") ?? []).OfType<JsonObject>().Select(From)];

    public static PolicyRule From(JsonObject rule) => new(
        [.. rule.Texts("verbs")],
        [.. rule.Texts("apiGroups")],
        [.. rule.Texts("resources")],
        [.. rule.Texts("resourceNames")],
        [.. rule.Texts("nonResourceURLs")]);

    public bool Allows(AccessRequest request)
    {
        if (!Has(Verbs, request.Verb))
        {
            return false;
        }

        return request.Path is { } path
            ? Array.Exists(Urls, url => UrlCovers(url, path))
            : Has(Groups, request.Group) && AllowsResource(request) && (Names.Length == 0 || Names.Contains(request.Name, StringComparer.Ordinal));
    }

    /// <summary>Whether this rule grants all that an atomic one (one verb on one resource or path) does.</summary>
    public bool Covers(PolicyRule atom)
    {
        if (!Has(Verbs, atom.Verbs[0]))
        {
            return false;
        }

        if (atom.Urls.Length > 0)
        {
            return Array.Exists(Urls, url => UrlCovers(url, atom.Urls[0]));
        }

        return Has(Groups, atom.Groups[0])
            && CoversResource(atom.Resources[0])
            && (Names.Length == 0 || atom.Names.Length > 0 && Names.Contains(atom.Names[0], StringComparer.Ordinal));
    }

    /// <summary>The same grants in rules of one verb on one resource (of one name) or one path each.</summary>
    public IEnumerable<PolicyRule> Atoms()
    {
        foreach (var (group, resource) in Groups.SelectMany(_ => Resources, (g, r) => (g, r)))
        {
            foreach (var verb in Verbs)
            {
                if (Names.Length == 0)
                {
                    yield return new([verb], [group], [resource], [], []);
                }

                foreach (var name in Names)
                {
                    yield return new([verb], [group], [resource], [name], []);
                }
            }
        }

        foreach (var (url, verb) in Urls.SelectMany(_ => Verbs, (u, v) => (u, v)))
        {
            yield return new([verb], [], [], [], [url]);
        }
    }

    /// <summary>The short form of the server's messages: <c>{APIGroups:["apps"], Resources:["deployments"], Verbs:["get" "list"]}</c>.</summary>
    public override string ToString()
    {
        (string Title, string[] Values)[] parts =
            [("APIGroups", Groups), ("Resources", Resources), ("NonResourceURLs", Urls), ("ResourceNames", Names), ("Verbs", Verbs)];
        return "{" + string.Join(", ", parts.Where(p => p.Values.Length > 0).Select(p => $"{p.Title}:{Quoted(p.Values)}")) + "}";
    }

    /// <summary>Strings as Go's <c>%q</c> prints a slice of them.</summary>
    public static string Quoted(IEnumerable<string> values) =>
        "[" + string.Join(' ', values.Select(v => $"\"{v.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"")) + "]";

    private static bool Has(string[] values, string wanted)
    {
        foreach (var value in values)
        {
            if (value == Any || value == wanted)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A resource of the rule is everything (<c>*</c>), the very resource, or a subresource of all (<c>*/scale</c>).</summary>
    private bool AllowsResource(AccessRequest request)
    {
        foreach (var resource in Resources)
        {
            if (resource == Any || (request.Subresource.Length == 0 ? resource == request.Resource : IsSubresource(resource, request)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsSubresource(string resource, AccessRequest request)
    {
        var slash = resource.IndexOf('/', StringComparison.Ordinal);
        return slash > 0
            && resource.AsSpan(slash + 1).SequenceEqual(request.Subresource)
            && (resource.AsSpan(0, slash).SequenceEqual(request.Resource) || resource.AsSpan(0, slash).SequenceEqual(Any));
    }

    private bool CoversResource(string wanted)
    {
        var slash = wanted.IndexOf('/', StringComparison.Ordinal);
        return Has(Resources, wanted) || slash >= 0 && Resources.Contains(Any + wanted[slash..], StringComparer.Ordinal);
    }

    private static bool UrlCovers(string url, string wanted) =>
        url == wanted || url.EndsWith('*') && wanted.StartsWith(url.TrimEnd('*'), StringComparison.Ordinal);
}
