using System.Diagnostics;
using System.Text;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Archives.Tests;

public sealed class ArchiveWriterTests : IDisposable
{
    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_bytes_depend_on_the_tree_alone()
    {
        string[] files = ["b/two.yaml", "a.yaml", "b.yaml", "b/one.yaml"];
        var first = PackCopy("first", files);
        var second = PackCopy("second", [.. files.Reverse()]);

        Assert.Equal(first.Bytes, second.Bytes);
        Assert.Equal(first.Summary, second.Summary);
        Assert.Equal(Digest.Sha256(first.Bytes), first.Summary.Digest);
        Assert.Equal(first.Bytes.Length, first.Summary.Size);
    }

    [Fact]
    public void Links_are_left_out()
    {
        using var outside = new TempDirectory();
        File.WriteAllText(outside["secret"], "s");
        File.WriteAllText(_folder["a"], "a");
        File.CreateSymbolicLink(_folder["link"], outside["secret"]);
        Directory.CreateSymbolicLink(_folder["dir"], outside.Path);

        Assert.Equal(2, Pack(_folder.Path).Summary.Entries);
    }

    [Theory]
    [InlineData("short")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/bbbbbbbbbbbbbbbbbbbbbbbbbbbb/c")]
    [InlineData("größe/ünïcode.yaml")]
    public void Gnu_tar_reads_every_name(string name)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder["in/" + name])!);
        File.WriteAllText(_folder["in/" + name], "content");
        File.WriteAllText(_folder["in/" + new string('x', 200)], "content");
        File.WriteAllBytes(_folder["a.tar.gz"], Pack(_folder["in"]).Bytes);

        var start = new ProcessStartInfo("tar") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { "--quoting-style=literal", "-tzf", _folder["a.tar.gz"] })
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["LC_ALL"] = "C.UTF-8";
        using var tar = Process.Start(start)!;
        var listing = tar.StandardOutput.ReadToEnd();
        Assert.Equal("", tar.StandardError.ReadToEnd());
        tar.WaitForExit();

        Assert.Equal(0, tar.ExitCode);
        Assert.Contains(name, listing.Split('\n'));
        Assert.Contains(new string('x', 200), listing.Split('\n'));
    }

    [Fact]
    public void Caps_name_the_place()
    {
        Directory.CreateDirectory(_folder["a/b"]);
        File.WriteAllText(_folder["a/b/big"], "12345");
        (ArchiveLimits Limits, string Expect)[] cases =
        [
            (new ArchiveLimits { MaxTotalBytes = 4 }, "'a/b/big'"),
            (new ArchiveLimits { MaxFileBytes = 4 }, "'a/b/big' has 5 bytes"),
            (new ArchiveLimits { MaxEntries = 3 }, "More than 3"),
            (new ArchiveLimits { MaxDepth = 1 }, "'a/b' is nested"),
        ];
        foreach (var (limits, expect) in cases)
        {
            var error = Assert.Throws<ArchiveException>(() => Pack(_folder.Path, limits));
            Assert.Contains(expect, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_name_that_no_consumer_would_unpack_is_refused_unless_it_is_left_out()
    {
        File.WriteAllText(_folder["a\\b"], "x");
        var tree = new FolderTree(_folder.Path);

        Assert.Contains("'a\\b'", Assert.Throws<ArchiveException>(() => Pack(_folder.Path)).Message, StringComparison.Ordinal);
        Assert.Equal(1, ArchiveWriter.Write(tree, IgnoreRules.Load(tree, "a*"), Stream.Null).Entries);
    }

    [Fact]
    public void A_file_whose_size_is_a_lie_is_refused()
    {
        Assert.Throws<ArchiveException>(() => ArchiveWriter.Write(new LyingTree(4, "12345"), null, Stream.Null));
        Assert.Throws<ArchiveException>(() => ArchiveWriter.Write(new LyingTree(6, "12345"), null, Stream.Null));
        ArchiveWriter.Write(new LyingTree(5, "12345"), null, Stream.Null);
    }

    [Theory]
    [InlineData("sha384")]
    [InlineData("sha512")]
    public async Task Other_algorithms_are_used_as_asked(string algorithm)
    {
        File.WriteAllText(_folder["a"], "a");
        using var output = new MemoryStream();
        var summary = ArchiveWriter.Write(new FolderTree(_folder.Path), null, output, algorithm: algorithm);
        output.Position = 0;

        Assert.StartsWith(algorithm + ":", summary.Digest.ToString(), StringComparison.Ordinal);
        Assert.True(await summary.Digest.MatchesAsync(output, default));
        Assert.Throws<ArchiveException>(() => ArchiveWriter.Write(new FolderTree(_folder.Path), null, Stream.Null, algorithm: "md5"));
    }

    [Fact]
    public void Oversized_and_too_deep_ignore_files_are_refused()
    {
        File.WriteAllText(_folder[".sourceignore"], new string('#', (1 << 20) + 1));
        Assert.Throws<ArchiveException>(() => IgnoreRules.Load(new FolderTree(_folder.Path), null));

        File.WriteAllText(_folder[".sourceignore"], string.Concat(Enumerable.Repeat("a\n", 50_001)));
        Assert.Throws<ArchiveException>(() => IgnoreRules.Load(new FolderTree(_folder.Path), null));

        File.Delete(_folder[".sourceignore"]);
        Directory.CreateDirectory(_folder["a/b/c"]);
        Assert.Throws<ArchiveException>(() => IgnoreRules.Load(new FolderTree(_folder.Path), null, maxDepth: 2));
    }

    private (byte[] Bytes, ArchiveSummary Summary) PackCopy(string name, string[] files)
    {
        foreach (var file in files)
        {
            var path = _folder[$"{name}/{file}"];
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, file);
            File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddDays(name.Length * 100));
        }

        return Pack(_folder[name]);
    }

    private static (byte[] Bytes, ArchiveSummary Summary) Pack(string folder, ArchiveLimits? limits = null)
    {
        using var output = new MemoryStream();
        var summary = ArchiveWriter.Write(new FolderTree(folder), null, output, limits);
        return (output.ToArray(), summary);
    }

    private sealed class LyingTree(long size, string content) : IFileTree
    {
        public IReadOnlyList<FileTreeItem> List(string folder) => [new FileTreeItem("file", FileTreeItemKind.File, size)];

        public Stream OpenRead(string path) => new MemoryStream(Encoding.UTF8.GetBytes(content));
    }
}
