using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace GitOpsToolkit.Archives.Tests;

/// <summary>Builds hostile and harmless archives by hand.</summary>
internal static class TarBytes
{
    public static MemoryStream Gzip(params TarEntry[] entries)
    {
        var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip))
        {
            foreach (var entry in entries)
            {
                tar.WriteEntry(entry);
            }
        }

        output.Position = 0;
        return output;
    }

    public static TarEntry File(string name, string text = "x", UnixFileMode mode = UnixFileMode.UserRead) =>
        new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)), Mode = mode };

    public static TarEntry Folder(string name) => new PaxTarEntry(TarEntryType.Directory, name);

    public static TarEntry Link(string name, string target, TarEntryType type = TarEntryType.SymbolicLink) =>
        new PaxTarEntry(type, name) { LinkName = target };
}
