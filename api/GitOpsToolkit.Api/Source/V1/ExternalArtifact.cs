using System.Text.Json.Serialization;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Api.Schema;

namespace GitOpsToolkit.Api.Source.V1;

/// <summary>ExternalArtifact announces an artifact which a third party produced and serves.</summary>
public sealed record ExternalArtifact : ToolkitObject<ExternalArtifactSpec, ExternalArtifactStatus>, IToolkitKind
{
    /// <summary>The names of the kind.</summary>
    public static ResourceKind ResourceKind { get; } = new()
    {
        Group = Groups.Source,
        Version = "v1",
        Kind = "ExternalArtifact",
        Plural = "externalartifacts",
        Controller = ControllerNames.Source,
        ShortNames = ["ea"],
        Categories = ["all", "fluxcd", "fluxcd-sources"],
        Columns = [PrinterColumn.Age, PrinterColumn.Ready, PrinterColumn.Status, new("Source", ".spec.sourceRef.name")],
    };

    /// <inheritdoc/>
    [JsonIgnore]
    public override ResourceKind Names => ResourceKind;
}

/// <summary>Where the artifact comes from.</summary>
public sealed record ExternalArtifactSpec : Extensible
{
    /// <summary>The object from which the producer made the artifact; for information only.</summary>
    public NamespacedObjectKindReference? SourceRef { get; init; }
}

/// <summary>What the producer published.</summary>
public sealed record ExternalArtifactStatus : ConditionedStatus
{
    /// <summary>The artifact.</summary>
    public Artifact? Artifact { get; init; }
}
