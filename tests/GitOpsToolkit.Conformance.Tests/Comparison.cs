using System.Text.Json.Nodes;
using GitOpsToolkit.Versioning;
using GitOpsToolkit.Yaml;

namespace GitOpsToolkit.Conformance.Tests;

/// <summary>When an answer agrees with the peer's: per operation, as the protocol says.</summary>
internal static class Comparison
{
    private static readonly string[] Errors = ["error", "constraintError", "versionError", "parseError", "buildError", "panic"];

    internal static string? Difference(CorpusRow row, JsonObject answer)
    {
        var operation = Text(row.Question, "op");
        var expected = row.Expected;
        if (operation == "flux-generate")
        {
            return FluxBuild(expected, answer);
        }

        if (operation is "parse" or "parse-strict" or "parse-flux" or "constraint-parse")
        {
            return Versions(expected, answer);
        }

        if (IsError(expected))
        {
            // One row of the health table has a status and an error: the peer gives both.
            return IsError(answer) ? null : $"expected an error, got {Short(answer)}";
        }

        return operation switch
        {
            "constraint" => Same(expected, answer, "ok"),
            "compare" => Same(expected, answer, "result"),
            "sort" => Sorted(expected, answer),
            "policy" => Policy(expected, answer),
            "filter" => SameSet(expected, answer, "items"),
            "exclude" => SameList(expected, answer, "kept"),
            "setters" => Same(expected, answer, "files") ?? SameSet(expected, answer, "changes"),
            "gitignore" => Same(expected, answer, "ignored"),
            "sourceignore-tree" => Same(expected, answer, "entries") ?? Same(expected, answer, "tarSha256"),
            "kstatus" or "kstatus-flux" => Health(expected, answer),
            "ssa-sort" => SameList(expected, answer, "sorted"),
            _ => $"no rule compares the operation {operation}",
        };
    }

    private static bool IsError(JsonObject answer) => Errors.Any(answer.ContainsKey);

    private static string Text(JsonNode node, string name) => node[name]?.GetValue<string>() ?? "";

    private static string? Same(JsonObject expected, JsonObject answer, string field) =>
        JsonNode.DeepEquals(expected[field], answer[field])
            ? null
            : $"{field}: expected {Short(expected[field])}, got {Short(answer[field] ?? answer)}";

    private static string? SameList(JsonObject expected, JsonObject answer, string field) =>
        Items(expected, field).SequenceEqual(Items(answer, field)) ? null : Same(expected, answer, field) ?? $"{field} is missing";

    private static string? SameSet(JsonObject expected, JsonObject answer, string field)
    {
        // A table may leave out what it does not compare.
        var wanted = Items(expected, field).Order(StringComparer.Ordinal);
        return (field == "changes" && !expected.ContainsKey(field)) || wanted.SequenceEqual(Items(answer, field).Order(StringComparer.Ordinal))
            ? null
            : $"{field}: expected {Short(expected[field])}, got {Short(answer[field] ?? answer)}";
    }

    private static string[] Items(JsonObject node, string field) => [.. (node[field]?.AsArray() ?? []).Select(Canonical)];

    /// <summary>Objects by their fields' names: the order of fields says nothing, and an empty field is as good as none.</summary>
    private static string Canonical(JsonNode? item) => item is JsonObject fields
        ? string.Join('|', fields.Where(field => field.Value?.ToString() is { Length: > 0 }).OrderBy(field => field.Key, StringComparer.Ordinal)
            .Select(field => $"{field.Key}={field.Value}"))
        : item?.ToString() ?? "";

    private static string? Versions(JsonObject expected, JsonObject answer)
    {
        if (Same(expected, answer, "ok") is { } difference || !expected["ok"]!.GetValue<bool>())
        {
            return Same(expected, answer, "ok");
        }

        string[] parts = ["major", "minor", "patch", "prerelease", "metadata"];
        return parts.Where(expected.ContainsKey).Select(part => Same(expected, answer, part)).FirstOrDefault(miss => miss is not null);
    }

    /// <summary>The peer's order of equal versions is its own affair.</summary>
    private static string? Sorted(JsonObject expected, JsonObject answer)
    {
        var (wanted, given) = (Items(expected, "sorted"), Items(answer, "sorted"));
        if (!wanted.Order(StringComparer.Ordinal).SequenceEqual(given.Order(StringComparer.Ordinal)))
        {
            return "sorted: other members";
        }

        return wanted.Select(SemVer.Parse).SequenceEqual(given.Select(SemVer.Parse)) ? null : "sorted: another order";
    }

    private static string? Policy(JsonObject expected, JsonObject answer)
    {
        if (!expected.ContainsKey("latestAnyOf"))
        {
            return Same(expected, answer, "latest");
        }

        return Items(expected, "latestAnyOf").Contains(Text(answer, "latest"))
            ? null
            : $"expected any of {Short(expected["latestAnyOf"])}, got {Short(answer)}";
    }

    /// <summary>Messages are the peer's too, except where it cannot tell the state: there each has its own words.</summary>
    private static string? Health(JsonObject expected, JsonObject answer) =>
        Same(expected, answer, "status") ?? (Text(expected, "status") == "Unknown" ? null : Same(expected, answer, "message"));

    /// <summary>Of a generated kustomization only the build that comes of it is compared; order counts, bytes do not.</summary>
    private static string? FluxBuild(JsonObject expected, JsonObject answer)
    {
        if (expected["build"] is not { } build)
        {
            return IsError(answer) ? null : "built, but the peer refuses it";
        }

        if (answer["build"] is not { } given)
        {
            return $"refused: {Short(answer)}";
        }

        var (wanted, actual) = (YamlReader.ReadAll(build.GetValue<string>()), YamlReader.ReadAll(given.GetValue<string>()));
        return wanted.Count == actual.Count && wanted.Zip(actual).All(pair => JsonNode.DeepEquals(pair.First.Root, pair.Second.Root))
            ? null
            : $"{given}\ninstead of\n{build}";
    }

    private static string Short(JsonNode? node) =>
        (node?.ToJsonString() ?? "nothing") is var text && text.Length > 200 ? text[..200] + "…" : text;
}
