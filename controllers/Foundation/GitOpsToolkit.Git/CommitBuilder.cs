using System.Text;
using GitOpsToolkit.Git.Signing;
using LibGit2Sharp;

namespace GitOpsToolkit.Git;

/// <summary>Makes one commit without a working tree: changed files become blobs, the folders above them trees. Its cost is that of the
/// changes, whatever the size of the repository.
/// <example><code>
/// var tip = await mirror.FetchAsync("refs/heads/main", null, timeout, cancel);
/// var commit = mirror.NewCommit(tip).Write("apps/web.yaml", bytes).Build(author, author, "Update image\n");
/// var outcome = await mirror.PushAsync("main", commit!, tip, timeout, cancel);   // Pushed, RejectedNonFastForward, RejectedByHook …
/// </code></example></summary>
public sealed class CommitBuilder
{
    private readonly string _repositoryPath;
    private readonly string? _parentId;
    private readonly SortedDictionary<string, (byte[]? Content, bool? Executable)> _changes = new(StringComparer.Ordinal);

    internal CommitBuilder(string repositoryPath, string? parentId) => (_repositoryPath, _parentId) = (repositoryPath, parentId);

    /// <summary>Sets a file's content.</summary>
    /// <param name="path">Slash-separated path from the root.</param>
    /// <param name="content">The whole content.</param>
    /// <param name="executable">The executable bit; null keeps what the parent has, false for a new file.</param>
    /// <exception cref="GitException"><see cref="GitFailure.InvalidInput"/>: no file may be called so.</exception>
    public CommitBuilder Write(string path, ReadOnlySpan<byte> content, bool? executable = null)
    {
        _changes[Checked(path)] = (content.ToArray(), executable);
        return this;
    }

    /// <summary>Removes a file; one that is not there is no fault.</summary>
    /// <exception cref="GitException"><see cref="GitFailure.InvalidInput"/>: no file may be called so.</exception>
    public CommitBuilder Delete(string path)
    {
        _changes[Checked(path)] = (null, null);
        return this;
    }

    /// <summary>Writes the commit into the mirror; nobody sees it before it is pushed.</summary>
    /// <param name="author">Who made the change.</param>
    /// <param name="committer">Who makes the commit.</param>
    /// <param name="message">The whole message, taken as it is.</param>
    /// <returns>The commit's id; null where the changes change nothing.</returns>
    /// <exception cref="GitException"><see cref="GitFailure.Corrupt"/>: the parent is not here or cannot be read.
    /// <see cref="GitFailure.InvalidInput"/>: a file's path runs through a link or a submodule, or a name is empty.</exception>
    public string? Build(GitSignature author, GitSignature committer, string message) => LibGit2.Guard($"commit {_parentId}", () =>
    {
        using var repository = new Repository(_repositoryPath);
        if (Prepare(repository) is not var (tree, parents))
        {
            return null;
        }

        return repository.ObjectDatabase.CreateCommit(
            Signature(author, "author"), Signature(committer, "committer"), message, tree, parents, prettifyMessage: false).Sha;
    });

    /// <summary>As <see cref="Build"/>, with a signature that <c>git verify-commit</c> checks.</summary>
    /// <param name="author">Who made the change.</param>
    /// <param name="committer">Who makes the commit.</param>
    /// <param name="message">The whole message, taken as it is.</param>
    /// <param name="signer">Signs; null makes a commit without a signature.</param>
    /// <param name="cancel">Stops the work; nothing is written then that anybody sees.</param>
    /// <returns>The commit's id; null where the changes change nothing.</returns>
    /// <exception cref="GitException">As of <see cref="Build"/>; or the signature could not be made.</exception>
    public async Task<string?> BuildAsync(GitSignature author, GitSignature committer, string message, ICommitSigner? signer, CancellationToken cancel)
    {
        if (signer is null)
        {
            return Build(author, committer, message);
        }

        var unsigned = LibGit2.Guard($"commit {_parentId}", () =>
        {
            using var repository = new Repository(_repositoryPath);
            return Prepare(repository) is var (tree, parents)
                ? Commit.CreateBuffer(Signature(author, "author"), Signature(committer, "committer"), message, tree, parents, prettifyMessage: false, commentChar: null)
                : null;
        });
        if (unsigned is null)
        {
            return null;
        }

        // What is hashed and signed is this text as UTF-8, which is what git holds a commit to be.
        var signature = await signer.SignAsync(Encoding.UTF8.GetBytes(unsigned), cancel);
        return LibGit2.Guard($"commit {_parentId}", () =>
        {
            using var repository = new Repository(_repositoryPath);
            return repository.ObjectDatabase.CreateCommitWithSignature(unsigned, signature).Sha;
        });
    }

    /// <summary>Writes blobs and trees; null where the tree stays the parent's.</summary>
    private (Tree Tree, Commit[] Parents)? Prepare(Repository repository)
    {
        var parent = _parentId is null
            ? null
            : repository.Lookup<Commit>(_parentId) ?? throw new GitException(GitFailure.Corrupt, $"commit {_parentId} is not in the mirror.");
        var definition = parent is null ? new TreeDefinition() : TreeDefinition.From(parent);
        foreach (var (path, change) in _changes)
        {
            Apply(repository, parent, definition, path, change.Content, change.Executable);
        }

        var tree = repository.ObjectDatabase.CreateTree(definition);
        return parent is not null && tree.Id == parent.Tree.Id ? null : (tree, parent is null ? [] : [parent]);
    }

    private static void Apply(Repository repository, Commit? parent, TreeDefinition definition, string path, byte[]? content, bool? executable)
    {
        var existing = parent?[path];
        if (content is null)
        {
            if (existing is not null)
            {
                definition.Remove(path);
            }

            return;
        }

        if (existing is { Mode: Mode.Directory or Mode.SymbolicLink or Mode.GitLink } || RunsThroughFile(parent, path))
        {
            throw new GitException(GitFailure.InvalidInput, $"'{path}' cannot be written: it is, or runs through, something that is no folder of files.");
        }

        using var stream = new MemoryStream(content, writable: false);
        var blob = repository.ObjectDatabase.CreateBlob(stream, stream.Length);
        definition.Add(path, blob, executable ?? (existing?.Mode == Mode.ExecutableFile) ? Mode.ExecutableFile : Mode.NonExecutableFile);
    }

    private static bool RunsThroughFile(Commit? parent, string path)
    {
        for (var slash = path.IndexOf('/'); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            if (parent?[path[..slash]] is { } above && above.Mode != Mode.Directory)
            {
                return true;
            }
        }

        return false;
    }

    private static Signature Signature(GitSignature signature, string role) =>
        signature.Name.Trim().Length > 0 && signature.Email.Trim().Length > 0 && !(signature.Name + signature.Email).Any(c => c is '<' or '>' or '\n' or '\0')
            ? signature.ToSignature()
            : throw new GitException(GitFailure.InvalidInput, $"The {role} needs a name and a mail address, and neither may hold '<', '>' or line breaks.");

    private static string Checked(string path) =>
        path.Split('/').Select(GitTreeNames.Fault).FirstOrDefault(fault => fault is not null) is { } fault
            ? throw new GitException(GitFailure.InvalidInput, $"'{path}' is no path of a file: {fault}.")
            : path;
}
