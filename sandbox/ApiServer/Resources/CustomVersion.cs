using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.ApiServer.Resources;

/// <summary>A printer column of a custom resource.</summary>
internal sealed record PrinterColumn(string Name, string Type, string Format, string Description, int Priority, string JsonPath);

/// <summary>The scale subresource of a custom resource: the paths into the object.</summary>
internal sealed record ScalePaths(string SpecReplicas, string StatusReplicas, string LabelSelector);

/// <summary>What a CustomResourceDefinition says about one version.</summary>
internal sealed record CustomVersion
{
    /// <summary>The openAPIV3Schema as written, or null.</summary>
    public required JsonObject? Schema { get; init; }

    public required IReadOnlyList<PrinterColumn> Columns { get; init; }

    public ScalePaths? Scale { get; init; }

    public bool PreserveUnknownFields { get; init; }

    public string? DeprecationWarning { get; init; }
}
