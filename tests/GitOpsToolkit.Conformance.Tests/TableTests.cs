using System.Text.Json.Nodes;
using Xunit;

namespace GitOpsToolkit.Conformance.Tests;

/// <summary>Every table of the corpora through the protocol, in process.</summary>
public sealed class TableTests
{
    /// <summary>Rows that differ, each with the reason.</summary>
    private static readonly Dictionary<string, string> Exceptions = new()
    {
        ["b90f2adbb3a79951"] = "Flux leaves an annotation about the origin on generated objects, which is not done yet",
    };

    /// <summary>The tables, and whether every row must have an answer: false where a part of the product has not landed whole.</summary>
    public static TheoryData<string, bool> Tables => new()
    {
        { "semver/compare.jsonl", true },
        { "semver/constraint-parse.jsonl", true },
        { "semver/constraints.jsonl", true },
        { "semver/sort.jsonl", true },
        { "semver/version-parse.jsonl", true },
        { "image-policy/policies.jsonl", true },
        { "setters/setters.jsonl", true },
        { "sourceignore/archive.jsonl", true },
        { "sourceignore/patterns.jsonl", true },
        { "kstatus/kstatus.jsonl", true },
        { "ssa/apply-order.jsonl", true },
        { "flux-kustomize/generate.jsonl", false },
        { "kstatus/cel-status.jsonl", false },
        { "envsubst/envsubst.jsonl", false },
        { "sops/decrypt.jsonl", false },
    };

    [Theory]
    [MemberData(nameof(Tables))]
    public void Every_answer_is_the_peers(string table, bool whole)
    {
        List<string> failures = [];
        var (passed, unsupported) = (0, 0);
        foreach (var row in CorpusTable.Read(table))
        {
            var answer = JsonNode.Parse(Conversation.Answer(row.Question.ToJsonString()))!.AsObject();
            Assert.Equal(row.Id, answer["id"]!.GetValue<string>());
            if (answer.ContainsKey("unsupported"))
            {
                unsupported++;
            }
            else if (Comparison.Difference(row, answer) is { } difference && !Exceptions.ContainsKey(row.Id))
            {
                failures.Add($"{row.Id}: {difference}");
            }
            else
            {
                passed++;
            }
        }

        var aside = unsupported > 0 ? $", {unsupported} unsupported" : "";
        Console.WriteLine($"{table}: {passed} passed, {failures.Count} failed{aside}");
        Assert.True(failures.Count == 0, $"{passed} passed, {failures.Count} failed{aside}:\n{string.Join('\n', failures)}");
        Assert.True(!whole || (unsupported == 0 && passed > 0), $"{table}: {passed} passed{aside}");
    }
}
