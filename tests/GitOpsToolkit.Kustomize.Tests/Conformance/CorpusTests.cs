using System.Text.Json.Nodes;
using GitOpsToolkit.Kustomize.Loader;
using GitOpsToolkit.TestKit;
using GitOpsToolkit.Yaml;
using Xunit;

namespace GitOpsToolkit.Kustomize.Tests.Conformance;

/// <summary>Holds the engine against the answers of kustomize 5.8.1: every case, byte for byte.</summary>
public sealed class CorpusTests(ITestOutputHelper output)
{
    /// <summary>Cases that differ, each with the reason; <c>api/specs/kustomize.md</c> lists them.</summary>
    private static readonly Dictionary<string, string> Exceptions = new()
    {
        ["krusty-TestAddManagedbyLabel"] = "the answer was recorded with a development build, which labels with its own version",
        ["filter-replacement-ValueInlineStructuredData-8"] = "the YAML inside of the text is written in block style, not in its own flow style",
        ["filter-patchstrategicmerge-Filter-22"] = "a patch puts a bare string among the containers: kustomize empties the list, we refuse the patch",
    };

    [Theory]
    [InlineData("kustomize-tests")]
    [InlineData("kustomize-realworld")]
    public void Every_case_gives_what_kustomize_gives(string corpus)
    {
        var root = Corpus.Find();
        if (root is null)
        {
            Assert.Skip("The conformance corpora are absent: set CORPUS_DIR, or put them at ../shared/corpus beside the checkout.");
        }

        List<string> misses = [];
        var (total, same, bytes) = (0, 0, 0);
        foreach (var test in CorpusCase.All(Path.Combine(root, corpus)))
        {
            total++;
            var (miss, sameBytes) = Run(test);
            same += miss is null ? 1 : 0;
            bytes += sameBytes ? 1 : 0;
            if (!sameBytes)
            {
                misses.Add($"{test.Name}: {miss ?? "the bytes differ"}");
            }
        }

        var summary = $"{corpus}: {same} passed, {total - same} failed, {bytes} of {total} byte for byte";
        output.WriteLine(summary);
        if (Environment.GetEnvironmentVariable("CORPUS_REPORT") is { Length: > 0 } report)
        {
            File.WriteAllLines(Path.Combine(report, $"{corpus}.txt"), [summary, .. misses.OrderBy(miss => miss[miss.IndexOf(':')..], StringComparer.Ordinal)]);
        }

        var unknown = misses.Where(miss => !Exceptions.ContainsKey(miss[..miss.IndexOf(':')])).ToList();
        Assert.True(unknown.Count == 0, $"{summary}\n{string.Join("\n", unknown)}");
    }

    private static (string? Miss, bool SameBytes) Run(CorpusCase test)
    {
        BuildResult sorted;
        BuildResult unsorted;
        try
        {
            sorted = Build(test, legacyOrder: true);
            unsorted = Build(test, legacyOrder: false);
        }
        catch (BuildException e)
        {
            return (test.ExpectsError ? null : $"refused: {e.Message}", test.ExpectsError);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return ($"crashed: {e}", false);
        }

        if (test.ExpectsError)
        {
            return ("built, but kustomize refuses it", false);
        }

        var (difference, bytes) = Compare(sorted, test.Expected);
        if (test.Unsorted is not { } expected)
        {
            return (difference, bytes);
        }

        var (order, orderBytes) = Compare(unsorted, expected);
        return (difference ?? (order is null ? null : $"unsorted: {order}"), bytes && orderBytes);
    }

    private static BuildResult Build(CorpusCase test, bool legacyOrder) => new KustomizeBuilder(new DirectoryFileSource(test.Input), new BuildOptions
    {
        GenerateMissing = false,
        LegacyOrder = legacyOrder,
        FilesBelowKustomization = !test.Arguments.Any(argument => argument.Contains("LoadRestrictionsNone", StringComparison.Ordinal)),
        ManagedByLabel = test.Arguments.Contains("--enable-managedby-label"),
    }).Build(test.Build);

    private static (string? Difference, bool SameBytes) Compare(BuildResult result, string text)
    {
        List<JsonNode?> built = [.. result.Resources.Select(resource => (JsonNode?)resource.Body)];
        if (YamlWriter.WriteAll(built, YamlWriterOptions.Sorted) == text)
        {
            return (null, true);
        }

        var expected = YamlReader.ReadAll(text).Select(document => document.Root).ToList();
        if (expected.Count != built.Count)
        {
            return ($"{built.Count} objects instead of {expected.Count}", false);
        }

        return (built.Select((node, i) => Difference(node, expected[i], $"[{i}]")).FirstOrDefault(difference => difference is not null), false);
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

    private static string Short(JsonNode? node) => (node?.ToJsonString() ?? "null") is var text && text.Length > 120 ? text[..120] : text;
}
