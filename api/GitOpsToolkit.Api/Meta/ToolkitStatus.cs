using System.Text.Json.Serialization;

namespace GitOpsToolkit.Api.Meta;

/// <summary>A status with conditions.</summary>
public abstract record ConditionedStatus : Extensible
{
    /// <summary>What is true of the object at present, one condition a type.</summary>
    [JsonPropertyOrder(2)]
    public IReadOnlyList<Condition> Conditions { get => field ?? []; init; }

    /// <summary>Finds a condition.</summary>
    /// <param name="type">The type, such as <c>Ready</c>.</param>
    /// <returns>The condition, or null when the object does not have it.</returns>
    public Condition? FindCondition(string type) => Conditions.FirstOrDefault(c => c.Type == type);
}

/// <summary>The part of the status which the reconciled kinds share.</summary>
public record ToolkitStatus : ConditionedStatus
{
    /// <summary>The last generation of the object that the controller handled fully; -1 before the first time.</summary>
    [JsonPropertyOrder(1)]
    public long ObservedGeneration { get; init; }

    /// <summary>The value of the annotation reconcile.fluxcd.io/requestedAt that the controller acted on last.</summary>
    [JsonPropertyOrder(3)]
    public string? LastHandledReconcileAt { get; init; }
}
