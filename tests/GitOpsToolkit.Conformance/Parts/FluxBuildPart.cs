using System.Text.Json;
using System.Text.Json.Nodes;
using GitOpsToolkit.Api.Json;
using GitOpsToolkit.Api.Kustomize.V1;
using GitOpsToolkit.Controllers.Kustomize;
using GitOpsToolkit.Kustomize;
using GitOpsToolkit.Kustomize.Loader;
using GitOpsToolkit.Yaml;

namespace GitOpsToolkit.Conformance.Parts;

/// <summary>
/// The build of a Flux Kustomization. The engine merges the spec in memory: there is no generated file, hence no <c>action</c>,
/// <c>kustomization</c> and <c>kustomizationFile</c> in the answer. Substitution has not landed.
/// </summary>
internal static class FluxBuildPart
{
    internal static JsonObject Build(JsonObject question)
    {
        if (question.ContainsKey("filter") || question.ContainsKey("ignore"))
        {
            return Unsupported(); // Ignore rules act on the artifact, before the build.
        }

        var files = question.Object("files").ToDictionary(
            file => Path.GetRelativePath("/", "/" + file.Key), file => file.Value!.GetValue<string>());
        var read = ToolkitReader.Read<Kustomization>(WithServedVersion(question.Object("kustomization")));
        if (read.Value is null || read.Value.Spec.BuildMetadata.Count > 0)
        {
            return Unsupported();
        }

        try
        {
            var builder = new KustomizeBuilder(new MemoryFileSource(files));
            var built = builder.Build(question.Text("path"), ManifestBuild.OverlayOf(read.Value.Spec));
            var bodies = built.Resources.Select(resource => (JsonNode?)resource.Body);
            return new JsonObject { ["build"] = YamlWriter.WriteAll(bodies, YamlWriterOptions.Sorted) };
        }
        catch (BuildException refused)
        {
            return refused.Message.Contains("not honoured yet", StringComparison.Ordinal)
                ? Unsupported()
                : new JsonObject { ["error"] = refused.Message, ["buildError"] = refused.Message };
        }
    }

    private static JsonObject Unsupported() => new() { ["unsupported"] = true };

    /// <summary>The corpus also holds objects of versions that are no longer served.</summary>
    private static JsonElement WithServedVersion(JsonObject kustomization)
    {
        var node = kustomization.DeepClone();
        node["apiVersion"] = "kustomize.toolkit.fluxcd.io/v1";
        return JsonSerializer.SerializeToElement(node);
    }
}
