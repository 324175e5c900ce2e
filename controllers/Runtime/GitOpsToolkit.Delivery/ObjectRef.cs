using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;

namespace GitOpsToolkit.Delivery;

/// <summary>Names one object of any kind.</summary>
/// <param name="Kind">Group, version and kind.</param>
/// <param name="Namespace">The namespace; empty for a cluster-scoped object.</param>
/// <param name="Name">The name.</param>
public readonly record struct ObjectRef(GroupVersionKind Kind, string Namespace, string Name)
{
    /// <summary>The key within the kind.</summary>
    public ObjectKey Key => new(Namespace, Name);

    /// <summary>Reads what a manifest says about itself; missing fields are empty.</summary>
    public static ObjectRef Of(JsonObject body)
    {
        ArgumentNullException.ThrowIfNull(body);
        var metadata = body["metadata"] as JsonObject;
        return new ObjectRef(
            GroupVersionKind.Parse(body.Text("apiVersion"), body.Text("kind")), metadata?.Text("namespace") ?? "",
            metadata?.Text("name") ?? "");
    }

    /// <summary>Whether both name the same object, whatever version of its API they use.</summary>
    public bool IsSameObject(ObjectRef other) =>
        Kind.Group == other.Kind.Group && Kind.Kind == other.Kind.Kind && Namespace == other.Namespace && Name == other.Name;

    /// <summary>Formats as Flux does: <c>Kind/namespace/name</c>, or <c>Kind/name</c> without a namespace.</summary>
    public override string ToString() => string.IsNullOrEmpty(Namespace) ? $"{Kind.Kind}/{Name}" : $"{Kind.Kind}/{Namespace}/{Name}";
}

/// <summary>An object as it should be in the cluster.</summary>
/// <param name="Body">The manifest, with the labels of its owner.</param>
/// <param name="Origin">Where it was written, such as <c>apps/web.yaml:12</c>; for errors.</param>
public sealed record DesiredObject(JsonObject Body, string Origin)
{
    private string? _hash;

    /// <summary>The object that the manifest names.</summary>
    public ObjectRef Ref { get; } = ObjectRef.Of(Body);

    /// <summary>A hash of the manifest, in hexadecimal.</summary>
    public string Hash => _hash ??= ContentHash.Of(Body);
}
