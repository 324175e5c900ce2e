using System.Text.Json;

namespace GitOpsToolkit.Kustomize.Tests.Conformance;

/// <summary>One folder of the kustomize corpora.</summary>
internal sealed record CorpusCase(string Name, string Folder, string Build, bool ExpectsError, IReadOnlySet<string> Features, IReadOnlyList<string> Arguments)
{
    private static readonly HashSet<string> Supported =
    [
        "field:resources", "field:resources:empty", "field:namespace", "field:namePrefix", "field:namePrefix:empty", "field:nameSuffix",
        "field:labels", "field:images", "field:patches", "field:patches:empty", "field:commonLabels", "field:commonAnnotations",
        "field:components", "field:metadata", "field:nameprefix", "field:patchesStrategicMerge:empty", "field:vars:empty",
    ];

    internal bool IsSupported => Features.Where(feature => feature.StartsWith("field:", StringComparison.Ordinal)).All(Supported.Contains)
        && !Features.Contains("kfile:unparsable")
        && Arguments.All(argument => argument.Contains("LoadRestrictions", StringComparison.Ordinal) || argument == "--load-restrictor");

    internal string Input => Path.Combine(Folder, "input");

    internal bool HasUnsorted => File.Exists(Path.Combine(Folder, "expected.none.yaml"));

    internal string Expected => File.ReadAllText(
        Path.Combine(Folder, "expected.none.yaml") is var unsorted && File.Exists(unsorted) ? unsorted : Path.Combine(Folder, "expected.yaml"));

    internal static IEnumerable<CorpusCase> All(string corpus)
    {
        foreach (var folder in Directory.EnumerateDirectories(corpus).Order(StringComparer.Ordinal))
        {
            using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "case.json")));
            var root = json.RootElement;
            yield return new CorpusCase(
                Path.GetFileName(folder), folder, root.GetProperty("build").GetString()!, root.GetProperty("expect").GetString() == "error",
                root.GetProperty("features").EnumerateArray().Select(item => item.GetString()!).ToHashSet(),
                [.. root.GetProperty("args").EnumerateArray().Select(item => item.GetString()!)]);
        }
    }
}
