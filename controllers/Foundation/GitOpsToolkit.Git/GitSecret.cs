using System.Diagnostics.CodeAnalysis;

namespace GitOpsToolkit.Git;

/// <summary>Credentials under the keys that Flux's Secrets for Git have: one reading for all who use a repository.</summary>
public static class GitSecret
{
    /// <summary>Whether the data is that of a GitHub App, which needs the provider <c>github</c>.</summary>
    public static bool IsGitHubApp(IReadOnlyDictionary<string, string> data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return data.ContainsKey("githubAppID");
    }

    /// <summary>
    /// For SSH reads <c>identity</c> and <c>known_hosts</c>, which are both needed, and <c>password</c>, the key's passphrase; else
    /// <c>username</c> and <c>password</c>, or <c>bearerToken</c>; <c>ca.crt</c> (it wins over <c>caFile</c>); <c>tls.crt</c> with <c>tls.key</c>.
    /// An empty value counts as absent.
    /// </summary>
    /// <param name="url">The repository's address.</param>
    /// <param name="data">The decoded values by their keys.</param>
    /// <param name="credentials">What they come to.</param>
    /// <param name="problem">Which keys do not go together; holds no value.</param>
    /// <returns>False where there is a problem.</returns>
    public static bool TryRead(
        GitUrl url, IReadOnlyDictionary<string, string> data, [NotNullWhen(true)] out GitCredentials? credentials, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(url);
        ArgumentNullException.ThrowIfNull(data);
        string? Find(string key) => data.GetValueOrDefault(key) is { Length: > 0 } value ? value : null;
        if (url.IsSsh)
        {
            var ssh = new GitCredentials { SshIdentity = Find("identity"), SshKnownHosts = Find("known_hosts"), SshPassphrase = Find("password") };
            problem = ssh switch
            {
                { SshIdentity: null } => "invalid 'ssh' auth option: 'identity' is required",
                { SshKnownHosts: null } => "invalid 'ssh' auth option: 'known_hosts' is required",
                _ => null,
            };
            credentials = problem is null ? ssh : null;
            return problem is null;
        }

        var read = new GitCredentials
        {
            Username = Find("username"),
            Password = Find("password"),
            BearerToken = Find("bearerToken")?.Trim(),
            CaCertificates = Find("ca.crt") ?? Find("caFile"),
            ClientCertificate = Find("tls.crt"),
            ClientKey = Find("tls.key"),
        };
        problem = read switch
        {
            { Password: not null, Username: null } => "'password' requires 'username' to be set",
            { BearerToken: not null, Username: not null } => "basic auth and bearer token cannot be set at the same time",
            { ClientCertificate: null, ClientKey: not null } or { ClientCertificate: not null, ClientKey: null } => "'tls.crt' and 'tls.key' must be set together",
            _ => null,
        };
        credentials = problem is null ? read : null;
        return problem is null;
    }
}
