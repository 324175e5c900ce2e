using System.Text.Json.Nodes;
using Xunit;

namespace GitOpsToolkit.Versioning.Tests;

public sealed class SemVerConformanceTests
{
    [Fact]
    public void Ranges_admit_what_the_peer_admits() => CorpusTable.Run("semver/constraints.jsonl", CheckConstraint);

    [Fact]
    public void Ranges_parse_where_the_peer_parses_them() => CorpusTable.Run("semver/constraint-parse.jsonl", (row, folder) =>
        CorpusTable.Compare(
            row["expected"]!["ok"]!.GetValue<bool>(),
            SemVerRange.TryParse(Text(row, "constraint"), out _, out _)));

    [Fact]
    public void Versions_read_as_the_peer_reads_them() => CorpusTable.Run("semver/version-parse.jsonl", CheckParse);

    [Fact]
    public void Versions_rank_as_the_peer_ranks_them() => CorpusTable.Run("semver/compare.jsonl", (row, _) =>
    {
        var expected = row["expected"]!.AsObject();
        var read = SemVer.TryParse(Text(row, "a"), out var a) & SemVer.TryParse(Text(row, "b"), out var b);
        return CorpusTable.IsError(expected)
            ? CorpusTable.Compare(false, read)
            : CorpusTable.Compare(expected["result"]!.GetValue<int>(), a.CompareTo(b)) ?? CorpusTable.Compare(true, read);
    });

    [Fact]
    public void Tags_sort_as_the_peer_sorts_them() => CorpusTable.Run("semver/sort.jsonl", (row, folder) =>
    {
        var request = row["request"]!.AsObject();
        var range = Text(row, "constraint") is { Length: > 0 } text ? SemVerRange.Parse(text) : null;
        var sorted = SemVerOrder.Descending(CorpusTable.Tags(request, folder), range);
        var expected = row["expected"]!["sorted"]!.AsArray().Select(tag => tag!.GetValue<string>()).ToArray();
        if (!expected.Order(StringComparer.Ordinal).SequenceEqual(sorted.Order(StringComparer.Ordinal)))
        {
            return "different members";
        }

        return expected.Select(SemVer.Parse).SequenceEqual(sorted.Select(SemVer.Parse)) ? null : "different order";
    });

    private static string Text(JsonObject row, string name) => row["request"]![name]!.GetValue<string>();

    private static string? CheckConstraint(JsonObject row, string folder)
    {
        var expected = row["expected"]!.AsObject();
        if (!SemVerRange.TryParse(Text(row, "constraint"), out var range, out _) || !SemVer.TryParse(Text(row, "version"), out var version))
        {
            return CorpusTable.Compare(true, CorpusTable.IsError(expected));
        }

        if (CorpusTable.IsError(expected))
        {
            return "expected an error";
        }

        var includePrerelease = row["request"]!["includePrerelease"]?.GetValue<bool>() ?? false;
        return CorpusTable.Compare(expected["ok"]!.GetValue<bool>(), range.Contains(version, includePrerelease));
    }

    private static string? CheckParse(JsonObject row, string folder)
    {
        var expected = row["expected"]!.AsObject();
        var text = Text(row, "version");
        SemVer version;
        var read = Text(row, "op") switch
        {
            "parse" => SemVer.TryParse(text, out version),
            "parse-strict" => SemVer.TryParseStrict(text, out version),
            _ => SemVer.TryParseThreeParts(text, out version),
        };
        if (!read || CorpusTable.IsError(expected))
        {
            return CorpusTable.Compare(!CorpusTable.IsError(expected), read);
        }

        return CorpusTable.Compare(expected["major"]!.GetValue<ulong>(), version.Major)
            ?? CorpusTable.Compare(expected["minor"]!.GetValue<ulong>(), version.Minor)
            ?? CorpusTable.Compare(expected["patch"]!.GetValue<ulong>(), version.Patch)
            ?? CorpusTable.Compare(expected["prerelease"]!.GetValue<string>(), version.Prerelease)
            ?? CorpusTable.Compare(expected["metadata"]!.GetValue<string>(), version.Metadata);
    }
}
