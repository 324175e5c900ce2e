using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Archives.Tests;

public sealed class SourceIgnoreCorpusTests
{
    [Fact]
    public void Patterns_answer_as_the_peer_does()
    {
        var misses = Rows("patterns.jsonl").SelectMany(PatternMisses).ToArray();
        Assert.Empty(misses);
    }

    [Fact]
    public void Trees_pack_to_the_same_entries_and_the_same_tar_bytes()
    {
        var misses = Rows("archive.jsonl").Select(ArchiveMiss).OfType<string>().ToArray();
        Assert.Empty(misses);
    }

    private static IEnumerable<JsonObject> Rows(string file)
    {
        var corpus = Corpus.Find();
        Assert.SkipWhen(corpus is null, "The conformance corpora are not beside this checkout (../shared/corpus or CORPUS_DIR).");
        return File.ReadLines(Path.Combine(corpus, "sourceignore", file)).Select(line => JsonNode.Parse(line)!.AsObject());
    }

    private static IEnumerable<string> PatternMisses(JsonObject row)
    {
        var request = row["request"]!;
        string[] scope = [.. request["domain"]!.AsArray().Select(part => (string)part!)];
        var patterns = request["patterns"]!.AsArray().SelectMany(text => IgnoreRules.ReadPatterns((string)text!, scope));
        if ((bool?)request["defaults"] == true)
        {
            patterns = [.. IgnoreRules.VersionControlPatterns(scope), .. IgnoreRules.DefaultPatterns(scope), .. patterns];
        }

        var rules = new IgnoreRules([.. patterns]);
        foreach (var (path, expected) in row["expected"]!["ignored"]!.AsObject())
        {
            if (rules.Ignores(path.TrimEnd('/'), isFolder: path.EndsWith('/')) != (bool)expected!)
            {
                yield return $"{row["id"]}: {request["patterns"]!.ToJsonString()} on {path}: expected {expected}";
            }
        }
    }

    private static string? ArchiveMiss(JsonObject row)
    {
        var request = row["request"]!;
        using var folder = new TempDirectory();
        foreach (var (path, text) in request["files"]!.AsObject())
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder[path])!);
            File.WriteAllText(folder[path], (string)text!);
        }

        foreach (var path in request["emptyDirs"]?.AsArray() ?? [])
        {
            Directory.CreateDirectory(folder[(string)path!]);
        }

        foreach (var path in request["exec"]?.AsArray() ?? [])
        {
            File.SetUnixFileMode(folder[(string)path!], (UnixFileMode)0b111_101_101);
        }

        var tree = new FolderTree(folder.Path);
        using var packed = new MemoryStream();
        ArchiveWriter.Write(tree, IgnoreRules.Load(tree, (string?)request["ignore"]), packed);
        packed.Position = 0;
        using var tar = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionMode.Decompress))
        {
            gzip.CopyTo(tar);
        }

        var entries = EntriesOf(tar).ToJsonString();
        var sum = Convert.ToHexStringLower(SHA256.HashData(tar.ToArray()));
        var expected = row["expected"]!;
        return JsonNode.DeepEquals(JsonNode.Parse(entries), expected["entries"]) && sum == (string)expected["tarSha256"]!
            ? null
            : $"{row["id"]}: sum {sum}, entries {entries}\n expected {expected.ToJsonString()}";
    }

    private static JsonArray EntriesOf(MemoryStream tar)
    {
        tar.Position = 0;
        var entries = new JsonArray();
        using var reader = new TarReader(tar, leaveOpen: true);
        while (reader.GetNextEntry() is { } entry)
        {
            entries.Add(new JsonObject
            {
                ["mode"] = "0" + Convert.ToString((int)entry.Mode, 8),
                ["name"] = entry.Name,
                ["size"] = entry.Length,
                ["type"] = entry.EntryType == TarEntryType.Directory ? "dir" : "file",
            });
        }

        return entries;
    }
}
