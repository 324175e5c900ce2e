namespace GitOpsToolkit.Kustomize.Resources;

/// <summary>What identifies an object within a build: group, version, kind, namespace and name.</summary>
/// <param name="Group">The API group; empty for the core group.</param>
/// <param name="Version">The API version, such as <c>v1</c>.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Namespace">The namespace as written; empty when not given.</param>
/// <param name="Name">The name.</param>
public readonly record struct ResourceId(string Group, string Version, string Kind, string Namespace, string Name)
{
    /// <summary>The namespace of an object that has none because its kind is cluster-scoped.</summary>
    internal const string ClusterScope = "_non_namespaceable_";

    /// <summary>Whether the kind is a built-in one without a namespace.</summary>
    public bool IsClusterScoped => ClusterScopedKinds.Contains(Group, Kind);

    /// <summary>The namespace for comparisons: <c>default</c> where none is written, and one of its own for cluster-scoped kinds.</summary>
    public string EffectiveNamespace
    {
        get
        {
            if (IsClusterScoped)
            {
                return ClusterScope;
            }

            return string.IsNullOrEmpty(Namespace) ? "default" : Namespace;
        }
    }

    /// <summary>The <c>apiVersion</c> as written in manifests.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>The same id with the namespace made comparable.</summary>
    internal ResourceId Effective => this with { Namespace = EffectiveNamespace };

    /// <summary>Splits an <c>apiVersion</c> into group and version.</summary>
    public static (string Group, string Version) SplitApiVersion(string apiVersion)
    {
        var slash = apiVersion.IndexOf('/');
        return slash < 0 ? ("", apiVersion) : (apiVersion[..slash], apiVersion[(slash + 1)..]);
    }

    /// <summary>Formats as <c>Kind/namespace/name</c>, or <c>Kind/name</c> without a namespace.</summary>
    public override string ToString() => Namespace.Length == 0 ? $"{Kind}/{Name}" : $"{Kind}/{Namespace}/{Name}";
}
