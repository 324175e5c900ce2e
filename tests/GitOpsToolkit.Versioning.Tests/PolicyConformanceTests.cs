using System.Text.Json.Nodes;
using Xunit;

namespace GitOpsToolkit.Versioning.Tests;

public sealed class PolicyConformanceTests
{
    [Fact]
    public void Policies_and_filters_answer_as_the_peer() => CorpusTable.Run("image-policy/policies.jsonl", (row, folder) =>
    {
        var request = row["request"]!.AsObject();
        var expected = row["expected"]!.AsObject();
        var tags = CorpusTable.Tags(request, folder);
        return request["op"]!.GetValue<string>() switch
        {
            "policy" => CheckPolicy(request, expected, tags),
            "filter" => CheckFilter(request, expected, tags),
            "exclude" => CheckExclude(request, expected, tags),
            var other => $"unknown op {other}",
        };
    });

    private static string? CheckPolicy(JsonObject request, JsonObject expected, string[] tags)
    {
        var election = PolicySpec.Elect(request, tags);
        if (expected["latestAnyOf"] is JsonArray any)
        {
            return any.Any(one => one!.GetValue<string>() == election.Value)
                ? null
                : $"expected any of {any.ToJsonString()}, got {election}";
        }

        return CorpusTable.IsError(expected)
            ? CorpusTable.Compare(null, election.Value)
            : CorpusTable.Compare(expected["latest"]!.GetValue<string>(), election.Value);
    }

    private static string? CheckFilter(JsonObject request, JsonObject expected, string[] tags)
    {
        var spec = request["filterTags"]!.AsObject();
        if (!TagFilter.TryCreate(PolicySpec.Text(spec, "pattern"), PolicySpec.Text(spec, "extract"), out var filter, out _))
        {
            return CorpusTable.Compare(true, CorpusTable.IsError(expected));
        }

        return CompareSets(expected["items"], filter.Apply(tags).Values);
    }

    private static string? CheckExclude(JsonObject request, JsonObject expected, string[] tags)
    {
        var patterns = request["exclusionList"]!.AsArray().Select(one => one!.GetValue<string>()).ToArray();
        return ExclusionList.TryCreate(patterns, out var list, out var error)
            ? CompareSets(expected["kept"], tags.Where(tag => !list.Excludes(tag)))
            : CorpusTable.IsError(expected) ? null : error;
    }

    private static string? CompareSets(JsonNode? expected, IEnumerable<string> actual)
    {
        var wanted = expected?.AsArray().Select(one => one!.GetValue<string>()).Order(StringComparer.Ordinal).ToArray() ?? [];
        return wanted.SequenceEqual(actual.Order(StringComparer.Ordinal))
            ? null
            : $"expected {string.Join(' ', wanted)}, got {string.Join(' ', actual)}";
    }
}
