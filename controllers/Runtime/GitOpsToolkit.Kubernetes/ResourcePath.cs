using GitOpsToolkit.Api.Schema;

namespace GitOpsToolkit.Kubernetes;

/// <summary>Addresses a collection, an object or a subresource of an object at an API server.</summary>
/// <param name="Group">The API group; the empty string is the core group.</param>
/// <param name="Version">The version, such as <c>v1</c>.</param>
/// <param name="Plural">The resource's plural name in lower case, such as <c>deployments</c>.</param>
/// <param name="Namespace">The namespace, or null for cluster-scoped resources and lists over all namespaces.</param>
/// <param name="Name">The object's name, or null for the collection.</param>
/// <param name="Subresource">The subresource, such as <c>status</c>, or null.</param>
public sealed record ResourcePath(
    string Group, string Version, string Plural, string? Namespace = null, string? Name = null, string? Subresource = null)
{
    /// <summary>The collection of a kind over all namespaces (or of the cluster).</summary>
    public static ResourcePath Of(ResourceKind kind)
    {
        ArgumentNullException.ThrowIfNull(kind);
        return new ResourcePath(kind.Group, kind.Version, kind.Plural);
    }

    /// <summary>One object of a kind.</summary>
    public static ResourcePath Of(ResourceKind kind, ObjectKey key) => Of(kind).At(key);

    /// <summary>The path of a core/v1 resource.</summary>
    public static ResourcePath Core(string plural, string? @namespace = null, string? name = null) =>
        new(string.Empty, "v1", plural, @namespace, name);

    /// <summary>The same resource in one namespace; null or empty means all of them.</summary>
    public ResourcePath In(string? @namespace) => this with { Namespace = string.IsNullOrEmpty(@namespace) ? null : @namespace };

    /// <summary>One object of this resource.</summary>
    public ResourcePath At(ObjectKey key) => In(key.Namespace) with { Name = key.Name };

    /// <summary>A subresource of this object, such as <c>status</c>.</summary>
    public ResourcePath Sub(string subresource) => this with { Subresource = subresource };

    /// <summary>The object that this path names. Throws <see cref="InvalidOperationException"/> on a collection.</summary>
    public ObjectKey Key => new(Namespace ?? string.Empty, Name ?? throw new InvalidOperationException($"{this} names a collection."));

    /// <summary>The path below the server's address, without a leading slash, each segment escaped.</summary>
    public string ToUrlPath()
    {
        var prefix = string.IsNullOrEmpty(Group) ? $"api/{Version}" : $"apis/{Escape(Group)}/{Version}";
        var scope = string.IsNullOrEmpty(Namespace) ? string.Empty : $"/namespaces/{Escape(Namespace)}";
        var name = string.IsNullOrEmpty(Name) ? string.Empty : $"/{Escape(Name)}";
        var subresource = string.IsNullOrEmpty(Subresource) ? string.Empty : $"/{Subresource}";
        return $"{prefix}{scope}/{Plural}{name}{subresource}";
    }

    /// <summary>A form for messages: <c>deployments.apps namespace/name</c>.</summary>
    public override string ToString()
    {
        var resource = string.IsNullOrEmpty(Group) ? Plural : $"{Plural}.{Group}";
        var place = Name is null ? Namespace : new ObjectKey(Namespace ?? string.Empty, Name).ToString();
        var subresource = Subresource is null ? string.Empty : $" ({Subresource})";
        return place is null ? resource : $"{resource} {place}{subresource}";
    }

    /// <summary>A segment of dots would climb out of the path, escaped or not.</summary>
    private static string Escape(string segment) => segment is "." or ".."
        ? throw new ArgumentException($"'{segment}' is no name of a Kubernetes object.", nameof(segment))
        : Uri.EscapeDataString(segment);
}
