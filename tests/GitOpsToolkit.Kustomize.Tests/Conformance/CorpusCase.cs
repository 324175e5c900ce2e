using System.Text.Json;

namespace GitOpsToolkit.Kustomize.Tests.Conformance;

/// <summary>One folder of the kustomize corpora.</summary>
internal sealed record CorpusCase(string Name, string Folder, string Build, bool ExpectsError, IReadOnlyList<string> Arguments)
{
    internal string Input => Path.Combine(Folder, "input");

    /// <summary>What the command prints.</summary>
    internal string Expected => File.ReadAllText(Path.Combine(Folder, "expected.yaml"));

    /// <summary>The same in the order in which the objects were added; null where that is no other, or not on record.</summary>
    internal string? Unsorted => Path.Combine(Folder, "expected.none.yaml") is var file && File.Exists(file) ? File.ReadAllText(file) : null;

    internal static IEnumerable<CorpusCase> All(string corpus)
    {
        foreach (var folder in Directory.EnumerateDirectories(corpus).Order(StringComparer.Ordinal))
        {
            using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "case.json")));
            var root = json.RootElement;
            foreach (var empty in root.TryGetProperty("empty_dirs", out var list) ? list.EnumerateArray() : default)
            {
                Directory.CreateDirectory(Path.Combine(folder, "input", empty.GetString()!));
            }

            yield return new CorpusCase(
                Path.GetFileName(folder), folder, root.GetProperty("build").GetString()!, root.GetProperty("expect").GetString() == "error",
                [.. root.GetProperty("args").EnumerateArray().Select(item => item.GetString()!)]);
        }
    }
}
