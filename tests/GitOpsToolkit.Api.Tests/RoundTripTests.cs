using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Api.Json;
using GitOpsToolkit.Api.Kustomize.V1;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Api.Schema;
using GitOpsToolkit.Api.Source.V1;
using Xunit;

namespace GitOpsToolkit.Api.Tests;

public sealed class RoundTripTests
{
    [Fact]
    public void A_GitRepository_comes_back_as_it_was() => ComesBack<GitRepository>(SampleObjects.GitRepository);

    [Fact]
    public void An_OCIRepository_comes_back_as_it_was() => ComesBack<OCIRepository>(SampleObjects.OCIRepository);

    [Fact]
    public void An_ExternalArtifact_comes_back_as_it_was() => ComesBack<ExternalArtifact>(SampleObjects.ExternalArtifact);

    [Fact]
    public void A_Kustomization_comes_back_as_it_was() => ComesBack<Kustomization>(SampleObjects.Kustomization);

    [Fact]
    public void An_ImageRepository_comes_back_as_it_was() => ComesBack<ImageRepository>(SampleObjects.ImageRepository);

    [Fact]
    public void An_ImagePolicy_comes_back_as_it_was() => ComesBack<ImagePolicy>(SampleObjects.ImagePolicy);

    [Fact]
    public void An_ImageUpdateAutomation_comes_back_as_it_was() => ComesBack<ImageUpdateAutomation>(SampleObjects.ImageUpdateAutomation);

    [Fact]
    public void Changing_a_field_leaves_all_others_alone()
    {
        var node = JsonNode.Parse(SampleObjects.GitRepository)!;
        node["spec"]!["later"] = "kept";
        var git = Read<GitRepository>(node);

        var changed = ToolkitJson.ToNode(git with { Spec = git.Spec with { Suspend = false }, Status = git.Status with { ObservedGeneration = 3 } });

        node["spec"]!.AsObject().Remove("suspend");
        node["status"]!["observedGeneration"] = 3;
        Assert.True(JsonNode.DeepEquals(node, changed), changed.ToJsonString());
    }

    [Fact]
    public void Writes_required_fields_even_when_empty_and_omits_the_others()
    {
        var text = ToolkitJson.ToText(new Kustomization
        {
            Metadata = new ObjectMeta { Name = "web", Namespace = "" },
            Spec = new KustomizationSpec { Interval = GoDuration.Parse("10m"), SourceRef = new() { Kind = "GitRepository", Name = "web" }, Path = "", DependsOn = [] },
        });

        Assert.Equal(
            """{"apiVersion":"kustomize.toolkit.fluxcd.io/v1","kind":"Kustomization","metadata":{"name":"web"},"spec":{"interval":"10m0s","prune":false,"sourceRef":{"kind":"GitRepository","name":"web"}}}""",
            text);
    }

    [Fact]
    public void Writes_a_status_once_there_is_one()
    {
        Assert.DoesNotContain("status", ToolkitJson.ToText(new ImagePolicy()), StringComparison.Ordinal);
        Assert.EndsWith(
            "\"status\":{\"observedGeneration\":-1}}",
            ToolkitJson.ToText(new ImagePolicy { Status = new ImagePolicyStatus { ObservedGeneration = -1 } }),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Writes_times_in_utc_with_whole_seconds()
    {
        var status = new ImageUpdateAutomationStatus { LastPushTime = new DateTimeOffset(2026, 1, 31, 13, 0, 0, 999, TimeSpan.FromHours(1)) };

        Assert.Contains("\"lastPushTime\":\"2026-01-31T12:00:00Z\"", ToolkitJson.ToText(new ImageUpdateAutomation { Status = status }), StringComparison.Ordinal);
    }

    [Fact]
    public void Writes_signs_of_expressions_as_they_are() =>
        Assert.Contains("\">=1.0.0 <2.0.0 & 'x'\"", ToolkitJson.ToText(new SemVerPolicyHolder(">=1.0.0 <2.0.0 & 'x'").Policy), StringComparison.Ordinal);

    [Fact]
    public void Same_content_looks_into_lists()
    {
        ImagePolicy Make(string tag) => new() { Status = new() { LatestRef = new() { Name = "a", Tag = tag }, Conditions = [new() { Type = "Ready" }] } };

        Assert.True(ToolkitJson.SameContent(Make("1"), Make("1")));
        Assert.False(ToolkitJson.SameContent(Make("1"), Make("2")));
    }

    private static void ComesBack<T>(string json)
        where T : ToolkitObject, IToolkitKind
    {
        var original = JsonNode.Parse(json)!;
        var value = Read<T>(original);

        AssertSame(original, ToolkitJson.ToNode(value));
        Assert.Equal(T.ResourceKind, value.Names);
        Assert.Equal("Succeeded", value.CommonStatus.FindCondition("Ready")!.Reason);
        Assert.Equal(json.Contains("\"suspend\":true", StringComparison.Ordinal), value.IsSuspended);
        SampleObjects.WithUnknownFields(json).Sample(later => AssertSame(later, ToolkitJson.ToNode(Read<T>(later))), iter: 200);
    }

    private static void AssertSame(JsonNode expected, JsonNode actual)
    {
        if (!JsonNode.DeepEquals(expected, actual))
        {
            Assert.Equal(Sorted(expected), Sorted(actual));
        }
    }

    private static string Sorted(JsonNode? node) => node switch
    {
        JsonObject json => "{" + string.Join(",\n", json.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}:{Sorted(p.Value)}")) + "}",
        JsonArray list => "[" + string.Join(",\n", list.Select(Sorted)) + "]",
        _ => node?.ToJsonString() ?? "null",
    };

    private static T Read<T>(JsonNode node)
        where T : ToolkitObject, IToolkitKind
    {
        var result = ToolkitReader.Read<T>(JsonSerializer.SerializeToElement(node));
        Assert.True(result.IsValid, result.Problem);
        Assert.Empty(result.Ignored);
        return result.Value;
    }

    private sealed record SemVerPolicyHolder(string Range)
    {
        public ImagePolicy Policy => new() { Spec = new() { Policy = new() { SemVer = new() { Range = Range } } } };
    }
}
