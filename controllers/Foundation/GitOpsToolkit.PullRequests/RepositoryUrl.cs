using System.Diagnostics.CodeAnalysis;

namespace GitOpsToolkit.PullRequests;

/// <summary>A repository's URL in parts, an SSH one as what its host shows over HTTPS.</summary>
/// <param name="Web">Scheme, host and port of the host's pages.</param>
/// <param name="Segments">The parts of the path, unescaped, the last one without <c>.git</c>.</param>
internal sealed record RepositoryUrl(Uri Web, IReadOnlyList<string> Segments)
{
    private const string Suffix = ".git";
    private const int MaxSegments = 24;

    /// <summary>Hosts that serve SSH under another name.</summary>
    private static readonly Dictionary<string, string> s_sshNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ssh.github.com"] = "github.com",
        ["altssh.gitlab.com"] = "gitlab.com",
        ["altssh.bitbucket.org"] = "bitbucket.org",
        ["ssh.dev.azure.com"] = "dev.azure.com",
        ["vs-ssh.visualstudio.com"] = "dev.azure.com",
    };

    internal string Host => Web.IdnHost;

    internal bool IsSsh { get; private init; }

    internal static bool TryRead(Uri url, [NotNullWhen(true)] out RepositoryUrl? read, [NotNullWhen(false)] out string? error)
    {
        read = null;
        error = null;
        if (!url.IsAbsoluteUri || url.Scheme is not ("http" or "https" or "ssh") || url.Host.Length == 0)
        {
            error = "the repository's URL is none of http, https and ssh";
            return false;
        }

        var isSsh = url.Scheme == "ssh";
        var segments = url.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString).ToList();
        if (segments.Count > 0 && segments[^1].Length > Suffix.Length && segments[^1].EndsWith(Suffix, StringComparison.Ordinal))
        {
            segments[^1] = segments[^1][..^Suffix.Length];
        }

        if (segments.Count is 0 or > MaxSegments || segments.Exists(IsOdd))
        {
            error = "the path of the repository's URL names no repository";
            return false;
        }

        var web = isSsh
            ? new Uri($"https://{s_sshNames.GetValueOrDefault(url.IdnHost, url.Host)}")
            : new Uri(url.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped));
        read = new RepositoryUrl(web, segments) { IsSsh = isSsh };
        return true;
    }

    /// <summary>What no name has, and what an address made of it must not hold.</summary>
    private static bool IsOdd(string segment) =>
        segment is "." or ".." || segment.Any(c => char.IsControl(c) || c is '/' or '\\' or '?' or '#' or '%');
}
