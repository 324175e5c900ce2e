using System.IO.Compression;
using System.Security.Cryptography;

namespace GitOpsToolkit.Archives;

/// <summary>What was packed.</summary>
/// <param name="Digest">The digest of the compressed bytes.</param>
/// <param name="Size">The number of compressed bytes.</param>
/// <param name="Entries">Files and folders in the archive, the root included.</param>
/// <param name="ContentBytes">Bytes of all files, before compression.</param>
public sealed record ArchiveSummary(Digest Digest, long Size, int Entries, long ContentBytes);

/// <summary>Packs trees into tar.gz files that depend on nothing but the tree: names in lexical order, the root as <c>.</c>, owner 0, time 0,
/// folders 0750, files 0600, executable files 0700; symbolic links and anything else that is no file are left out.</summary>
public static class ArchiveWriter
{
    private const int FolderMode = 0x1E8; // 0750
    private const int FileMode = 0x180; // 0600
    private const int ExecutableMode = 0x1C0; // 0700
    private const int CopyBufferBytes = 81920;

    /// <summary>Packs <paramref name="tree"/> into <paramref name="output"/>, which is left open.</summary>
    /// <param name="tree">What to pack.</param>
    /// <param name="ignore">What to leave out; null packs everything.</param>
    /// <param name="output">Receives the compressed bytes.</param>
    /// <param name="limits">Caps; null takes <see cref="ArchiveLimits.Default"/>.</param>
    /// <param name="algorithm">The digest's algorithm: <c>sha256</c>, <c>sha384</c> or <c>sha512</c>.</param>
    /// <param name="cancel">Stops between two files.</param>
    /// <exception cref="ArchiveException">A cap is exceeded, the algorithm is not known, or the tree gives a name or a size that cannot be.</exception>
    public static ArchiveSummary Write(
        IFileTree tree,
        IgnoreRules? ignore,
        Stream output,
        ArchiveLimits? limits = null,
        string algorithm = "sha256",
        CancellationToken cancel = default)
    {
        var hashName = Digest.HashNameOf(algorithm)
            ?? throw new ArchiveException($"Digest algorithm '{algorithm}' is not known: use sha256, sha384 or sha512.");
        using var hash = IncrementalHash.CreateHash(hashName);
        using var counted = new HashingStream(output, hash);
        var packing = new Packing(tree, ignore, limits ?? ArchiveLimits.Default, cancel);
        using (var gzip = new GZipStream(counted, CompressionLevel.Optimal, leaveOpen: true))
        using (var buffered = new BufferedStream(gzip, CopyBufferBytes))
        {
            packing.Run(buffered);
        }

        return new ArchiveSummary(Digest.Of(hashName, hash.GetHashAndReset()), counted.Written, packing.Entries, packing.ContentBytes);
    }

    private sealed class Packing(IFileTree tree, IgnoreRules? ignore, ArchiveLimits limits, CancellationToken cancel)
    {
        private readonly byte[] _buffer = new byte[CopyBufferBytes];

        public int Entries { get; private set; }

        public long ContentBytes { get; private set; }

        public void Run(Stream output)
        {
            AddFolder(output, ".");
            Walk(output, []);
            TarHeader.WriteEnd(output);
        }

        private void Walk(Stream output, string[] folder)
        {
            if (folder.Length > limits.MaxDepth)
            {
                throw new ArchiveException($"Folder '{string.Join('/', folder)}' is nested more than {limits.MaxDepth} levels deep.");
            }

            foreach (var item in tree.List(string.Join('/', folder)).OrderBy(item => item.Name, StringComparer.Ordinal))
            {
                cancel.ThrowIfCancellationRequested();
                string[] parts = [.. folder, item.Name];
                var path = string.Join('/', parts);
                var included = ignore?.Ignores(parts, item.Kind == FileTreeItemKind.Folder) != true;
                if (included)
                {
                    // What no consumer would unpack is refused here, where its author hears of it.
                    SafePath.Normalise(path, limits);
                }

                if (item.Kind == FileTreeItemKind.Folder)
                {
                    if (included)
                    {
                        AddFolder(output, path);
                    }

                    // A left-out folder may still hold files that a later pattern takes in again.
                    Walk(output, parts);
                }
                else if (included && item.IsFile)
                {
                    AddFile(output, path, item);
                }
            }
        }

        private void AddFolder(Stream output, string path)
        {
            Count(path);
            TarHeader.Write(output, path, '5', FolderMode, 0);
        }

        private void AddFile(Stream output, string path, FileTreeItem item)
        {
            Count(path);
            ContentBytes += item.Size;
            if (item.Size > limits.MaxFileBytes)
            {
                throw new ArchiveException($"File '{path}' has {item.Size} bytes; the cap for one file is {limits.MaxFileBytes}.");
            }

            if (ContentBytes > limits.MaxTotalBytes)
            {
                throw new ArchiveException($"The files together exceed the cap of {limits.MaxTotalBytes} bytes, reached at '{path}'; leave files out with {IgnoreRules.FileName} or spec.ignore.");
            }

            TarHeader.Write(output, path, '0', item.Kind == FileTreeItemKind.Executable ? ExecutableMode : FileMode, item.Size);
            using var input = tree.OpenRead(path);
            var left = item.Size;
            int read;
            while ((read = input.Read(_buffer)) > 0)
            {
                left -= read;
                if (left < 0)
                {
                    break;
                }

                output.Write(_buffer.AsSpan(0, read));
            }

            if (left != 0)
            {
                throw new ArchiveException($"File '{path}' was said to have {item.Size} bytes and has a different number.");
            }

            TarHeader.WritePadding(output, item.Size);
        }

        private void Count(string path)
        {
            if (++Entries > limits.MaxEntries)
            {
                throw new ArchiveException($"More than {limits.MaxEntries} files and folders, reached at '{path}'.");
            }
        }
    }
}
