namespace GitOpsToolkit.Git;

/// <summary>
/// Talks to Git servers: lists references over HTTP by itself, on kept connections, one request where nothing is to be learnt of the server;
/// leaves fetching, pushing and all else to the git program.
/// </summary>
public sealed class GitRemote : IGitRemote, IDisposable
{
    private readonly HttpRefLister _lister;
    private readonly GitCliRemote _program;

    /// <summary>Makes it; nothing runs yet.</summary>
    /// <param name="scratchFolder">Holds certificates and keys while a call of the git program needs them; made where it is missing.</param>
    /// <param name="options">How git runs.</param>
    /// <param name="time">The clock of deadlines.</param>
    public GitRemote(string scratchFolder, GitCliOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        _lister = new HttpRefLister(new GitHttp(time), time, options.MaxListBytes);
        _program = new GitCliRemote(scratchFolder, options, time);
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _lister.Dispose();

    /// <inheritdoc/>
    public async Task<IReadOnlyList<GitRef>> ListRefsAsync(GitEndpoint endpoint, RefScope scope, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(endpoint);

        // A query in an address has a meaning of its own to git.
        var refs = !endpoint.Url.IsSsh && endpoint.Url.Uri.Query.Length == 0 ? await _lister.ListAsync(endpoint, scope, cancel) : null;
        return refs ?? await _program.ListRefsAsync(endpoint, scope, cancel);
    }

    /// <inheritdoc/>
    public Task FetchAsync(GitEndpoint endpoint, string repositoryPath, IReadOnlyList<string> refspecs, int depth, CancellationToken cancel) =>
        _program.FetchAsync(endpoint, repositoryPath, refspecs, depth, cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<PushOutcome>> PushAsync(
        GitEndpoint endpoint,
        string repositoryPath,
        IReadOnlyList<PushCommand> commands,
        IReadOnlyList<string> pushOptions,
        CancellationToken cancel) =>
        _program.PushAsync(endpoint, repositoryPath, commands, pushOptions, cancel);
}
