using System.Diagnostics.CodeAnalysis;

namespace GitOpsToolkit.Git;

/// <summary>The address of a repository over HTTP or HTTPS, checked and without user information.</summary>
public sealed record GitUrl
{
    private const int MaxLength = 2048;

    private GitUrl(Uri uri) => Uri = uri;

    /// <summary>The address.</summary>
    public Uri Uri { get; }

    /// <summary>Scheme, host and port, with a closing slash: what credentials are bound to.</summary>
    public string Origin => Uri.GetLeftPart(UriPartial.Authority) + "/";

    /// <summary>Reads an address. A user name and a password in it are given back apart, so that they appear in no message and no command.</summary>
    /// <exception cref="GitException"><see cref="GitFailure.InvalidInput"/>: the text is no http or https URL.</exception>
    public static GitUrl Parse(string text, out GitCredentials? embedded)
    {
        embedded = null;
        if (!TryRead(text, out var uri))
        {
            throw new GitException(GitFailure.InvalidInput, $"'{Redact(text)}' is no repository URL: expected http://host/path or https://host/path.");
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
    /// <exception cref="GitException"><see cref="GitFailure.InvalidInput"/>: the text is no http or https URL.</exception>
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

    private static bool TryRead(string text, [NotNullWhen(true)] out Uri? uri)
    {
        uri = null;
        return text.Length is > 0 and <= MaxLength
            && !text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c))
            && Uri.TryCreate(text, UriKind.Absolute, out uri)
            && uri.Scheme is "http" or "https"
            && uri!.Host.Length > 0
            && uri.Host[0] != '-'
            && uri.Fragment.Length == 0;
    }
}
