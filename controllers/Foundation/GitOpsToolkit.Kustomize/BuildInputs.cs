using System.Security.Cryptography;
using GitOpsToolkit.Kustomize.Loader;

namespace GitOpsToolkit.Kustomize;

/// <summary>A file that a build read.</summary>
/// <param name="Path">Its path, relative to the root of the source.</param>
/// <param name="Digest">The digest of its content, <c>sha256:</c> and 64 hexadecimal digits.</param>
public readonly record struct FileRead(string Path, string Digest);

/// <summary>
/// Everything that a build asked its source and was told: contents, which paths are files or directories and which are nothing, and the lists
/// of directories. As long as another source answers the same, the same build of it gives the same objects. Thread-safe.
/// </summary>
public sealed class BuildInputs
{
    private readonly (string Path, byte[] Hash)[] _files;
    private readonly (string Path, bool IsFile)[] _fileQuestions;
    private readonly (string Path, bool IsDirectory)[] _directoryQuestions;
    private readonly (string Path, FileEntry[] Entries)[] _lists;

    internal BuildInputs(
        IEnumerable<(string Path, byte[] Hash)> files, IEnumerable<(string Path, bool IsFile)> fileQuestions,
        IEnumerable<(string Path, bool IsDirectory)> directoryQuestions, IEnumerable<(string Path, FileEntry[] Entries)> lists)
    {
        _files = [.. files.OrderBy(file => file.Path, StringComparer.Ordinal)];
        Files = [.. _files.Select(file => new FileRead(file.Path, $"sha256:{Convert.ToHexStringLower(file.Hash)}"))];
        _fileQuestions = [.. fileQuestions];
        _directoryQuestions = [.. directoryQuestions];
        _lists = [.. lists];
    }

    /// <summary>Every file that was read, in ordinal order of paths.</summary>
    public IReadOnlyList<FileRead> Files { get; }

    /// <summary>Whether a build of <paramref name="source"/> would be told the same. What the build was asked for (path, overlay, options) is the
    /// caller's to compare.</summary>
    /// <param name="source">Another state of the files.</param>
    /// <param name="cancellation">Ends the comparison early.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public bool AreUnchangedIn(IFileSource source, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        return Array.TrueForAll(_directoryQuestions, question => source.DirectoryExists(question.Path) == question.IsDirectory)
            && Array.TrueForAll(_fileQuestions, question => source.FileExists(question.Path) == question.IsFile)
            && Array.TrueForAll(_lists, list => FileRecorder.Relevant(source.List(list.Path)).AsSpan().SequenceEqual(list.Entries))
            && Array.TrueForAll(_files, file =>
            {
                cancellation.ThrowIfCancellationRequested();
                return HasContent(source, file.Path, file.Hash);
            });
    }

    private static bool HasContent(IFileSource source, string path, byte[] hash)
    {
        try
        {
            return SHA256.HashData(source.Read(path, int.MaxValue)).AsSpan().SequenceEqual(hash);
        }
        catch (BuildException)
        {
            return false;
        }
    }
}
