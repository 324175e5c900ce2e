using System.Text.Json.Nodes;
using GitOpsToolkit.Kustomize.Loader;
using GitOpsToolkit.TestKit;
using GitOpsToolkit.Yaml;
using Xunit;

namespace GitOpsToolkit.Kustomize.Tests.Conformance;

/// <summary>Holds the engine against the answers of kustomize 5.8.1, for the cases whose features it has.</summary>
public sealed class CorpusTests(ITestOutputHelper output)
{
    /// <summary>Cases that differ, each with the reason.</summary>
    private static readonly Dictionary<string, string> Exceptions = new()
    {
        ["filter-patchstrategicmerge-Filter"] = "a merge keeps an explicit 'null' elsewhere in the object but drops a bare one; we drop both",
        ["filter-patchstrategicmerge-Filter-22"] = "a patch puts a bare string among the containers: kustomize empties the list, we refuse the patch",
    };

    [Theory]
    [InlineData("kustomize-tests")]
    [InlineData("kustomize-realworld")]
    public void Cases_with_supported_features_give_what_kustomize_gives(string corpus)
    {
        var root = Corpus.Find();
        if (root is null)
        {
            Assert.Skip("The conformance corpora are absent: set CORPUS_DIR, or put them at ../shared/corpus beside the checkout.");
        }

        List<string> misses = [];
        var (total, supported, bytes) = (0, 0, 0);
        foreach (var test in CorpusCase.All(Path.Combine(root, corpus)))
        {
            total++;
            if (!test.IsSupported)
            {
                continue;
            }

            supported++;
            var (miss, sameBytes) = Run(test);
            bytes += sameBytes ? 1 : 0;
            if (miss is not null && !Exceptions.ContainsKey(test.Name))
            {
                misses.Add($"{test.Name}: {miss}");
            }
        }

        output.WriteLine($"{corpus}: {supported - misses.Count} of {supported} supported cases pass ({bytes} byte for byte), {total} in all");
        Assert.True(misses.Count == 0, $"{misses.Count} of {supported} differ:\n{string.Join("\n", misses)}");
    }

    private static (string? Miss, bool SameBytes) Run(CorpusCase test)
    {
        IReadOnlyList<JsonNode?> built;
        try
        {
            var builder = new KustomizeBuilder(new DirectoryFileSource(test.Input), new BuildOptions
            {
                GenerateMissing = false,
                FilesBelowKustomization = !test.Arguments.Any(argument => argument.Contains("LoadRestrictionsNone", StringComparison.Ordinal)),
            });
            built = [.. builder.Build(test.Build).Resources.Select(resource => (JsonNode?)resource.Body)];
        }
        catch (BuildException e)
        {
            return (test.ExpectsError ? null : $"refused: {e.Message}", test.ExpectsError);
        }

        if (test.ExpectsError)
        {
            return ("built, but kustomize refuses it", false);
        }

        var text = YamlWriter.WriteAll(built, YamlWriterOptions.Sorted);
        if (text == test.Expected)
        {
            return (null, true);
        }

        var expected = YamlReader.ReadAll(test.Expected).Select(document => document.Root).ToList();
        if (expected.Count != built.Count)
        {
            return ($"{built.Count} objects instead of {expected.Count}", false);
        }

        if (!test.HasUnsorted)
        {
            // Only the sorted output is on record: the order of ours says nothing.
            built = [.. built.OrderBy(Key, StringComparer.Ordinal)];
            expected = [.. expected.OrderBy(Key, StringComparer.Ordinal)];
        }

        for (var i = 0; i < built.Count; i++)
        {
            if (Difference(built[i], expected[i], $"[{i}]") is { } difference)
            {
                return (difference, false);
            }
        }

        return (null, false);
    }

    private static string? Difference(JsonNode? actual, JsonNode? expected, string path)
    {
        switch (actual, expected)
        {
            case (JsonObject a, JsonObject e):
                foreach (var key in a.Select(field => field.Key).Union(e.Select(field => field.Key)))
                {
                    if (a.ContainsKey(key) != e.ContainsKey(key))
                    {
                        return $"{path}.{key}: {(a.ContainsKey(key) ? "added" : "missing")}";
                    }

                    if (Difference(a[key], e[key], $"{path}.{key}") is { } difference)
                    {
                        return difference;
                    }
                }

                return null;
            case (JsonArray a, JsonArray e) when a.Count == e.Count:
                return a.Select((item, i) => Difference(item, e[i], $"{path}[{i}]")).FirstOrDefault(difference => difference is not null);
            default:
                return JsonNode.DeepEquals(actual, expected) ? null : $"{path}: {Short(actual)} instead of {Short(expected)}";
        }
    }

    private static string Key(JsonNode? node) =>
        $"{node!["apiVersion"]}/{node["kind"]}/{node["metadata"]?["namespace"]}/{node["metadata"]?["name"]}";

    private static string Short(JsonNode? node) => (node?.ToJsonString() ?? "null") is var text && text.Length > 120 ? text[..120] : text;
}
