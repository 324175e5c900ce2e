using System.Diagnostics.CodeAnalysis;

namespace GitOpsToolkit.Git;

/// <summary>The address of a repository over HTTP, HTTPS or SSH, checked and without user information but for the user of SSH.</summary>
public sealed record GitUrl
{
    private const int MaxLength = 2048;
    private const int DefaultPort = 22;
    private const string Ssh = "ssh";
    private const string DefaultUser = "git";

    private GitUrl(Uri uri) => Uri = uri;

    /// <summary>The address.</summary>
    public Uri Uri { get; }

    /// <summary>Scheme, host and port, with a closing slash: what credentials are bound to.</summary>
    public string Origin => Uri.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped) + "/";

    /// <summary>Whether it is spoken to over SSH.</summary>
    public bool IsSsh => Uri.Scheme == Ssh;

    /// <summary>The user of SSH: that of the address, else <c>git</c>.</summary>
    public string SshUser => Uri.UserInfo.Length > 0 ? Uri.UserInfo : DefaultUser;

    /// <summary>The port of SSH.</summary>
    public int SshPort => Uri.Port > 0 ? Uri.Port : DefaultPort;

    /// <summary>Reads an address. A user name and a password in it are given back apart, so that they appear in no message and no command.</summary>
    /// <exception cref="GitException"><see cref="GitFailure.InvalidInput"/>: the text is no http, https or ssh URL.</exception>
    public static GitUrl Parse(string text, out GitCredentials? embedded)
    {
        embedded = null;
        if (!TryRead(text, out var uri))
        {
            throw new GitException(GitFailure.InvalidInput, $"'{Redact(text)}' is no repository URL: expected https://host/path, http://host/path or ssh://user@host/path.");
        }

        if (uri.Scheme == Ssh)
        {
            return new GitUrl(CheckedSsh(uri, text));
        }

        if (uri.UserInfo.Length > 0)
        {
            var parts = uri.UserInfo.Split(':', 2);
            embedded = new GitCredentials
            {
                Username = Uri.UnescapeDataString(parts[0]),
                Password = parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "",
            };
            uri = new UriBuilder(uri) { UserName = "", Password = "" }.Uri;
        }

        return new GitUrl(uri);
    }

    /// <summary>Reads an address without user information, or ignores what there is of it.</summary>
    /// <exception cref="GitException"><see cref="GitFailure.InvalidInput"/>: the text is no http, https or ssh URL.</exception>
    public static GitUrl Parse(string text) => Parse(text, out _);

    /// <summary>A URL as it may be shown: without user information, query and control characters, cut at 200 characters.</summary>
    public static string Redact(string text)
    {
        if (TryRead(text, out var uri))
        {
            return uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
        }

        var at = text.LastIndexOf('@');
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        var shown = at > 0 ? (scheme > 0 && scheme < at ? text[..(scheme + 3)] : "") + "…" + text[at..] : text;
        return string.Concat(shown.Take(200).Select(c => char.IsControl(c) ? '?' : c));
    }

    /// <summary>The address as it may be shown and as git gets it.</summary>
    public override string ToString() => Uri.AbsoluteUri;

    /// <summary>An SSH address with a user that no shell and no program takes for anything else, and a path without control characters.</summary>
    private static Uri CheckedSsh(Uri uri, string text)
    {
        var user = uri.UserInfo.Length > 0 ? uri.UserInfo : DefaultUser;
        var problem = user.Contains(':', StringComparison.Ordinal) ? "holds a password: SSH takes a key, in the secret that spec.secretRef names"
            : user[0] == '-' || !user.All(c => char.IsAsciiLetterOrDigit(c) || "._-+".Contains(c, StringComparison.Ordinal)) ? "holds a user name that is none"
            : uri.Query.Length > 0 ? "holds a query, which SSH has none of"
            : uri.AbsolutePath is "" or "/" ? "names no repository on the host"
            : Uri.UnescapeDataString(uri.AbsolutePath).Any(char.IsControl) ? "holds control characters"
            : null;
        return problem is null
            ? new UriBuilder(uri) { UserName = user }.Uri
            : throw new GitException(GitFailure.InvalidInput, $"'{Redact(text)}' {problem}.");
    }

    private static bool TryRead(string text, [NotNullWhen(true)] out Uri? uri)
    {
        uri = null;
        return text.Length is > 0 and <= MaxLength
            && !text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c))
            && Uri.TryCreate(text, UriKind.Absolute, out uri)
            && uri.Scheme is "http" or "https" or Ssh
            && uri!.Host.Length > 0
            && uri.Host[0] != '-'
            && uri.Fragment.Length == 0;
    }
}
