using System.Text.Json;
using System.Text.Json.Nodes;
using GitOpsToolkit.Api.Json;
using GitOpsToolkit.Api.Kustomize.V1;
using GitOpsToolkit.Kustomize;
using GitOpsToolkit.Kustomize.Loader;
using GitOpsToolkit.TestKit;
using GitOpsToolkit.Yaml;
using Xunit;

namespace GitOpsToolkit.Controllers.Kustomize.Tests.Conformance;

/// <summary>Holds generated kustomizations and the merge of the spec against the answers of Flux's own code.</summary>
public sealed class FluxBuildTests(ITestOutputHelper output)
{
    /// <summary>Cases that differ, each with the reason.</summary>
    private static readonly Dictionary<string, string> Exceptions = [];

    [Fact]
    public void Builds_give_what_Flux_gives()
    {
        var corpus = Corpus.Find();
        if (corpus is null)
        {
            Assert.Skip("The conformance corpora are absent: set CORPUS_DIR, or put them at ../shared/corpus beside the checkout.");
        }

        List<string> misses = [];
        var (total, supported) = (0, 0);
        foreach (var line in File.ReadLines(Path.Combine(corpus, "flux-kustomize", "generate.jsonl")))
        {
            total++;
            using var test = JsonDocument.Parse(line);
            if (Run(test.RootElement) is not { } result)
            {
                continue;
            }

            supported++;
            var id = test.RootElement.GetProperty("id").GetString()!;
            if (result.Length > 0 && !Exceptions.ContainsKey(id))
            {
                misses.Add($"{id}: {result}");
            }
        }

        output.WriteLine($"flux-kustomize: {supported - misses.Count} of {supported} supported cases pass, {total} in all");
        Assert.True(misses.Count == 0, $"{misses.Count} of {supported} differ:\n{string.Join("\n", misses)}");
    }

    /// <returns>Null where the case uses what is not built yet, an empty text where it passes, and else what differs.</returns>
    private static string? Run(JsonElement test)
    {
        var request = test.GetProperty("request");
        var expected = test.GetProperty("expected");
        if (request.TryGetProperty("filter", out _) || request.TryGetProperty("ignore", out _))
        {
            return null; // Ignore rules act on the artifact, before the build.
        }

        var files = request.GetProperty("files").EnumerateObject().ToDictionary(file => Path.GetRelativePath("/", "/" + file.Name), file => file.Value.GetString()!);
        var read = ToolkitReader.Read<Kustomization>(WithServedVersion(request.GetProperty("kustomization")));
        if (read.Value is null || read.Value.Spec.BuildMetadata.Count > 0)
        {
            return null;
        }

        try
        {
            var builder = new KustomizeBuilder(new MemoryFileSource(files));
            var built = builder.Build(request.GetProperty("path").GetString()!, ManifestBuild.OverlayOf(read.Value.Spec));
            if (!expected.TryGetProperty("build", out var wanted))
            {
                return $"built, but Flux refuses it: {expected}";
            }

            var text = YamlWriter.WriteAll(built.Resources.Select(resource => (JsonNode?)resource.Body), YamlWriterOptions.Sorted);
            return text == wanted.GetString() || Same(text, wanted.GetString()!) ? "" : $"{text}\ninstead of\n{wanted.GetString()}";
        }
        catch (BuildException e) when (e.Message.Contains("not honoured yet", StringComparison.Ordinal))
        {
            return null;
        }
        catch (BuildException e)
        {
            return expected.TryGetProperty("build", out _) ? $"refused: {e.Message}" : "";
        }
    }

    private static bool Same(string left, string right)
    {
        var (a, b) = (YamlReader.ReadAll(left), YamlReader.ReadAll(right));
        return a.Count == b.Count && a.Zip(b).All(pair => JsonNode.DeepEquals(pair.First.Root, pair.Second.Root));
    }

    /// <summary>The corpus also holds objects of versions that are no longer served.</summary>
    private static JsonElement WithServedVersion(JsonElement kustomization)
    {
        var node = JsonObject.Create(kustomization)!;
        node["apiVersion"] = "kustomize.toolkit.fluxcd.io/v1";
        return JsonSerializer.SerializeToElement(node);
    }
}
