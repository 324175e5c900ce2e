using System.Formats.Tar;
using System.IO.Compression;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Archives.Tests;

public sealed class ArchiveUnpackerTests : IDisposable
{
    private readonly TempDirectory _folder = new();

    private string Target => _folder["out"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Files_and_folders_arrive_with_their_content_and_plain_modes()
    {
        using var archive = TarBytes.Gzip(
            TarBytes.Folder("."),
            TarBytes.Folder("a"),
            TarBytes.File("a/b.yaml", "hello"),
            TarBytes.File("./c/run.sh", "#!", UnixFileMode.UserRead | UnixFileMode.GroupExecute | UnixFileMode.SetUser));

        var summary = await ArchiveUnpacker.UnpackAsync(archive, Target);

        Assert.Equal(new UnpackSummary(4, 7, 0), summary);
        Assert.Equal("hello", await File.ReadAllTextAsync(Path.Combine(Target, "a/b.yaml")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(Target, "a/b.yaml")));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(Path.Combine(Target, "c/run.sh")));
    }

    [Fact]
    public async Task What_the_writer_packs_the_unpacker_takes()
    {
        Directory.CreateDirectory(_folder["in/deep/er"]);
        await File.WriteAllTextAsync(_folder["in/deep/er/x.yaml"], "x: 1\n");
        await File.WriteAllTextAsync(_folder["in/" + new string('n', 120)], "long name");
        await File.WriteAllTextAsync(_folder["in/grüße.yaml"], "utf-8 name");
        using var archive = new MemoryStream();
        var packed = ArchiveWriter.Write(new FolderTree(_folder["in"]), null, archive);
        archive.Position = 0;

        var summary = await ArchiveUnpacker.UnpackAsync(archive, Target);

        Assert.Equal(packed.Entries, summary.Entries);
        Assert.Equal("x: 1\n", await File.ReadAllTextAsync(Path.Combine(Target, "deep/er/x.yaml")));
        Assert.Equal("long name", await File.ReadAllTextAsync(Path.Combine(Target, new string('n', 120))));
        Assert.Equal("utf-8 name", await File.ReadAllTextAsync(Path.Combine(Target, "grüße.yaml")));
    }

    [Theory]
    [InlineData("../evil")]
    [InlineData("a/../../evil")]
    [InlineData("a/..")]
    [InlineData("/etc/evil")]
    [InlineData("a\\..\\evil")]
    [InlineData("a/\u0001")]
    [InlineData("../out-other/evil")]
    public async Task A_name_that_leaves_the_folder_is_refused_and_nothing_stays(string name)
    {
        using var archive = TarBytes.Gzip(TarBytes.File("ok.yaml"), TarBytes.File(name));

        await Assert.ThrowsAsync<ArchiveException>(() => ArchiveUnpacker.UnpackAsync(archive, Target));

        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task Nothing_is_written_through_a_symbolic_link()
    {
        using var outside = new TempDirectory();
        using var archive = TarBytes.Gzip(TarBytes.Link("a", outside.Path), TarBytes.File("a/evil"));

        var summary = await ArchiveUnpacker.UnpackAsync(archive, Target);

        Assert.Equal(1, summary.SkippedLinks);
        Assert.Empty(Directory.EnumerateFileSystemEntries(outside.Path));
        Assert.True(File.Exists(Path.Combine(Target, "a/evil")));
    }

    [Theory]
    [InlineData(TarEntryType.HardLink)]
    [InlineData(TarEntryType.Fifo)]
    [InlineData(TarEntryType.CharacterDevice)]
    public async Task Other_types_are_refused(TarEntryType type)
    {
        var entry = type == TarEntryType.HardLink ? TarBytes.Link("b", "a", type) : new PaxTarEntry(type, "b");
        using var archive = TarBytes.Gzip(TarBytes.File("a"), entry);

        var error = await Assert.ThrowsAsync<ArchiveException>(() => ArchiveUnpacker.UnpackAsync(archive, Target));

        Assert.Contains("'b'", error.Message, StringComparison.Ordinal);
        Assert.Contains(type.ToString(), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Caps_hold()
    {
        (ArchiveLimits Limits, string Expect)[] cases =
        [
            (new ArchiveLimits { MaxTotalBytes = 9 }, "cap of 9 unpacked bytes"),
            (new ArchiveLimits { MaxFileBytes = 4 }, "cap for one file is 4"),
            (new ArchiveLimits { MaxEntries = 1 }, "more than 1 entries"),
            (new ArchiveLimits { MaxDepth = 1 }, "nested more than 1 levels"),
            (new ArchiveLimits { MaxPathBytes = 4 }, "more than 4 bytes"),
        ];
        foreach (var (limits, expect) in cases)
        {
            using var archive = TarBytes.Gzip(TarBytes.File("a", "12345"), TarBytes.File("b/c/d", "12345"));
            var error = await Assert.ThrowsAsync<ArchiveException>(() => ArchiveUnpacker.UnpackAsync(archive, Target, limits));
            Assert.Contains(expect, error.Message, StringComparison.Ordinal);
            Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
        }
    }

    [Fact]
    public async Task A_bomb_stops_at_the_cap()
    {
        using var archive = TarBytes.Gzip(TarBytes.File("zeros", new string('\0', 4 << 20)));
        Assert.True(archive.Length < 64 << 10);

        var limits = new ArchiveLimits { MaxTotalBytes = 1 << 20 };
        await Assert.ThrowsAsync<ArchiveException>(() => ArchiveUnpacker.UnpackAsync(archive, Target, limits));

        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task Bytes_that_are_no_archive_are_refused_with_a_message()
    {
        byte[] cut = TarBytes.Gzip(TarBytes.File("a", new string('a', 10_000))).ToArray()[..^20];
        byte[][] inputs = [[], [1, 2, 3, 4], cut, Gzip([])];
        foreach (var input in inputs)
        {
            using var stream = new MemoryStream(input);
            await Assert.ThrowsAsync<ArchiveException>(() => ArchiveUnpacker.UnpackAsync(stream, Target));
            Assert.False(Directory.Exists(Target));
        }
    }

    [Fact]
    public async Task An_existing_folder_is_left_alone()
    {
        Directory.CreateDirectory(Target);
        using var archive = TarBytes.Gzip(TarBytes.File("a"));

        await Assert.ThrowsAsync<ArchiveException>(() => ArchiveUnpacker.UnpackAsync(archive, Target));

        Assert.Empty(Directory.EnumerateFileSystemEntries(Target));
    }

    [Fact]
    public async Task A_file_and_a_folder_in_each_other_s_way_are_an_error_with_no_internal_path()
    {
        foreach (var entries in new TarEntry[][] { [TarBytes.File("a"), TarBytes.File("a/b")], [TarBytes.Folder("a"), TarBytes.File("a")] })
        {
            using var archive = TarBytes.Gzip(entries);
            var error = await Assert.ThrowsAsync<ArchiveException>(() => ArchiveUnpacker.UnpackAsync(archive, Target));
            Assert.DoesNotContain(".partial", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Combine_takes_no_sibling_for_its_own()
    {
        Assert.Equal(Path.Combine(Target, "a"), SafePath.Combine(Target, "a"));
        Assert.Throws<ArchiveException>(() => SafePath.Combine(Target, "../out-other/a"));
        Assert.Throws<ArchiveException>(() => SafePath.Combine(Target, "/etc/passwd"));
    }

    private static byte[] Gzip(byte[] content)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return output.ToArray();
    }
}
