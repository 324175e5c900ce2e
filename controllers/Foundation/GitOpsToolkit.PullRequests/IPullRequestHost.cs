namespace GitOpsToolkit.PullRequests;

/// <summary>
/// The pull requests of one repository. Every call throws <see cref="PullRequestException"/> with the class of what went wrong and a message
/// that names host, request, status and what to do; none of them holds a secret.
/// <example><code>
/// using var hosts = new PullRequestHosts(new PullRequestOptions(), TimeProvider.System);
/// var host = hosts.Open(repository, new HostAccess { Credential = credential });
/// var open = (await host.ListAsync("gitops/app", cancel)).FirstOrDefault(request => request.State == PullRequestState.Open);
/// open ??= await host.CreateAsync(new PullRequestDraft("gitops/app", "main", "Update app to 1.2.3", "…"), cancel);
/// </code></example>
/// </summary>
public interface IPullRequestHost
{
    /// <summary>The repository.</summary>
    HostedRepository Repository { get; }

    /// <summary>
    /// The pull requests from a branch of the repository, newest first: all that are open, and of the others those that the host finds by
    /// their branch (Gitea: among the 200 that were touched last).
    /// </summary>
    /// <param name="head">The branch's short name.</param>
    /// <param name="cancellation">Gives up.</param>
    Task<IReadOnlyList<PullRequest>> ListAsync(string head, CancellationToken cancellation);

    /// <summary>One pull request; null where there is none of that number.</summary>
    Task<PullRequest?> FindAsync(long number, CancellationToken cancellation);

    /// <summary>Opens a pull request.</summary>
    /// <exception cref="PullRequestException"><see cref="PullRequestFault.AlreadyExists"/>: one with the same branches is open;
    /// <see cref="PullRequestFault.NothingToMerge"/>: the base has all that the head has.</exception>
    Task<PullRequest> CreateAsync(PullRequestDraft draft, CancellationToken cancellation);

    /// <summary>Sets the title and the description.</summary>
    Task UpdateAsync(long number, string title, string body, CancellationToken cancellation);

    /// <summary>Closes (declines, abandons) an open pull request and then says why in a comment.</summary>
    /// <returns>What hindered the comment; null where it was left. The pull request is closed either way.</returns>
    Task<string?> CloseAsync(long number, string comment, CancellationToken cancellation);
}
