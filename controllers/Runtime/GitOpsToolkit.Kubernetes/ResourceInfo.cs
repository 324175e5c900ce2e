namespace GitOpsToolkit.Kubernetes;

/// <summary>What discovery says about a kind.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Plural">The plural name in paths.</param>
/// <param name="Namespaced">Whether its objects live in namespaces.</param>
/// <param name="Verbs">What may be done with it: <c>get</c>, <c>list</c>, <c>watch</c>, <c>patch</c> …</param>
/// <param name="Subresources">The names of its subresources, such as <c>status</c>.</param>
public sealed record ResourceInfo(
    GroupVersionKind Kind, string Plural, bool Namespaced, IReadOnlyList<string> Verbs, IReadOnlyList<string> Subresources)
{
    /// <summary>The collection over all namespaces.</summary>
    public ResourcePath Collection => new(Kind.Group, Kind.Version, Plural);

    /// <summary>One object; the namespace is left out for a cluster-scoped kind.</summary>
    public ResourcePath At(ObjectKey key) =>
        new(Kind.Group, Kind.Version, Plural, Namespaced && key.Namespace.Length > 0 ? key.Namespace : null, key.Name);

    /// <summary>Whether the server offers the verb.</summary>
    public bool Supports(string verb) => Verbs.Contains(verb, StringComparer.Ordinal);
}
