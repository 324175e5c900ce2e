using System.Diagnostics.CodeAnalysis;

namespace GitOpsToolkit.PullRequests;

/// <summary>A repository at a host whose API is known: which API, where it is, and what the repository is called there.</summary>
public sealed record HostedRepository
{
    private HostedRepository(GitHost host, Uri api, IReadOnlyList<string> path) => (Host, Api, Path) = (host, api, path);

    /// <summary>Which API.</summary>
    public GitHost Host { get; }

    /// <summary>The API's base address, without a slash at the end, for example <c>https://api.github.com</c>.</summary>
    public Uri Api { get; }

    /// <summary>
    /// The repository's name in parts: owner and name; at GitLab the groups and the name; at Azure DevOps project and name; at Bitbucket
    /// workspace or project, and slug.
    /// </summary>
    public IReadOnlyList<string> Path { get; }

    /// <summary>
    /// Whether credentials that were given for the repository's URL may be shown to the API: it is at the same scheme, host and port, or it is
    /// known to be the same host's (<c>github.com</c> and <c>api.github.com</c>).
    /// </summary>
    public bool SharesCredentials { get; private init; }

    /// <summary>The last part of the name.</summary>
    internal string Name => Path[^1];

    /// <summary>All but the last part of the name.</summary>
    internal string Owner => string.Join('/', Path.Take(Path.Count - 1));

    /// <summary>
    /// Tells host and repository by the URL: by the public hosts' names, by the paths that only Azure DevOps (<c>/_git/</c>) and Bitbucket
    /// Data Center (<c>/scm/</c>) have, or by a part of the host's name that says it, as in <c>gitlab.example.com</c>.
    /// </summary>
    /// <param name="url">The repository's address: http, https or ssh.</param>
    /// <param name="host">Which API it speaks, where the user said so; null: told by the URL.</param>
    /// <param name="api">The API's base address, where the user said so; null: told by the URL.</param>
    /// <param name="repository">The repository, or null.</param>
    /// <param name="error">What cannot be told, and what to do; or null.</param>
    public static bool TryRecognise(
        Uri url, GitHost? host, Uri? api, [NotNullWhen(true)] out HostedRepository? repository, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(url);
        repository = null;
        if (!RepositoryUrl.TryRead(url, out var address, out error))
        {
            return false;
        }

        if ((host ?? KnownHosts.Of(address)) is not { } kind)
        {
            error = $"cannot tell which API the host {address.Host} speaks: say host=NAME, one of {string.Join(", ", GitHosts.Names)}";
            return false;
        }

        if (api is not null && (!api.IsAbsoluteUri || api.Scheme is not ("http" or "https") || api.UserInfo.Length > 0 || api.Query.Length > 0
            || api.Fragment.Length > 0))
        {
            error = "the API's address must be an http or https URL without user, query and fragment";
            return false;
        }

        if (KnownHosts.Locate(kind, address, api) is not { } found)
        {
            error = $"the path of the repository's URL is none that {kind.Display()} has: expected {KnownHosts.Form(kind)}";
            return false;
        }

        var root = new Uri((api ?? found.Api).AbsoluteUri.TrimEnd('/'));
        repository = new HostedRepository(kind, root, found.Path)
        {
            SharesCredentials = url.Scheme != "ssh" && (SameOrigin(root, url) || SameOrigin(root, found.Api)),
        };
        error = null;
        return true;
    }

    /// <summary>For messages: <c>GitHub (api.github.com)</c>.</summary>
    public override string ToString() => $"{Host.Display()} ({Api.Authority})";

    /// <summary>Whether credentials for one address may be sent to the other.</summary>
    internal static bool SameOrigin(Uri one, Uri other) =>
        Uri.Compare(one, other, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) == 0;
}
