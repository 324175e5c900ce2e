using GitOpsToolkit.Api.Schema;

namespace GitOpsToolkit.Api.Meta;

/// <summary>Names an object of a fixed kind in the same namespace.</summary>
public sealed record LocalObjectReference : Extensible
{
    /// <summary>Name of the referent.</summary>
    [Required]
    public string Name { get => field ?? ""; init; }
}

/// <summary>Names an object of a fixed kind, optionally in another namespace.</summary>
public sealed record NamespacedObjectReference : Extensible
{
    /// <summary>Name of the referent.</summary>
    [Required]
    public string Name { get => field ?? ""; init; }

    /// <summary>Namespace of the referent; when absent, the namespace of the object that contains the reference.</summary>
    public string? Namespace { get; init; }
}

/// <summary>Names an object of any kind, optionally in another namespace.</summary>
public sealed record NamespacedObjectKindReference : Extensible
{
    /// <summary>Group and version of the referent; when absent, decided by the consumer.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>Kind of the referent.</summary>
    [Required]
    public string Kind { get => field ?? ""; init; }

    /// <summary>Name of the referent.</summary>
    [Required]
    public string Name { get => field ?? ""; init; }

    /// <summary>Namespace of the referent; when absent, the namespace of the object that contains the reference.</summary>
    public string? Namespace { get; init; }
}

/// <summary>Names a key of a Secret in the same namespace.</summary>
public sealed record SecretKeyReference : Extensible
{
    /// <summary>Name of the Secret.</summary>
    [Required]
    public string Name { get => field ?? ""; init; }

    /// <summary>Key in the Secret; when absent, decided by the consumer.</summary>
    public string? Key { get; init; }
}

/// <summary>Selects objects by their labels, as metav1.LabelSelector: all of the requirements must hold.</summary>
public sealed record LabelSelector : Extensible
{
    private static readonly Dictionary<string, string> NoEntries = [];

    /// <summary>Labels that must be present with exactly these values.</summary>
    public IReadOnlyDictionary<string, string> MatchLabels { get => field ?? NoEntries; init; }

    /// <summary>Requirements on label keys.</summary>
    [Atomic]
    public IReadOnlyList<LabelSelectorRequirement> MatchExpressions { get => field ?? []; init; }
}

/// <summary>One requirement of a label selector.</summary>
public sealed record LabelSelectorRequirement : Extensible
{
    /// <summary>The label key which the requirement is about.</summary>
    [Required]
    public string Key { get => field ?? ""; init; }

    /// <summary>How key and values relate: In, NotIn, Exists or DoesNotExist.</summary>
    [Required]
    public string Operator { get => field ?? ""; init; }

    /// <summary>The values for In and NotIn, at least one; must be empty for Exists and DoesNotExist.</summary>
    [Atomic]
    public IReadOnlyList<string> Values { get => field ?? []; init; }
}
