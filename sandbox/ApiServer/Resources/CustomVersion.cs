using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.Machinery;

namespace GitOpsToolkit.Sandbox.ApiServer.Resources;

/// <summary>The scale subresource of a custom resource: the paths into the object.</summary>
internal sealed record ScalePaths(string SpecReplicas, string StatusReplicas, string LabelSelector);

/// <summary>What a CustomResourceDefinition says about one version.</summary>
internal sealed record CustomVersion
{
    /// <summary>How objects are read, defaulted and validated.</summary>
    public required KindRules Rules { get; init; }

    /// <summary>The openAPIV3Schema as written, or null.</summary>
    public required JsonObject? Schema { get; init; }

    public ScalePaths? Scale { get; init; }

    public string? DeprecationWarning { get; init; }

    /// <summary>Rules of the version that is stored.</summary>
    public required KindRules Storage { get; init; }

    /// <summary>Whether stored objects may lack defaults that the schema got since: they are filled in at every read.</summary>
    public bool DefaultsAtRead { get; init; }
}
