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

/// <summary>Whatever stands anywhere in an object, reading it gives errors and never an exception.</summary>
public sealed class GarbageTests
{
    [Fact]
    public void Garbage_in_any_field_never_throws()
    {
        Check<GitRepository>(SampleObjects.GitRepository);
        Check<OCIRepository>(SampleObjects.OCIRepository);
        Check<ExternalArtifact>(SampleObjects.ExternalArtifact);
        Check<Kustomization>(SampleObjects.Kustomization);
        Check<ImageRepository>(SampleObjects.ImageRepository);
        Check<ImagePolicy>(SampleObjects.ImagePolicy);
        Check<ImageUpdateAutomation>(SampleObjects.ImageUpdateAutomation);
    }

    private static void Check<T>(string json)
        where T : ToolkitObject, IToolkitKind =>
        Gen.Select(Gen.Int[0, 500], Gen.Int[0, 8]).Array[1, 4].Sample(
            edits =>
            {
                var root = JsonNode.Parse(json)!;
                foreach (var (where, what) in edits)
                {
                    Spoil(root, where, what);
                }

                var result = ToolkitReader.Read<T>(JsonSerializer.SerializeToElement(root));

                Assert.NotNull(result.Value);
                Assert.All(result.Errors, e => Assert.False(e.Path.StartsWith("status", StringComparison.Ordinal), e.ToString()));
                Assert.All(result.Ignored, e => Assert.StartsWith("status", e.Path, StringComparison.Ordinal));
                ToolkitJson.ToText(result.Value);
            },
            iter: 300);

    private static void Spoil(JsonNode root, int where, int what)
    {
        var places = Places(root).ToList();
        var (parent, name) = places[where % places.Count];
        if (parent is JsonObject json)
        {
            json[name!] = Garbage(what);
        }
        else
        {
            ((JsonArray)parent)[0] = Garbage(what);
        }
    }

    private static JsonNode? Garbage(int what) => what switch
    {
        0 => null,
        1 => "1d",
        2 => 1.5,
        3 => JsonNode.Parse("1e400"),
        4 => new JsonArray(null, 1),
        5 => new JsonObject { ["name"] = 1, ["a/b~c"] = null },
        6 => true,
        7 => "",
        _ => -1,
    };

    private static IEnumerable<(JsonNode Parent, string? Name)> Places(JsonNode? node)
    {
        if (node is JsonObject json)
        {
            foreach (var (name, value) in json.ToList())
            {
                yield return (json, name);
                foreach (var inner in Places(value))
                {
                    yield return inner;
                }
            }
        }
        else if (node is JsonArray { Count: > 0 } list)
        {
            yield return (list, null);
            foreach (var inner in list.SelectMany(Places))
            {
                yield return inner;
            }
        }
    }
}
