namespace GitOpsToolkit.Kubernetes;

/// <summary>Names a kind as a manifest does.</summary>
/// <param name="Group">The API group; the empty string is the core group.</param>
/// <param name="Version">The version, such as <c>v1</c>.</param>
/// <param name="Kind">The kind, such as <c>Deployment</c>.</param>
public readonly record struct GroupVersionKind(string Group, string Version, string Kind)
{
    /// <summary><c>group/version</c>, or <c>version</c> alone for the core group.</summary>
    public string ApiVersion => string.IsNullOrEmpty(Group) ? Version : $"{Group}/{Version}";

    /// <summary>Reads an <c>apiVersion</c> and a <c>kind</c> as they stand in a manifest.</summary>
    public static GroupVersionKind Parse(string apiVersion, string kind)
    {
        ArgumentNullException.ThrowIfNull(apiVersion);
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        return slash < 0
            ? new GroupVersionKind(string.Empty, apiVersion, kind)
            : new GroupVersionKind(apiVersion[..slash], apiVersion[(slash + 1)..], kind);
    }

    /// <summary><c>group/version, Kind=kind</c>, as the Kubernetes tools print it.</summary>
    public override string ToString() => $"{ApiVersion}, Kind={Kind}";
}
