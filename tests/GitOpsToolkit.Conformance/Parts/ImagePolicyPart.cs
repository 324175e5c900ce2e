using System.Text.Json;
using System.Text.Json.Nodes;
using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Api.Json;
using GitOpsToolkit.Controllers.ImageReflector.Policies;
using GitOpsToolkit.Versioning;

namespace GitOpsToolkit.Conformance.Parts;

internal static class ImagePolicyPart
{
    /// <summary>The question has the fields of an ImagePolicy's spec: it is read as the controller reads one.</summary>
    internal static JsonObject Policy(JsonObject question)
    {
        var manifest = new JsonObject
        {
            ["apiVersion"] = "image.toolkit.fluxcd.io/v1",
            ["kind"] = "ImagePolicy",
            ["spec"] = new JsonObject
            {
                ["imageRepositoryRef"] = new JsonObject { ["name"] = "any" },
                ["policy"] = question["policy"]?.DeepClone(),
                ["filterTags"] = question["filterTags"]?.DeepClone(),
            },
        };
        var read = ToolkitReader.Read<ImagePolicy>(JsonSerializer.SerializeToElement(manifest));
        if (read.Value is not { } policy)
        {
            return JsonQuestion.Error(string.Join("; ", read.Errors));
        }

        if (!ElectionRules.TryRead(policy.Spec, out var rules, out var error))
        {
            return JsonQuestion.Error(error);
        }

        // The peer fails over a tag that is no number, which --compat=flux does too.
        var election = rules.Elector(new ElectionTerms { FailOnBadNumber = true }).Elect(question.Texts("tags"));
        return election.Tag is { } tag ? new JsonObject { ["latest"] = tag } : JsonQuestion.Error(election.Error);
    }

    internal static JsonObject Filter(JsonObject question)
    {
        var spec = question.Object("filterTags");
        return Versioning.TagFilter.TryCreate(spec.Text("pattern"), spec.Text("extract"), out var filter, out var error)
            ? new JsonObject { ["items"] = filter.Apply(question.Texts("tags")).Values.ToJson() }
            : JsonQuestion.Error(error);
    }

    internal static JsonObject Exclude(JsonObject question) =>
        ExclusionList.TryCreate(question.Texts("exclusionList"), out var list, out var error)
            ? new JsonObject { ["kept"] = question.Texts("tags").Where(tag => !list.Excludes(tag)).ToJson() }
            : JsonQuestion.Error(error);
}
