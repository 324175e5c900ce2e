using GitOpsToolkit.Archives;
using LibGit2Sharp;

namespace GitOpsToolkit.Git;

/// <summary>A file in a tree.</summary>
/// <param name="Path">Slash-separated path from the root.</param>
/// <param name="BlobId">The id of its content: equal contents have equal ids.</param>
/// <param name="IsExecutable">Whether its executable bit is set.</param>
public sealed record GitTreeFile(string Path, string BlobId, bool IsExecutable);

/// <summary>The tree of a commit, read straight from the object database: nothing is checked out. For one thread at a time.</summary>
public sealed class GitTree : IFileTree, IDisposable
{
    private const long DefaultMaxBytes = 16 << 20;
    private readonly Repository _repository;
    private readonly Commit _commit;

    internal GitTree(string repositoryPath, string commitId)
    {
        LibGit2.Configure();
        (_repository, _commit) = LibGit2.Guard($"commit {commitId}", () =>
        {
            var repository = new Repository(repositoryPath);
            if (repository.Lookup<Commit>(commitId) is { } commit)
            {
                return (repository, commit);
            }

            repository.Dispose();
            throw new GitException(GitFailure.Corrupt, $"commit {commitId} is not in the mirror.");
        });
    }

    /// <summary>The commit whose tree this is.</summary>
    public GitCommit Commit => LibGit2.Guard($"commit {_commit.Sha}", () => GitCommit.From(_commit));

    /// <inheritdoc/>
    /// <exception cref="GitException"><see cref="GitFailure.InvalidInput"/>: the tree holds a name that no tree may hold.
    /// <see cref="GitFailure.Corrupt"/>: it cannot be read.</exception>
    public IReadOnlyList<FileTreeItem> List(string folder) => LibGit2.Guard($"folder '{folder}' of {_commit.Sha}", () =>
    {
        var tree = folder.Length == 0 ? _commit.Tree : _commit[folder]?.Target as Tree;
        return tree is null
            ? throw new ArchiveException($"No folder '{folder}' in commit {_commit.Sha}.")
            : tree.Select(entry => Describe(folder, entry)).ToList();
    });

    /// <summary>The files below <paramref name="folder"/> in the order of their paths; links and submodules are left out.</summary>
    /// <exception cref="GitException">As <see cref="List"/>.</exception>
    public IEnumerable<GitTreeFile> Files(string folder = "")
    {
        var start = LibGit2.Guard($"folder '{folder}' of {_commit.Sha}", () => folder.Length == 0 ? _commit.Tree : _commit[folder]?.Target as Tree);
        return start is null ? throw new ArchiveException($"No folder '{folder}' in commit {_commit.Sha}.") : Walk(folder, start);
    }

    /// <summary>Whether there is a file or folder at the path.</summary>
    public bool Exists(string path) => LibGit2.Guard($"'{path}' of {_commit.Sha}", () => path.Length == 0 || _commit[path] is not null);

    /// <summary>The content of the file at the path; null where there is none.</summary>
    /// <param name="path">Slash-separated path from the root.</param>
    /// <param name="maxBytes">The cap on its size; 16 MiB where it is null.</param>
    /// <exception cref="GitException"><see cref="GitFailure.TooLarge"/>: the file exceeds the cap.</exception>
    public byte[]? Read(string path, long? maxBytes = null) => LibGit2.Guard($"'{path}' of {_commit.Sha}", () =>
        _commit[path]?.Target is Blob blob ? Content(blob, path, maxBytes ?? DefaultMaxBytes) : null);

    /// <summary>The content of a blob by its id.</summary>
    /// <exception cref="GitException"><see cref="GitFailure.TooLarge"/>: it exceeds the cap of 16 MiB or <paramref name="maxBytes"/>.
    /// <see cref="GitFailure.Corrupt"/>: it is not here.</exception>
    public byte[] ReadBlob(string blobId, long? maxBytes = null) => LibGit2.Guard($"blob {blobId}", () =>
        _repository.Lookup<Blob>(blobId) is { } blob
            ? Content(blob, blobId, maxBytes ?? DefaultMaxBytes)
            : throw new GitException(GitFailure.Corrupt, $"blob {blobId} is not in the mirror."));

    /// <inheritdoc/>
    public Stream OpenRead(string path) => LibGit2.Guard($"'{path}' of {_commit.Sha}", () =>
        _commit[path]?.Target is Blob blob ? blob.GetContentStream() : throw new ArchiveException($"No file '{path}' in commit {_commit.Sha}."));

    /// <inheritdoc/>
    public void Dispose() => _repository.Dispose();

    private FileTreeItem Describe(string folder, TreeEntry entry)
    {
        Check(folder, entry);
        return entry.Mode switch
        {
            Mode.Directory => new FileTreeItem(entry.Name, FileTreeItemKind.Folder, 0),
            Mode.ExecutableFile => new FileTreeItem(entry.Name, FileTreeItemKind.Executable, SizeOf(entry)),
            Mode.NonExecutableFile or Mode.NonExecutableGroupWritableFile => new FileTreeItem(entry.Name, FileTreeItemKind.File, SizeOf(entry)),
            _ => new FileTreeItem(entry.Name, FileTreeItemKind.Other, 0),
        };
    }

    private long SizeOf(TreeEntry entry) => _repository.ObjectDatabase.RetrieveObjectMetadata(entry.Target.Id).Size;

    private static IEnumerable<GitTreeFile> Walk(string folder, Tree tree)
    {
        foreach (var entry in tree.OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            Check(folder, entry);
            var path = folder.Length == 0 ? entry.Name : $"{folder}/{entry.Name}";
            if (entry.Mode == Mode.Directory)
            {
                foreach (var file in Walk(path, (Tree)entry.Target))
                {
                    yield return file;
                }
            }
            else if (entry.Mode is Mode.ExecutableFile or Mode.NonExecutableFile or Mode.NonExecutableGroupWritableFile)
            {
                yield return new GitTreeFile(path, entry.Target.Sha, entry.Mode == Mode.ExecutableFile);
            }
        }
    }

    private static void Check(string folder, TreeEntry entry)
    {
        if (GitTreeNames.Fault(entry.Name) is { } fault)
        {
            throw new GitException(GitFailure.InvalidInput, $"The tree holds the name '{entry.Name}' in '{folder}': {fault}.");
        }
    }

    private static byte[] Content(Blob blob, string name, long maxBytes)
    {
        if (blob.Size > maxBytes)
        {
            throw new GitException(GitFailure.TooLarge, $"'{name}' has {blob.Size} bytes; the cap is {maxBytes}.");
        }

        using var content = blob.GetContentStream();
        var bytes = new byte[blob.Size];
        content.ReadExactly(bytes);
        return bytes;
    }
}
