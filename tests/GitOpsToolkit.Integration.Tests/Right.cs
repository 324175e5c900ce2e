using GitOpsToolkit.Sandbox.Clusters;
using GitOpsToolkit.TestKit;
using GitOpsToolkit.Yaml;

namespace GitOpsToolkit.Integration.Tests;

/// <summary>One right as RBAC has them.</summary>
/// <param name="Group">The API group; empty for the core group.</param>
/// <param name="Resource">The resource's plural, with its subresource.</param>
/// <param name="Verb">Such as <c>list</c>.</param>
internal sealed record Right(string Group, string Resource, string Verb)
{
    /// <summary>The right that a request needs; null off the paths of resources.</summary>
    public static Right? Of(ControllerRequest request)
    {
        var parts = request.Path.Split('?')[0].Trim('/').Split('/');
        var isGrouped = parts[0] == "apis";
        if (parts.Length < (isGrouped ? 4 : 3) || parts[0] is not ("api" or "apis"))
        {
            return null;
        }

        var rest = parts[(isGrouped ? 3 : 2)..];
        if (rest is ["namespaces", _, _, ..])
        {
            rest = rest[2..];
        }

        var resource = rest.Length > 2 ? $"{rest[0]}/{rest[2]}" : rest[0];
        return new Right(isGrouped ? parts[1] : "", resource, VerbOf(request, hasName: rest.Length > 1));
    }

    /// <summary>What config/rbac gives to a controller: its own role, and what leader election needs.</summary>
    public static HashSet<Right> GrantedTo(string controller)
    {
        var rules = new[] { $"{controller}-controller.yaml", "leader-election.yaml" }
            .SelectMany(file => YamlReader.ReadAll(File.ReadAllText(SourceTree.At($"config/rbac/{file}"))))
            .Where(document => (string)document.Root!["kind"]! is "ClusterRole" or "Role")
            .SelectMany(document => document.Root!["rules"]!.AsArray());
        return
        [
            .. from rule in rules
               from resourceGroup in rule["apiGroups"]!.AsArray()
               from resource in rule["resources"]!.AsArray()
               from verb in rule["verbs"]!.AsArray()
               select new Right((string)resourceGroup!, (string)resource!, (string)verb!),
        ];
    }

    private static string VerbOf(ControllerRequest request, bool hasName) => request.Method.Method switch
    {
        "GET" when request.Path.Contains("watch=true", StringComparison.Ordinal) => "watch",
        "GET" => hasName ? "get" : "list",
        "POST" => "create",
        "PUT" => "update",
        "PATCH" => "patch",
        _ => hasName ? "delete" : "deletecollection",
    };
}
