using GitOpsToolkit.Api.Schema;

namespace GitOpsToolkit.Api.Meta;

/// <summary>One aspect of the current state of an object, as metav1.Condition has it.</summary>
public sealed record Condition : Extensible
{
    /// <summary>The type in CamelCase, such as Ready, optionally with a domain prefix.</summary>
    [Required, Length(Max = 316)]
    [Pattern(@"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$")]
    public string Type { get => field ?? ""; init; }

    /// <summary>True, False or Unknown.</summary>
    [Required, Enum(ConditionStatus.True, ConditionStatus.False, ConditionStatus.Unknown)]
    public string Status { get => field ?? ""; init; }

    /// <summary>The generation of the object which the condition was set for; an older one than metadata.generation makes it outdated.</summary>
    [Minimum(0)]
    public long ObservedGeneration { get; init; }

    /// <summary>When the status of the condition last changed from one value to another.</summary>
    [Required]
    public DateTimeOffset LastTransitionTime { get; init; }

    /// <summary>A CamelCase word for programs: why the condition last changed.</summary>
    [Required, Length(Min = 1, Max = 1024), Pattern("^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$")]
    public string Reason { get => field ?? ""; init; }

    /// <summary>A sentence for people with the details of the change; may be empty.</summary>
    [Required, Length(Max = 32768)]
    public string Message { get => field ?? ""; init; }
}

/// <summary>The values of <see cref="Condition.Status"/>.</summary>
public static class ConditionStatus
{
    /// <summary>The condition holds.</summary>
    public const string True = "True";

    /// <summary>The condition does not hold.</summary>
    public const string False = "False";

    /// <summary>The controller cannot tell yet.</summary>
    public const string Unknown = "Unknown";
}
