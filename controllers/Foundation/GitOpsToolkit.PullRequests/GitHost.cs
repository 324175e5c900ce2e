using System.Diagnostics.CodeAnalysis;

namespace GitOpsToolkit.PullRequests;

/// <summary>Which API a host speaks.</summary>
public enum GitHost
{
    /// <summary>GitHub, its Enterprise Cloud and Server.</summary>
    GitHub,

    /// <summary>GitLab.</summary>
    GitLab,

    /// <summary>Gitea and Forgejo.</summary>
    Gitea,

    /// <summary>Bitbucket Cloud.</summary>
    Bitbucket,

    /// <summary>Bitbucket Data Center (Server).</summary>
    BitbucketDataCenter,

    /// <summary>Azure DevOps Services and Server.</summary>
    AzureDevOps,
}

/// <summary>The names of hosts.</summary>
public static class GitHosts
{
    private static readonly (string Name, GitHost Host)[] s_names =
    [
        ("github", GitHost.GitHub),
        ("gitlab", GitHost.GitLab),
        ("gitea", GitHost.Gitea),
        ("forgejo", GitHost.Gitea),
        ("bitbucket", GitHost.Bitbucket),
        ("bitbucket-data-center", GitHost.BitbucketDataCenter),
        ("azure-devops", GitHost.AzureDevOps),
    ];

    /// <summary>All names, as users write them.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. s_names.Select(entry => entry.Name)];

    /// <summary>Reads a name of <see cref="Names"/>.</summary>
    public static bool TryParse(string name, [NotNullWhen(true)] out GitHost? host)
    {
        var at = Array.FindIndex(s_names, entry => entry.Name == name);
        host = at < 0 ? null : s_names[at].Host;
        return host is not null;
    }

    /// <summary>The host's name in a sentence.</summary>
    public static string Display(this GitHost host) => host switch
    {
        GitHost.Gitea => "Gitea",
        GitHost.Bitbucket => "Bitbucket",
        GitHost.BitbucketDataCenter => "Bitbucket Data Center",
        GitHost.AzureDevOps => "Azure DevOps",
        _ => host.ToString(),
    };

    /// <summary>What a token needs to be allowed for pull requests, in the host's own terms.</summary>
    public static string Permissions(this GitHost host) => host switch
    {
        GitHost.GitHub => "a fine-grained token needs Contents and Pull requests (with labels also Issues) as read and write, a classic one the scope repo",
        GitHost.GitLab => "the token needs the scope api and the role Developer or higher",
        GitHost.Gitea => "the token needs the scopes write:repository and write:issue",
        GitHost.Bitbucket => "the token needs the scopes repository:write and pullrequest:write",
        GitHost.BitbucketDataCenter => "the token needs the permission Repository write",
        GitHost.AzureDevOps => "the token needs the scopes Code (Read & write) and Pull Request Threads (Read & write)",
        _ => throw new ArgumentOutOfRangeException(nameof(host), host, "unknown host"),
    };
}
