namespace GitOpsToolkit.Git;

/// <summary>Reads git's error text (in the C locale) and words it for the operator.</summary>
internal static class GitFailures
{
    private const int MaxShown = 600;

    // What git says of every failure over SSH.
    private static readonly string[] s_idle = ["Please make sure you have the correct access rights", "and the repository exists"];

    // The first match decides, so the specific stands before the general.
    private static readonly (string Text, GitFailure Failure)[] s_signs =
    [
        ("returned error: 301", GitFailure.Redirect),
        ("returned error: 302", GitFailure.Redirect),
        ("returned error: 307", GitFailure.Redirect),
        ("returned error: 308", GitFailure.Redirect),
        ("Authentication failed", GitFailure.Authentication),
        ("could not read Username", GitFailure.Authentication),
        ("could not read Password", GitFailure.Authentication),
        ("returned error: 401", GitFailure.Authentication),
        ("returned error: 403", GitFailure.Authentication),
        ("returned error: 407", GitFailure.Unreachable),
        ("response 407", GitFailure.Unreachable),
        ("SOCKS5", GitFailure.Unreachable),
        ("returned error: 404", GitFailure.RepositoryNotFound),
        ("not our ref", GitFailure.RefNotFound),
        ("find remote ref", GitFailure.RefNotFound),
        ("unadvertised object", GitFailure.RefNotFound),
        ("certificate", GitFailure.Tls),
        ("SSL", GitFailure.Tls),
        ("gnutls", GitFailure.Tls),
        ("Could not resolve", GitFailure.Unreachable),
        ("Failed to connect", GitFailure.Unreachable),
        ("Couldn't connect", GitFailure.Unreachable),
        ("Connection refused", GitFailure.Unreachable),
        ("Connection reset", GitFailure.Unreachable),
        ("Empty reply from server", GitFailure.Unreachable),
        ("timed out", GitFailure.Timeout),
        ("not a git repository", GitFailure.Corrupt),
        ("is corrupt", GitFailure.Corrupt),
        ("corrupt", GitFailure.Corrupt),
        ("bad object", GitFailure.Corrupt),
        ("bad signature", GitFailure.Corrupt),
        ("did not send all necessary objects", GitFailure.Corrupt),
        ("unable to read tree", GitFailure.Corrupt),
        ("missing blob", GitFailure.Corrupt),
        ("not found", GitFailure.RepositoryNotFound),
        ("does not appear to be a git repository", GitFailure.RepositoryNotFound),
    ];

    /// <summary>What git's error text, or a server's own words, come to.</summary>
    public static GitException From(string operation, GitEndpoint endpoint, string error)
    {
        var failure = KindOf(error);
        return Of(failure, operation, endpoint, Told(failure, error));
    }

    /// <summary>A failure whose kind is known, and what was said of it.</summary>
    public static GitException Of(GitFailure failure, string operation, GitEndpoint endpoint, string said, Exception? cause = null) =>
        new(failure, $"{operation} '{endpoint.Url}': {Advice(failure, endpoint.Credentials is not null)}{said}", cause);

    /// <summary>The kind of failure that a text speaks of.</summary>
    public static GitFailure KindOf(string error) =>
        Array.Find(s_signs, sign => error.Contains(sign.Text, StringComparison.OrdinalIgnoreCase)).Failure;

    public static GitException Deadline(string operation, GitUrl url, TimeSpan timeout, GitException cause) => new(
        cause.Failure,
        cause.Failure == GitFailure.Timeout
            ? $"{operation} '{url}': the server did not finish within {timeout.TotalSeconds:0.###} s; raise spec.timeout if the repository is large."
            : $"{operation} '{url}': {cause.Message}",
        cause);

    /// <summary>The lines of git's error text that say something, in one line.</summary>
    public static string Said(string error)
    {
        var lines = error.Split('\n')
            .Select(line => line.Trim().TrimEnd('.'))
            .Where(line => line.Length > 0 && !line.StartsWith("hint:", StringComparison.Ordinal) && !s_idle.Contains(line, StringComparer.Ordinal))
            .Select(line => line.StartsWith("fatal: ", StringComparison.Ordinal) ? line[7..] : line);
        var text = string.Concat(string.Join("; ", lines).Select(c => char.IsControl(c) ? ' ' : c));
        return text.Length > MaxShown ? text[..MaxShown] + "…" : text;
    }

    /// <summary>Git's words, but for its wish to ask at a terminal: that says nothing to an operator, whose credentials were refused.</summary>
    private static string Told(GitFailure failure, string error) =>
        failure == GitFailure.Authentication && error.Contains("could not read ", StringComparison.OrdinalIgnoreCase)
            ? "401 Unauthorized"
            : Said(error);

    private static string Advice(GitFailure failure, bool hasCredentials) => failure switch
    {
        GitFailure.Authentication when hasCredentials =>
            "authentication failed; check that the secret's credentials are current and allowed to do this: ",
        GitFailure.Authentication =>
            "authentication failed: the server asks for credentials; name a secret that holds username and password, or bearerToken, in spec.secretRef: ",
        GitFailure.RepositoryNotFound => "repository not found; check the URL, and that the credentials may see it: ",
        GitFailure.HostKey => "the host is not trusted: ",
        GitFailure.Unreachable => "the host cannot be reached: ",
        GitFailure.Tls => "TLS failed; give the server's CA as ca.crt in the secret if it is a private one: ",
        GitFailure.Redirect => "the server redirects, and credentials never follow; use the address it redirects to: ",
        GitFailure.RefNotFound => "no such reference or commit: ",
        _ => "",
    };
}
