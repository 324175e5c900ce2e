using GitOpsToolkit.Api.Schema;

namespace GitOpsToolkit.Api.Meta;

/// <summary>The standard metadata of an object; what is not listed here (managedFields and others) is kept among the unknown fields.</summary>
public sealed record ObjectMeta : Extensible
{
    /// <summary>Metadata without any value.</summary>
    public static readonly ObjectMeta Empty = new();

    private static readonly Dictionary<string, string> NoEntries = [];

    /// <summary>The name, unique within kind and namespace.</summary>
    public string Name { get => field ?? ""; init; }

    /// <summary>The namespace; null for a cluster-scoped object.</summary>
    public string? Namespace { get; init; }

    /// <summary>The identity which distinguishes the object from an earlier or later one of the same name.</summary>
    public string? Uid { get; init; }

    /// <summary>The opaque version for optimistic concurrency and watches.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>The number of changes of the spec; 0 when unknown.</summary>
    public long Generation { get; init; }

    /// <summary>When the API server stored the object.</summary>
    public DateTimeOffset? CreationTimestamp { get; init; }

    /// <summary>When deletion was asked for; null for an object that stays.</summary>
    public DateTimeOffset? DeletionTimestamp { get; init; }

    /// <summary>Labels by key.</summary>
    public IReadOnlyDictionary<string, string> Labels { get => field ?? NoEntries; init; }

    /// <summary>Annotations by key.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get => field ?? NoEntries; init; }

    /// <summary>The objects that this one depends on; it is collected when the last of them is gone.</summary>
    public IReadOnlyList<OwnerReference> OwnerReferences { get => field ?? []; init; }

    /// <summary>The parties which must each remove their entry before a deleted object goes away.</summary>
    public IReadOnlyList<string> Finalizers { get => field ?? []; init; }
}

/// <summary>A reference to the owner of an object, in the same namespace or cluster-scoped.</summary>
public sealed record OwnerReference : Extensible
{
    /// <summary>Group and version of the owner.</summary>
    [Required]
    public string ApiVersion { get => field ?? ""; init; }

    /// <summary>Kind of the owner.</summary>
    [Required]
    public string Kind { get => field ?? ""; init; }

    /// <summary>Name of the owner.</summary>
    [Required]
    public string Name { get => field ?? ""; init; }

    /// <summary>Identity of the owner.</summary>
    [Required]
    public string Uid { get => field ?? ""; init; }

    /// <summary>Whether the owner is the managing controller.</summary>
    public bool? Controller { get; init; }

    /// <summary>Whether foreground deletion of the owner waits for this object.</summary>
    public bool? BlockOwnerDeletion { get; init; }
}
