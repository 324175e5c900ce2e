using System.Globalization;
using System.Text.Json;

namespace GitOpsToolkit.Kubernetes;

/// <summary>Who owns an object.</summary>
/// <param name="Kind">The owner's kind.</param>
/// <param name="Name">The owner's name, in the same namespace or cluster-scoped.</param>
/// <param name="Uid">The owner's identity.</param>
public sealed record Owner(GroupVersionKind Kind, string Name, string Uid);

/// <summary>The metadata of an object of any kind, read leniently: what is missing or wrongly typed reads as empty.</summary>
public sealed record PartialObject
{
    /// <summary>The kind as the JSON says it: empty for an item of a typed list, PartialObjectMetadata where metadata alone was asked for.</summary>
    public GroupVersionKind Kind { get; init; }

    /// <summary>The name.</summary>
    public string Name { get; init; } = string.Empty;

    /// <summary>The namespace; empty for a cluster-scoped object.</summary>
    public string Namespace { get; init; } = string.Empty;

    /// <summary>The identity, which no other object ever has.</summary>
    public string Uid { get; init; } = string.Empty;

    /// <summary>The version of this state of the object.</summary>
    public string ResourceVersion { get; init; } = string.Empty;

    /// <summary>Counts the changes of the spec; 0 where the kind has none.</summary>
    public long Generation { get; init; }

    /// <summary>The labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>(0);

    /// <summary>The annotations.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>(0);

    /// <summary>Who must act before a deleted object goes away.</summary>
    public IReadOnlyList<string> Finalizers { get; init; } = [];

    /// <summary>The owners.</summary>
    public IReadOnlyList<Owner> Owners { get; init; } = [];

    /// <summary>When the object was created, or null.</summary>
    public DateTimeOffset? CreationTimestamp { get; init; }

    /// <summary>When its deletion was asked for, or null.</summary>
    public DateTimeOffset? DeletionTimestamp { get; init; }

    /// <summary>The object's key.</summary>
    public ObjectKey Key => new(Namespace, Name);

    /// <summary>Whether its deletion was asked for.</summary>
    public bool IsDeleting => DeletionTimestamp is not null;

    /// <summary>The value of <c>reconcile.fluxcd.io/requestedAt</c>, or null.</summary>
    public string? RequestedAt => Annotations.GetValueOrDefault("reconcile.fluxcd.io/requestedAt");

    /// <summary>The version as a number, by which versions of one kind compare; 0 where it is none.</summary>
    internal ulong Version => ulong.TryParse(ResourceVersion, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    /// <summary>Reads an object's head.</summary>
    public static PartialObject Read(JsonElement value)
    {
        var metadata = value.Member("metadata");
        return new PartialObject
        {
            Kind = GroupVersionKind.Parse(value.Text("apiVersion"), value.Text("kind")),
            Name = metadata.Text("name"),
            Namespace = metadata.Text("namespace"),
            Uid = metadata.Text("uid"),
            ResourceVersion = metadata.Text("resourceVersion"),
            Generation = metadata.Member("generation").TryGetIntegral(out var generation) ? generation : 0,
            Labels = metadata.Map("labels"),
            Annotations = metadata.Map("annotations"),
            Finalizers = metadata.Texts("finalizers"),
            Owners =
            [
                .. metadata.Array("ownerReferences").Select(owner =>
                    new Owner(GroupVersionKind.Parse(owner.Text("apiVersion"), owner.Text("kind")), owner.Text("name"), owner.Text("uid"))),
            ],
            CreationTimestamp = Time(metadata, "creationTimestamp"),
            DeletionTimestamp = Time(metadata, "deletionTimestamp"),
        };
    }

    private static DateTimeOffset? Time(JsonElement metadata, string name) =>
        DateTimeOffset.TryParse(
            metadata.Text(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : null;
}
