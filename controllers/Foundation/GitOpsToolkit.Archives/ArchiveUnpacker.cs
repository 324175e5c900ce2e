using System.Formats.Tar;
using System.IO.Compression;

namespace GitOpsToolkit.Archives;

/// <summary>What was unpacked.</summary>
/// <param name="Entries">Files and folders that were written.</param>
/// <param name="ContentBytes">Bytes of all files.</param>
/// <param name="SkippedLinks">Symbolic links that were left out.</param>
public sealed record UnpackSummary(int Entries, long ContentBytes, int SkippedLinks);

/// <summary>Unpacks tar.gz files from elsewhere: bounded, inside one folder, all or nothing.</summary>
public static class ArchiveUnpacker
{
    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;

    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Unpacks into <paramref name="target"/>, which must not exist: first beside it, then moved there in one step, so that the folder
    /// is either complete or absent. Symbolic links are skipped; hard links, devices and other types are refused. Nothing is ever written
    /// through a link. Owners and times in the archive are not taken over.</summary>
    /// <param name="archive">The compressed bytes.</param>
    /// <param name="target">The folder to make; its parent is made where it is missing.</param>
    /// <param name="limits">Caps; null takes <see cref="ArchiveLimits.Default"/>.</param>
    /// <param name="cancel">Stops the work; nothing is left behind.</param>
    /// <exception cref="ArchiveException">A name, a type or a cap is refused, the bytes are no tar.gz, or the folder exists.</exception>
    public static async Task<UnpackSummary> UnpackAsync(Stream archive, string target, ArchiveLimits? limits = null, CancellationToken cancel = default)
    {
        var destination = Path.GetFullPath(target);
        if (Path.Exists(destination))
        {
            throw new ArchiveException($"Cannot unpack into '{destination}': it exists.");
        }

        var parent = Path.GetDirectoryName(destination) ?? throw new ArchiveException("Cannot unpack into the root of the file system.");
        Directory.CreateDirectory(parent);
        var partial = Path.Combine(parent, $".{Path.GetFileName(destination)}.{Guid.NewGuid():N}.partial");
        MakeFolder(partial);
        try
        {
            var unpacking = new Unpacking(partial, limits ?? ArchiveLimits.Default);
            await unpacking.RunAsync(archive, cancel);
            Directory.Move(partial, destination);
            return new UnpackSummary(unpacking.Entries, unpacking.ContentBytes, unpacking.SkippedLinks);
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException or FormatException or ArithmeticException or ArgumentException)
        {
            // The tar reader throws all of these for headers with numbers out of range.
            throw new ArchiveException($"The bytes are not a tar.gz archive, or end too early: {error.Message}", error);
        }
        catch (Exception error) when (error is (IOException and not FileNotFoundException) or UnauthorizedAccessException)
        {
            throw new ArchiveException($"Cannot unpack: {error.Message.Replace(partial, target, StringComparison.Ordinal)}", error);
        }
        finally
        {
            if (Directory.Exists(partial))
            {
                Directory.Delete(partial, recursive: true);
            }
        }
    }

    // Header, padding and room for a long name; what goes beyond is padding that serves to exhaust the reader.
    private const int OverheadPerEntry = 8192;

    private static void MakeFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        Directory.CreateDirectory(path, FolderMode);
    }

    private sealed class Unpacking(string root, ArchiveLimits limits)
    {
        public int Entries { get; private set; }

        public long ContentBytes { get; private set; }

        public int SkippedLinks { get; private set; }

        private int _seen;

        public async Task RunAsync(Stream archive, CancellationToken cancel)
        {
            await using var gzip = new GZipStream(archive, CompressionMode.Decompress, leaveOpen: true);
            await using var bounded = new BoundedReadStream(gzip, limits.MaxTotalBytes + ((long)limits.MaxEntries * OverheadPerEntry));
            await using var reader = new TarReader(bounded, leaveOpen: true);
            while (await reader.GetNextEntryAsync(copyData: false, cancel) is { } entry)
            {
                if (++_seen > limits.MaxEntries)
                {
                    throw new ArchiveException($"The archive has more than {limits.MaxEntries} entries, reached at '{entry.Name}'.");
                }

                await TakeAsync(entry, SafePath.Normalise(entry.Name, limits), cancel);
            }

            if (_seen == 0)
            {
                throw new ArchiveException("The archive has no entry.");
            }
        }

        private async Task TakeAsync(TarEntry entry, string path, CancellationToken cancel)
        {
            switch (entry.EntryType)
            {
                case TarEntryType.Directory:
                    Entries++;
                    MakeFolder(SafePath.Combine(root, path));
                    break;
                case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                    Entries++;
                    await TakeFileAsync(entry, path, cancel);
                    break;
                case TarEntryType.SymbolicLink:
                    SkippedLinks++;
                    break;
                case TarEntryType.GlobalExtendedAttributes:
                    break;
                default:
                    throw new ArchiveException($"Archive entry '{path}' is of type {entry.EntryType}: only files and folders are taken.");
            }
        }

        private async Task TakeFileAsync(TarEntry entry, string path, CancellationToken cancel)
        {
            ContentBytes += entry.Length;
            if (entry.Length > limits.MaxFileBytes)
            {
                throw new ArchiveException($"Archive entry '{path}' has {entry.Length} bytes; the cap for one file is {limits.MaxFileBytes}.");
            }

            if (ContentBytes > limits.MaxTotalBytes)
            {
                throw new ArchiveException($"The archive exceeds the cap of {limits.MaxTotalBytes} unpacked bytes, reached at '{path}'.");
            }

            var file = SafePath.Combine(root, path);
            MakeFolder(Path.GetDirectoryName(file)!);
            var options = new FileStreamOptions { Mode = System.IO.FileMode.Create, Access = FileAccess.Write, Share = FileShare.None };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = (entry.Mode & AnyExecute) != UnixFileMode.None ? FileMode | UnixFileMode.UserExecute : FileMode;
            }

            await using var output = new FileStream(file, options);
            if (entry.DataStream is { } content)
            {
                await content.CopyToAsync(output, cancel);
            }
        }
    }
}
