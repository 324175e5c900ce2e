using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using GitOpsToolkit.Archives;
using GitOpsToolkit.TestKit;

namespace GitOpsToolkit.Conformance.Parts;

internal static class SourceIgnorePart
{
    internal static JsonObject Match(JsonObject question)
    {
        var scope = question.Texts("domain");
        var patterns = question.Texts("patterns").SelectMany(text => IgnoreRules.ReadPatterns(text, scope));
        if (question.Flag("defaults"))
        {
            patterns = [.. IgnoreRules.VersionControlPatterns(scope), .. IgnoreRules.DefaultPatterns(scope), .. patterns];
        }

        var rules = new IgnoreRules([.. patterns]);
        var ignored = new JsonObject();
        foreach (var path in question.Texts("paths"))
        {
            ignored[path] = rules.Ignores(path.TrimEnd('/'), isFolder: path.EndsWith('/'));
        }

        return new JsonObject { ["ignored"] = ignored };
    }

    internal static JsonObject Pack(JsonObject question)
    {
        using var folder = new TempDirectory();
        foreach (var (path, text) in question.Object("files"))
        {
            RequireInside(path);
            Directory.CreateDirectory(Path.GetDirectoryName(folder[path])!);
            File.WriteAllText(folder[path], text!.GetValue<string>());
        }

        foreach (var path in question.Texts("emptyDirs"))
        {
            RequireInside(path);
            Directory.CreateDirectory(folder[path]);
        }

        foreach (var path in question.Texts("exec"))
        {
            File.SetUnixFileMode(folder[path], (UnixFileMode)0b111_101_101);
        }

        var tree = new FolderTree(folder.Path);
        using var packed = new MemoryStream();
        ArchiveWriter.Write(tree, IgnoreRules.Load(tree, question["ignore"]?.GetValue<string>()), packed);
        packed.Position = 0;
        using var tar = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionMode.Decompress))
        {
            gzip.CopyTo(tar);
        }

        return new JsonObject
        {
            ["entries"] = EntriesOf(tar),
            ["tarSha256"] = Convert.ToHexStringLower(SHA256.HashData(tar.ToArray())),
        };
    }

    private static void RequireInside(string path)
    {
        if (Path.IsPathRooted(path) || path.Split('/').Contains(".."))
        {
            throw new FormatException($"'{path}' leads out of the tree");
        }
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
