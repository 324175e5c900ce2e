using CsCheck;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Archives.Tests;

public sealed class RoundTripTests
{
    private static readonly Gen<string> s_name = Gen.Char["abcXYZ019-_. é日"].Array[1, 12].Select(chars => new string(chars))
        .Where(name => name.Trim('.', ' ').Length > 0);

    private static readonly Gen<(string Path, byte[] Content, bool Executable)[]> s_files =
        Gen.Select(s_name.Array[1, 12].Select(parts => string.Join('/', parts)), Gen.Byte.Array[0, 2000], Gen.Bool).Array[1, 15];

    [Fact]
    public void Any_tree_comes_back_as_it_was_and_packs_to_the_same_bytes() => s_files.Sample(
        files =>
        {
            using var folder = new TempDirectory();
            foreach (var (path, content, executable) in WithoutClashes(files))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(folder["in/" + path])!);
                File.WriteAllBytes(folder["in/" + path], content);
                if (executable)
                {
                    File.SetUnixFileMode(folder["in/" + path], (UnixFileMode)0b111_101_101);
                }
            }

            using var first = new MemoryStream();
            using var second = new MemoryStream();
            var summary = ArchiveWriter.Write(new FolderTree(folder["in"]), null, first);
            first.Position = 0;
            var unpacked = ArchiveUnpacker.UnpackAsync(first, folder["out"]).GetAwaiter().GetResult();
            var again = ArchiveWriter.Write(new FolderTree(folder["out"]), null, second);

            return summary == again && first.ToArray().AsSpan().SequenceEqual(second.ToArray()) && unpacked.ContentBytes == summary.ContentBytes;
        },
        iter: 30,
        threads: 1);

    [Fact]
    public void Every_single_damaged_byte_is_either_noticed_or_harmless() => Gen.Select(Gen.Int[0, int.MaxValue], Gen.Byte[1, 255]).Sample(
        (place, flip) =>
        {
            using var folder = new TempDirectory();
            using var archive = TarBytes.Gzip(TarBytes.Folder("a"), TarBytes.File("a/b", new string('x', 5000)), TarBytes.File("c"));
            var bytes = archive.ToArray();
            bytes[place % bytes.Length] ^= flip;
            using var damaged = new MemoryStream(bytes);
            try
            {
                ArchiveUnpacker.UnpackAsync(damaged, folder["out"]).GetAwaiter().GetResult();
            }
            catch (ArchiveException)
            {
                return !Directory.EnumerateFileSystemEntries(folder.Path).Any();
            }

            return Directory.GetFileSystemEntries(folder.Path).Length == 1;
        },
        iter: 150,
        threads: 1);

    /// <summary>A path that is a folder of another one cannot be a file too.</summary>
    private static IEnumerable<(string Path, byte[] Content, bool Executable)> WithoutClashes((string Path, byte[] Content, bool Executable)[] files) =>
        files.DistinctBy(file => file.Path).Where(file => !files.Any(other => other.Path.StartsWith(file.Path + "/", StringComparison.Ordinal)));
}
