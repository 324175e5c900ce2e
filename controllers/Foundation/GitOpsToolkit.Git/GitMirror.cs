using System.Security.Cryptography;
using System.Text;
using LibGit2Sharp;

namespace GitOpsToolkit.Git;

/// <summary>A bare repository that follows one repository on a server. Fetching and pushing go one at a time; reading is free.</summary>
#pragma warning disable CA1001 // The semaphores' wait handles are never asked for, so there is nothing to release.
public sealed class GitMirror
#pragma warning restore CA1001
{
    private const string KeptRefs = "refs/mirror/";
    private const int MaxShallowBytes = 41 * 500;
    private readonly SemaphoreSlim _network = new(1, 1);
    private readonly SemaphoreSlim _listing = new(1, 1);
    private readonly Lock _creating = new();
    private readonly string _path;
    private readonly GitEndpoint _endpoint;
    private readonly IGitRemote _remote;
    private readonly TimeProvider _time;
    private Advertisement? _advertised;

    internal GitMirror(string path, GitEndpoint endpoint, IGitRemote remote, TimeProvider time) =>
        (_path, _endpoint, _remote, _time) = (path, endpoint, remote, time);

    /// <summary>The repository's address.</summary>
    public GitUrl Url => _endpoint.Url;

    /// <summary>Lists the server's references. One request serves everybody who asks at the same time, or within <paramref name="maxAge"/> after it.</summary>
    /// <param name="maxAge">How old an answer may be; zero asks the server.</param>
    /// <param name="timeout">The request's deadline.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <exception cref="GitException">The failure and its kind.</exception>
    public async Task<Advertisement> ListRefsAsync(TimeSpan maxAge, TimeSpan timeout, CancellationToken cancel)
    {
        var asked = _time.GetTimestamp();
        await _listing.WaitAsync(cancel);
        try
        {
            // An answer to a request that began after this call did is as good as one of our own.
            if (_advertised is { } known && (known.AskedAt >= asked || _time.GetElapsedTime(known.AskedAt) < maxAge))
            {
                return known;
            }

            var at = _time.GetTimestamp();
            var refs = await _remote.ListRefsAsync(Endpoint(timeout), RefScope.All, cancel);
            return _advertised = new Advertisement(refs, at);
        }
        finally
        {
            _listing.Release();
        }
    }

    /// <summary>Makes sure that a commit is here, and gives its id. A commit that is here already costs no request.</summary>
    /// <param name="refName">The reference to fetch; null fetches the commit by its id alone.</param>
    /// <param name="commitId">The commit that is wanted; null: whatever the reference points at now.</param>
    /// <param name="timeout">The deadline of each request.</param>
    /// <param name="cancel">Stops the fetch.</param>
    /// <returns>The commit that is here: <paramref name="commitId"/>, or the reference's newer tip where it has moved on in between.</returns>
    /// <exception cref="GitException">The failure and its kind.</exception>
    public async Task<string> FetchAsync(string? refName, string? commitId, TimeSpan timeout, CancellationToken cancel)
    {
        if (refName is null && commitId is null)
        {
            throw new GitException(GitFailure.InvalidInput, "Neither a reference nor a commit to fetch was given.");
        }

        if (commitId is not null && HasCommit(commitId))
        {
            return commitId;
        }

        await _network.WaitAsync(cancel);
        try
        {
            if (commitId is not null && HasCommit(commitId))
            {
                return commitId;
            }

            PrepareFolder();
            return await FetchOnceAsync(refName, commitId, timeout, cancel);
        }
        catch (GitException error) when (error.Failure == GitFailure.Corrupt)
        {
            DeleteFolder(_path);
            PrepareFolder();
            return await FetchOnceAsync(refName, commitId, timeout, cancel);
        }
        finally
        {
            _network.Release();
        }
    }

    /// <summary>Opens a commit's tree for reading; dispose of it after use. For use by one thread at a time.</summary>
    /// <exception cref="GitException"><see cref="GitFailure.Corrupt"/>: the commit is not here or cannot be read; discard the mirror and fetch again.</exception>
    public GitTree OpenTree(string commitId) => new(_path, commitId);

    /// <summary>Reads a commit's headers and message.</summary>
    /// <exception cref="GitException"><see cref="GitFailure.Corrupt"/>: the commit is not here or cannot be read.</exception>
    public GitCommit ReadCommit(string commitId)
    {
        using var repository = new Repository(_path);
        return LibGit2.Guard($"commit {commitId}", () => GitCommit.From(Find(repository, commitId)));
    }

    /// <summary>Starts a commit on top of <paramref name="parentId"/>, which must be here; null starts a history.</summary>
    public CommitBuilder NewCommit(string? parentId)
    {
        EnsureFolder();
        return new CommitBuilder(_path, parentId);
    }

    /// <summary>Pushes commits that are here.</summary>
    /// <param name="commands">What is to point where.</param>
    /// <param name="pushOptions">Options for the server's hooks (<c>git push -o</c>).</param>
    /// <param name="timeout">The deadline.</param>
    /// <param name="cancel">Stops the push; the server may have taken it all the same.</param>
    /// <returns>An outcome for each command; a refusal is an outcome, not an exception.</returns>
    /// <exception cref="GitException">Nothing was pushed: the failure and its kind.</exception>
    public async Task<IReadOnlyList<PushOutcome>> PushAsync(
        IReadOnlyList<PushCommand> commands,
        IReadOnlyList<string> pushOptions,
        TimeSpan timeout,
        CancellationToken cancel)
    {
        await _network.WaitAsync(cancel);
        try
        {
            _advertised = null;
            return await _remote.PushAsync(Endpoint(timeout), _path, commands, pushOptions, cancel);
        }
        finally
        {
            _network.Release();
        }
    }

    /// <summary>Pushes one commit to a branch that still points at <paramref name="expectedOldTip"/>.</summary>
    /// <param name="branch">The branch's short name.</param>
    /// <param name="commitId">The commit; it must be built on <paramref name="expectedOldTip"/>.</param>
    /// <param name="expectedOldTip">The tip that was fetched; null: the branch must not exist yet.</param>
    /// <param name="timeout">The deadline.</param>
    /// <param name="cancel">Stops the push; the server may have taken it all the same.</param>
    /// <exception cref="GitException">Nothing was pushed: the failure and its kind. <see cref="GitFailure.InvalidInput"/>: the commit is not built on that tip.</exception>
    public async Task<PushOutcome> PushAsync(string branch, string commitId, string? expectedOldTip, TimeSpan timeout, CancellationToken cancel)
    {
        if (expectedOldTip is not null && !ReadCommit(commitId).ParentIds.Contains(expectedOldTip))
        {
            throw new GitException(GitFailure.InvalidInput, $"Commit {commitId} is not built on {expectedOldTip}: pushing it to '{branch}' would lose commits.");
        }

        var command = new PushCommand(RefNames.Branch(branch), commitId, expectedOldTip ?? "");
        return (await PushAsync([command], [], timeout, cancel))[0];
    }

    /// <summary>Fetches branches with the commits that led to them, for <see cref="Compare"/>.</summary>
    /// <param name="branches">The branches' short names.</param>
    /// <param name="depth">How many commits deep.</param>
    /// <param name="timeout">The deadline of each request.</param>
    /// <param name="cancel">Stops the fetch.</param>
    /// <exception cref="GitException">The failure and its kind.</exception>
    public async Task FetchHistoryAsync(IReadOnlyList<string> branches, int depth, TimeSpan timeout, CancellationToken cancel)
    {
        await _network.WaitAsync(cancel);
        try
        {
            PrepareFolder();
            foreach (var source in branches.Select(RefNames.Branch))
            {
                // One by one: git does not deepen the others where one of several tips was made here and its reference is new.
                var kept = KeptRefs + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(source)))[..32];
                await _remote.FetchAsync(Endpoint(timeout), _path, [$"+{source}:{kept}"], depth, cancel);
            }
        }
        finally
        {
            _network.Release();
        }
    }

    /// <summary>Compares a branch with the one that it is to be merged into, as far as their history is here.</summary>
    /// <param name="baseId">The tip that it is to be merged into.</param>
    /// <param name="tipId">The branch's tip.</param>
    /// <param name="most">Lists so many commits at most.</param>
    /// <exception cref="GitException"><see cref="GitFailure.Corrupt"/>: a commit is not here or cannot be read.</exception>
    public GitComparison Compare(string baseId, string tipId, int most) => GitComparison.Of(_path, baseId, tipId, most);

    /// <summary>Deletes the mirror, because it is damaged or no longer wanted; the next fetch makes it anew.</summary>
    public async Task DiscardAsync(CancellationToken cancel)
    {
        await _network.WaitAsync(cancel);
        try
        {
            _advertised = null;
            DeleteFolder(_path);
        }
        finally
        {
            _network.Release();
        }
    }

    internal static void DeleteFolder(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }

    private async Task<string> FetchOnceAsync(string? refName, string? commitId, TimeSpan timeout, CancellationToken cancel)
    {
        var source = refName ?? commitId!;
        var kept = KeptRefs + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(source)))[..32];
        try
        {
            await _remote.FetchAsync(Endpoint(timeout), _path, [$"+{source}:{kept}"], depth: 1, cancel);
        }
        catch (GitException error) when (error.Failure == GitFailure.RefNotFound && refName is null)
        {
            // Some servers give commits by name only where a reference points at them: take all history, and look there.
            await _remote.FetchAsync(Endpoint(timeout), _path, [$"+refs/heads/*:{KeptRefs}heads/*", $"+refs/tags/*:{KeptRefs}tags/*"], depth: 0, cancel);
            return HasCommit(commitId!)
                ? commitId!
                : throw new GitException(GitFailure.RefNotFound, $"commit {commitId} is not in '{Url}', nor in the history of any of its branches and tags.", error);
        }

        Directory.SetLastWriteTimeUtc(_path, _time.GetUtcNow().UtcDateTime);
        if (commitId is not null && HasCommit(commitId))
        {
            return commitId;
        }

        return LibGit2.Guard($"{source} after it was fetched", () =>
        {
            using var repository = new Repository(_path);
            var tip = repository.Refs[kept]?.ResolveToDirectReference().Target?.Peel<Commit>();
            return Checked(repository, tip?.Sha)
                ?? throw new GitException(GitFailure.RefNotFound, $"'{source}' in '{Url}' does not point at a commit.");
        });
    }

    private bool HasCommit(string commitId)
    {
        if (!RefNames.IsObjectId(commitId) || !File.Exists(Path.Combine(_path, "HEAD")))
        {
            return false;
        }

        try
        {
            using var repository = new Repository(_path);
            return Checked(repository, commitId) is not null;
        }
        catch (LibGit2SharpException)
        {
            return false;
        }
    }

    private static string? Checked(Repository repository, string? commitId) =>
        commitId is not null && repository.Lookup<Commit>(commitId)?.Tree is { } tree && repository.ObjectDatabase.Contains(tree.Id) ? commitId : null;

    private static Commit Find(Repository repository, string commitId) =>
        repository.Lookup<Commit>(commitId) ?? throw new GitException(GitFailure.Corrupt, $"commit {commitId} is not in the mirror.");

    /// <summary>Makes the repository where there is none, and clears away what a killed git left behind; only ever called by who may use the network.</summary>
    private void PrepareFolder()
    {
        if (EnsureFolder())
        {
            return;
        }

        var folder = new DirectoryInfo(_path);
        IEnumerable<FileInfo> stale =
        [
            .. folder.EnumerateFiles("*.lock"),
            .. Below(folder, "refs", "*.lock"),
            .. Below(folder, Path.Combine("objects", "pack"), "tmp_*"),
        ];
        foreach (var file in stale)
        {
            file.Delete();
        }

        // Every tip fetched by depth 1 adds a line; a mirror that has seen very many of them is cheaper made anew.
        if (new FileInfo(Path.Combine(_path, "shallow")) is { Exists: true, Length: > MaxShallowBytes })
        {
            DeleteFolder(_path);
            PrepareFolder();
        }
    }

    /// <summary>Makes the repository where there is none; true where it was made.</summary>
    private bool EnsureFolder()
    {
        lock (_creating)
        {
            if (Repository.IsValid(_path))
            {
                return false;
            }

            var fresh = _path + ".new";
            DeleteFolder(_path);
            DeleteFolder(fresh);
            Repository.Init(fresh, isBare: true);
            Directory.Move(fresh, _path);
            return true;
        }
    }

    private static IEnumerable<FileInfo> Below(DirectoryInfo folder, string name, string pattern)
    {
        var below = new DirectoryInfo(Path.Combine(folder.FullName, name));
        return below.Exists ? below.EnumerateFiles(pattern, SearchOption.AllDirectories) : [];
    }

    private GitEndpoint Endpoint(TimeSpan timeout) => new(Url, _endpoint.Credentials, timeout) { Proxy = _endpoint.Proxy };
}
