using System.Text.Json;
using System.Text.Json.Nodes;
using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Api.Json;
using GitOpsToolkit.Api.Kustomize.V1;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Api.Schema;
using GitOpsToolkit.Api.Source.V1;

namespace GitOpsToolkit.Api.Crds.Tests;

/// <summary>Reading by the name of a kind.</summary>
internal static class Kindly
{
    /// <summary>What is wrong with an object, or nothing; and the object as it is written again.</summary>
    public static (string Problem, JsonObject? Written) ReadAndWrite(string kind, JsonElement json) => kind switch
    {
        "GitRepository" => ReadAndWrite<GitRepository>(json),
        "OCIRepository" => ReadAndWrite<OCIRepository>(json),
        "ExternalArtifact" => ReadAndWrite<ExternalArtifact>(json),
        "Kustomization" => ReadAndWrite<Kustomization>(json),
        "ImageRepository" => ReadAndWrite<ImageRepository>(json),
        "ImagePolicy" => ReadAndWrite<ImagePolicy>(json),
        "ImageUpdateAutomation" => ReadAndWrite<ImageUpdateAutomation>(json),
        _ => throw new ArgumentException(kind, nameof(kind)),
    };

    private static (string Problem, JsonObject? Written) ReadAndWrite<T>(JsonElement json)
        where T : ToolkitObject, IToolkitKind
    {
        var result = ToolkitReader.Read<T>(json);
        return (result.Problem, result.Value is { } value ? ToolkitJson.ToNode(value) : null);
    }
}
