using GitOpsToolkit.Connections;
using GitOpsToolkit.PullRequests.Hosts;
using GitOpsToolkit.PullRequests.Transport;

namespace GitOpsToolkit.PullRequests;

/// <summary>Opens hosts; keeps their connections. Safe for several threads.</summary>
/// <param name="options">Deadlines and caps.</param>
/// <param name="time">The clock of waits and limits.</param>
public sealed class PullRequestHosts(PullRequestOptions options, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan s_idle = TimeSpan.FromMinutes(30);

    private readonly SharedConnections<HostTransport> transports = new(s_idle, time);

    /// <inheritdoc/>
    public void Dispose() => transports.Dispose();

    /// <summary>The pull requests of a repository; nothing is sent yet.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="access">Credentials that may be shown to <see cref="HostedRepository.Api"/>, and how to get there.</param>
    public IPullRequestHost Open(HostedRepository repository, HostAccess access)
    {
        ArgumentNullException.ThrowIfNull(repository);
        ArgumentNullException.ThrowIfNull(access);
        var caller = new HostCaller(repository, access, options, time, transports);
        return repository.Host switch
        {
            GitHost.GitHub => new GitHubHost(caller),
            GitHost.GitLab => new GitLabHost(caller),
            GitHost.Gitea => new GiteaHost(caller),
            GitHost.Bitbucket => new BitbucketHost(caller),
            GitHost.BitbucketDataCenter => new BitbucketDataCenterHost(caller),
            GitHost.AzureDevOps => new AzureDevOpsHost(caller),
            _ => throw new ArgumentOutOfRangeException(nameof(repository), repository.Host, "unknown host"),
        };
    }
}
