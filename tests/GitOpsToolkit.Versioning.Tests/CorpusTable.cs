using System.Text.Json.Nodes;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Versioning.Tests;

/// <summary>Runs a table of the conformance corpus through an answer function and reports every row that differs.</summary>
internal static class CorpusTable
{
    internal static void Run(string path, Func<JsonObject, string, string?> check)
    {
        var corpus = Corpus.Find();
        if (corpus is null || !File.Exists(Path.Combine(corpus, path)))
        {
            Assert.Skip($"The corpus table {path} is absent (looked for shared/corpus beside a parent folder, or CORPUS_DIR)");
        }

        var file = Path.Combine(corpus, path);
        var failures = new List<string>();
        var count = 0;
        foreach (var line in File.ReadLines(file))
        {
            var row = JsonNode.Parse(line)!.AsObject();
            count++;
            if (check(row, Path.GetDirectoryName(file)!) is { } failure)
            {
                failures.Add($"{row["id"]} {row["request"]!.ToJsonString()}: {failure}");
            }
        }

        Assert.True(count > 0, $"{path} has no rows");
        Assert.True(failures.Count == 0, $"{failures.Count} of {count} rows differ:\n{string.Join('\n', failures.Take(20))}");
    }

    internal static string[] Tags(JsonObject request, string folder)
    {
        var tags = request["tags"] ?? JsonNode.Parse(File.ReadAllText(Path.Combine(folder, request["tagsFile"]!.GetValue<string>())));
        return [.. tags!.AsArray().Select(tag => tag!.GetValue<string>())];
    }

    internal static bool IsError(JsonObject expected) =>
        expected.ContainsKey("error") || expected.ContainsKey("constraintError") || expected.ContainsKey("versionError");

    internal static string? Compare<T>(T expected, T actual) =>
        EqualityComparer<T>.Default.Equals(expected, actual) ? null : $"expected {expected}, got {actual}";
}
