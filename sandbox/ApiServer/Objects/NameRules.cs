using GitOpsToolkit.Sandbox.ApiServer.Resources;
using GitOpsToolkit.Sandbox.Machinery;

namespace GitOpsToolkit.Sandbox.ApiServer.Objects;

/// <summary>Which names the objects of a resource may have.</summary>
internal static class NameRules
{
    public static IReadOnlyList<string> Check(ResourceDefinition resource, string name) => resource.Kind switch
    {
        "Namespace" when resource.Group.Length == 0 => Names.Label(name),
        "Service" when resource.Group.Length == 0 => Names.Label1035(name),
        "Role" or "RoleBinding" or "ClusterRole" or "ClusterRoleBinding" when resource.Group == "rbac.authorization.k8s.io" =>
            Names.PathSegment(name),
        _ => Names.Subdomain(name),
    };
}
