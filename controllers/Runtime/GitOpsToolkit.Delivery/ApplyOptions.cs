namespace GitOpsToolkit.Delivery;

/// <summary>How objects are applied.</summary>
public sealed record ApplyOptions
{
    /// <summary>The field manager.</summary>
    /// <value><c>kustomize-controller</c></value>
    public string FieldManager { get; init; } = "kustomize-controller";

    /// <summary>The owner, by whose labels objects are told as ours.</summary>
    public required OwnerLabels Owner { get; init; }

    /// <summary>Whether an object is deleted and made anew when a change of an immutable field is refused.</summary>
    public bool Force { get; init; }

    /// <summary>Whether the ledger is not believed: every object is compared with the server.</summary>
    public bool Audit { get; init; }

    /// <summary>How many objects of a stage are worked on at a time.</summary>
    /// <value>4</value>
    public int Concurrency { get; init; } = 4;

    /// <summary>How long a stage of definitions may take to become current, and a deleted object to go.</summary>
    /// <value>60 seconds</value>
    public TimeSpan StageTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Further field managers, by prefix, whose fields are taken over.</summary>
    public IReadOnlyList<string> OverrideManagers { get; init; } = [];

    /// <summary>Kinds as <c>group/Kind</c> that are applied in a stage of their own, after definitions and classes.</summary>
    public IReadOnlySet<string> CustomStageKinds { get; init; } = new HashSet<string>();
}
