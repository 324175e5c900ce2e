namespace GitOpsToolkit.PullRequests;

/// <summary>Where the API of a repository's host is, and what the repository is called there.</summary>
internal static class KnownHosts
{
    private const string AzureMark = "_git";
    private const string DataCenterMark = "scm";

    private static readonly Dictionary<string, GitHost> s_public = new(StringComparer.OrdinalIgnoreCase)
    {
        ["github.com"] = GitHost.GitHub,
        ["gitlab.com"] = GitHost.GitLab,
        ["bitbucket.org"] = GitHost.Bitbucket,
        ["dev.azure.com"] = GitHost.AzureDevOps,
        ["codeberg.org"] = GitHost.Gitea,
        ["gitea.com"] = GitHost.Gitea,
    };

    /// <summary>Parts of a host's name that say what it is. Credentials go nowhere but to that host, so a wrong guess gives none away.</summary>
    private static readonly Dictionary<string, GitHost> s_labels = new(StringComparer.OrdinalIgnoreCase)
    {
        ["github"] = GitHost.GitHub,
        ["gitlab"] = GitHost.GitLab,
        ["gitea"] = GitHost.Gitea,
        ["forgejo"] = GitHost.Gitea,
        ["bitbucket"] = GitHost.BitbucketDataCenter,
    };

    /// <summary>Which API a URL's host speaks; null where nothing tells.</summary>
    internal static GitHost? Of(RepositoryUrl url)
    {
        if (s_public.TryGetValue(url.Host, out var known))
        {
            return known;
        }

        if (IsBelow(url.Host, "ghe.com"))
        {
            return GitHost.GitHub;
        }

        if (IsBelow(url.Host, "visualstudio.com") || url.Segments.Contains(AzureMark))
        {
            return GitHost.AzureDevOps;
        }

        if (!url.IsSsh && url.Segments.Count >= 3 && url.Segments[^3] == DataCenterMark)
        {
            return GitHost.BitbucketDataCenter;
        }

        foreach (var label in url.Host.Split('.'))
        {
            if (s_labels.TryGetValue(label, out known))
            {
                return known;
            }
        }

        return null;
    }

    /// <summary>The API's address as the URL tells it, and the repository's name; null where the path is none of the host's.</summary>
    /// <param name="kind">Which API.</param>
    /// <param name="url">The repository.</param>
    /// <param name="api">The API's address as the user gave it: what is before the API's own path is before the repository's name too.</param>
    internal static (Uri Api, IReadOnlyList<string> Path)? Locate(GitHost kind, RepositoryUrl url, Uri? api) => kind switch
    {
        GitHost.GitHub => Named(url, 0, GitHubApi(url)),
        GitHost.GitLab => GitLab(url, api),
        GitHost.Gitea => Named(url, url.IsSsh ? 0 : url.Segments.Count - 2, "api/v1"),
        GitHost.Bitbucket => Named(url, 0, url.Host == "bitbucket.org" ? "https://api.bitbucket.org/2.0" : "2.0"),
        GitHost.BitbucketDataCenter => DataCenter(url),
        GitHost.AzureDevOps => Azure(url),
        _ => null,
    };

    /// <summary>The form of a host's paths, for a message.</summary>
    internal static string Form(GitHost kind) => kind switch
    {
        GitHost.GitLab => "/GROUP/…/NAME",
        GitHost.Bitbucket => "/WORKSPACE/NAME",
        GitHost.BitbucketDataCenter => "/scm/PROJECT/NAME, or /PROJECT/NAME over SSH",
        GitHost.AzureDevOps => "/ORGANISATION/PROJECT/_git/NAME, or /v3/ORGANISATION/PROJECT/NAME over SSH",
        _ => "/OWNER/NAME",
    };

    private static string GitHubApi(RepositoryUrl url) =>
        url.Host == "github.com" ? "https://api.github.com"
        : IsBelow(url.Host, "ghe.com") ? $"https://api.{url.Host}"
        : "api/v3";

    /// <summary>Owner and name after a prefix, which is before the API's path as well.</summary>
    private static (Uri, IReadOnlyList<string>)? Named(RepositoryUrl url, int prefix, string api)
    {
        if (prefix < 0 || url.Segments.Count != prefix + 2)
        {
            return null;
        }

        var root = api.Contains("://", StringComparison.Ordinal) ? new Uri(api) : Below(url.Web, [.. url.Segments.Take(prefix), .. api.Split('/')]);
        return (root, [.. url.Segments.Skip(prefix)]);
    }

    private static (Uri, IReadOnlyList<string>)? GitLab(RepositoryUrl url, Uri? api)
    {
        const string ApiPath = "/api/v4";
        var before = api?.AbsolutePath.TrimEnd('/') is { } path && path.EndsWith(ApiPath, StringComparison.Ordinal) ? path[..^ApiPath.Length] : "";
        var prefix = before.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var skip = !url.IsSsh && url.Segments.Take(prefix.Length).SequenceEqual(prefix) ? prefix.Length : 0;
        return url.Segments.Count - skip < 2 ? null : (Below(url.Web, ["api", "v4"]), [.. url.Segments.Skip(skip)]);
    }

    private static (Uri, IReadOnlyList<string>)? DataCenter(RepositoryUrl url)
    {
        const string ApiPath = "rest/api/1.0";
        if (url.IsSsh)
        {
            return Named(url, 0, ApiPath);
        }

        var prefix = url.Segments.Count - 3;
        return prefix < 0 || url.Segments[prefix] != DataCenterMark
            ? null
            : (Below(url.Web, [.. url.Segments.Take(prefix), .. ApiPath.Split('/')]), [.. url.Segments.Skip(prefix + 1)]);
    }

    /// <summary>The API is below the organisation (or the collection of a server); a project's first repository may leave the project out.</summary>
    private static (Uri, IReadOnlyList<string>)? Azure(RepositoryUrl url)
    {
        if (url.Segments is ["v3", var organisation, var itsProject, var itsName])
        {
            return (Below(url.Web, [organisation]), [itsProject, itsName]);
        }

        // A URL may ask for less than all: /_git/_full/NAME, /_git/_optimized/NAME.
        var segments = url.Segments.Where(segment => segment is not ("_full" or "_optimized")).ToList();
        var mark = segments.IndexOf(AzureMark);
        if (mark < 0 || mark != segments.Count - 2)
        {
            return null;
        }

        var name = segments[^1];
        var organisations = IsBelow(url.Host, "visualstudio.com") ? 0 : 1;
        var hasCollection = organisations == 0 && segments[0] == "DefaultCollection";
        var hasProject = mark > organisations + (hasCollection ? 1 : 0);
        var project = hasProject ? segments[mark - 1] : name;
        var root = segments.Take(hasProject ? mark - 1 : mark).ToList();
        return root.Count < organisations ? null : (Below(url.Web, root), [project, name]);
    }

    private static bool IsBelow(string host, string domain) => host.EndsWith("." + domain, StringComparison.OrdinalIgnoreCase);

    private static Uri Below(Uri web, IReadOnlyList<string> segments) =>
        new(web, "/" + string.Join('/', segments.Select(Uri.EscapeDataString)));
}
