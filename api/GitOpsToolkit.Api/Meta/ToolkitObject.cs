using System.Text.Json.Serialization;
using GitOpsToolkit.Api.Schema;

namespace GitOpsToolkit.Api.Meta;

/// <summary>What every object of the toolkit has, whatever its kind.</summary>
public abstract record ToolkitObject : Extensible
{
    /// <summary>Group and version of the representation, such as source.toolkit.fluxcd.io/v1.</summary>
    [JsonPropertyOrder(-5)]
    public string ApiVersion { get => field ?? Names.ApiVersion; init; }

    /// <summary>The kind, such as GitRepository.</summary>
    [JsonPropertyOrder(-4)]
    public string Kind { get => field ?? Names.Kind; init; }

    /// <summary>Name, namespace, labels and what the API server keeps about the object.</summary>
    [JsonPropertyOrder(-3)]
    public ObjectMeta Metadata { get => field ?? ObjectMeta.Empty; init; }

    /// <summary>The names of the kind.</summary>
    [JsonIgnore]
    public abstract ResourceKind Names { get; }

    /// <summary>The part of the status which the reconciled kinds share; for another kind, its conditions alone.</summary>
    [JsonIgnore]
    public abstract ToolkitStatus CommonStatus { get; }

    /// <summary>Whether the user asked to leave the object alone (<c>spec.suspend</c>). False for kinds without the field.</summary>
    [JsonIgnore]
    public virtual bool IsSuspended => false;

    /// <summary>Whether the object was read with, or given, a status.</summary>
    [JsonIgnore]
    public abstract bool HasStatus { get; }
}

/// <summary>An object of the toolkit with its spec and status.</summary>
/// <typeparam name="TSpec">What the user asks for.</typeparam>
/// <typeparam name="TStatus">What the controller observed.</typeparam>
public abstract record ToolkitObject<TSpec, TStatus> : ToolkitObject
    where TSpec : Extensible, new()
    where TStatus : ConditionedStatus, new()
{
    private static readonly TSpec EmptySpec = new();
    private static readonly TStatus EmptyStatus = new();

    /// <summary>What the user asks for.</summary>
    [JsonPropertyOrder(-2)]
    public TSpec Spec { get => field ?? EmptySpec; init; }

    /// <summary>What the controller observed; empty, never null.</summary>
    [JsonPropertyOrder(-1)]
    public TStatus Status { get => field ?? EmptyStatus; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override ToolkitStatus CommonStatus => Status as ToolkitStatus ?? new ToolkitStatus { Conditions = Status.Conditions };

    /// <inheritdoc/>
    [JsonIgnore]
    public override bool HasStatus => !ReferenceEquals(Status, EmptyStatus);
}
