using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using System.Text;
using GitOpsToolkit.Connections;

namespace GitOpsToolkit.PullRequests;

/// <summary>What is presented to a host's API. Its text form shows nothing of it.</summary>
public sealed record HostCredential
{
    /// <summary>The user name with which Bitbucket's access tokens are used over Git; such a token is a bearer token of the API.</summary>
    private const string TokenUser = "x-token-auth";

    /// <summary>The user name that goes with the password.</summary>
    public string? Username { get; init; }

    /// <summary>A token, or where the host takes them a password.</summary>
    public string? Password { get; init; }

    /// <summary>A token that is sent as <c>Authorization: Bearer …</c>.</summary>
    public string? BearerToken { get; init; }

    /// <summary>Reads the keys <c>username</c>, <c>password</c> and <c>bearerToken</c> (or <c>token</c>) of a Secret; the token wins.</summary>
    /// <param name="data">The values by key.</param>
    /// <param name="credential">The credential, or null.</param>
    /// <param name="error">What is wrong, without any of the values; or null.</param>
    public static bool TryRead(
        IReadOnlyDictionary<string, string> data, [NotNullWhen(true)] out HostCredential? credential, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(data);
        string? Find(string key) => data.GetValueOrDefault(key)?.Trim() is { Length: > 0 } value ? value : null;
        var read = new HostCredential { Username = Find("username"), Password = Find("password"), BearerToken = Find("bearerToken") ?? Find("token") };
        credential = null;
        error = read switch
        {
            { BearerToken: null, Password: null } => "holds no token for the host's API: 'password', 'bearerToken' and 'token' are missing",
            _ when new[] { read.Password, read.BearerToken, read.Username }.Any(value => value?.Any(c => c is < ' ' or (char)0x7f) == true) =>
                "holds control characters that no token has; check it for line breaks",
            { BearerToken: { } token } when token.Any(c => c is <= ' ' or > '~') => "holds a token with characters that no token has",
            _ => null,
        };
        if (error is null)
        {
            credential = read;
        }

        return error is null;
    }

    /// <summary>A text without the secret.</summary>
    public override string ToString() => "credential (not shown)";

    internal IEnumerable<string?> Secrets => [BearerToken, Password, Password is null ? null : Basic];

    private string Basic => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Username}:{Password}"));

    /// <summary>
    /// The header by which a host takes it. GitHub and GitLab take a token as bearer, whatever user name Git wants beside it; the others take
    /// user name and token together, as Git sends them.
    /// </summary>
    internal AuthenticationHeaderValue? HeaderFor(GitHost host)
    {
        if (BearerToken is not null)
        {
            return new AuthenticationHeaderValue(host == GitHost.Gitea ? "token" : "Bearer", BearerToken);
        }

        return Password switch
        {
            null => null,
            _ when host is GitHost.GitHub or GitHost.GitLab || Username == TokenUser => new AuthenticationHeaderValue("Bearer", Password),
            _ when host == GitHost.Gitea && Username is null => new AuthenticationHeaderValue("token", Password),
            _ => new AuthenticationHeaderValue("Basic", Basic),
        };
    }
}

/// <summary>How a host's API is reached.</summary>
public sealed record HostAccess
{
    /// <summary>What is presented; null: nothing, as a visitor.</summary>
    public HostCredential? Credential { get; init; }

    /// <summary>Certificate authorities besides the system's, and a client certificate; null: the system's.</summary>
    public TlsSettings? Tls { get; init; }

    /// <summary>The proxy between; null: that of the environment, if any.</summary>
    public ProxySettings? Proxy { get; init; }

    internal string TransportKey => $"{Tls?.Fingerprint} {Proxy?.Fingerprint}";
}
