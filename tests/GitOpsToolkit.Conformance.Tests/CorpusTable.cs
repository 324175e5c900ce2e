using System.Text.Json.Nodes;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Conformance.Tests;

/// <summary>A row of a table: a question in the protocol's form, and what the peer answered.</summary>
internal sealed record CorpusRow(string Id, JsonObject Question, JsonObject Expected);

/// <summary>A table of the conformance corpora.</summary>
internal static class CorpusTable
{
    internal const string Absent = "The conformance corpora are absent: set CORPUS_DIR, or put them at ../shared/corpus beside the checkout.";

    internal static IEnumerable<CorpusRow> Read(string table)
    {
        var corpus = Corpus.Find();
        Assert.SkipWhen(corpus is null, Absent);
        var file = Path.Combine(corpus, table);
        Assert.SkipUnless(File.Exists(file), $"The corpus in {corpus} has no table {table}");
        return File.ReadLines(file).Select(line => Row(JsonNode.Parse(line)!.AsObject(), Path.GetDirectoryName(file)!));
    }

    /// <summary>Long lists of tags stand in files of their own; a question holds them whole.</summary>
    private static CorpusRow Row(JsonObject row, string folder)
    {
        var question = row["request"]!.DeepClone().AsObject();
        if (question["tagsFile"] is { } file)
        {
            question["tags"] = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, file.GetValue<string>())));
            question.Remove("tagsFile");
        }

        var id = row["id"]!.GetValue<string>();
        question["id"] = id;
        return new CorpusRow(id, question, row["expected"]!.AsObject());
    }
}
