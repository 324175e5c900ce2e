namespace GitOpsToolkit.Sandbox.ApiServer;

/// <summary>How the server decides who may do what.</summary>
public enum AuthorizationMode
{
    /// <summary>By Roles, ClusterRoles and their bindings, as a cluster does. The administrator is in <c>system:masters</c> and may do everything.</summary>
    Rbac,

    /// <summary>Every authenticated user may do everything; anonymous requests get 401.</summary>
    AlwaysAllow,
}
