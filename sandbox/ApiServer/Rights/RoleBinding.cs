using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Auth;
using GitOpsToolkit.Sandbox.ApiServer.Resources;

namespace GitOpsToolkit.Sandbox.ApiServer.Rights;

/// <summary>A RoleBinding, or a ClusterRoleBinding where the namespace is empty.</summary>
internal sealed record RoleBinding(string Namespace, string Name, string RoleKind, string RoleName, IReadOnlyList<BindingSubject> Subjects)
{
    public static RoleBinding From(string space, string name, JsonObject tree) => new(
        space,
        name,
        tree.Map("roleRef").Text("kind"),
        tree.Map("roleRef").Text("name"),
        [.. (tree.List("subjects") ?? []).OfType<JsonObject>().Select(s => BindingSubject.From(s, space)).OfType<BindingSubject>()]);

    /// <summary>Where the role lies: a Role in the binding's own namespace.</summary>
    public (string Namespace, string Name) Role => (RoleKind == "Role" ? Namespace : "", RoleName);

    /// <summary>The first subject that is the user or a group of theirs.</summary>
    public BindingSubject? FirstFor(UserInfo user)
    {
        foreach (var subject in Subjects)
        {
            if (subject.Kind == "Group" ? user.Groups.Contains(subject.Login) : subject.Login == user.Name)
            {
                return subject;
            }
        }

        return null;
    }

    /// <summary>The reason that a review gives.</summary>
    public string Describe(BindingSubject subject) =>
        (Namespace.Length == 0 ? $"ClusterRoleBinding \"{Name}\"" : $"RoleBinding \"{Name}/{Namespace}\"")
        + $" of {RoleKind} \"{RoleName}\" to {subject.Kind} \"{subject.Shown}\"";
}

/// <summary>Whom a binding concerns: the kind, the user or group name that requests carry, and the name that messages show.</summary>
internal sealed record BindingSubject(string Kind, string Login, string Shown)
{
    /// <summary>What the index finds bindings by.</summary>
    public string Key { get; } = KeyOf(Kind == "Group", Login);

    public static string KeyOf(bool isGroup, string login) => (isGroup ? "g:" : "u:") + login;

    /// <summary>Null for a subject that cannot be anybody.</summary>
    public static BindingSubject? From(JsonObject tree, string bindingNamespace)
    {
        var name = tree.Text("name");
        var space = tree.Text("namespace") is { Length: > 0 } own ? own : bindingNamespace;
        return tree.Text("kind") switch
        {
            "User" => new("User", name, name),
            "Group" => new("Group", name, name),
            "ServiceAccount" when space.Length > 0 => new("ServiceAccount", $"system:serviceaccount:{space}:{name}", $"{name}/{space}"),
            _ => null,
        };
    }
}
