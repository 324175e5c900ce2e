using System.Security.Cryptography;
using System.Text;

namespace GitOpsToolkit.Git;

/// <summary>What a client presents to a Git server. Bound to the scheme, host and port of the URL it is used with; it never follows a redirect.</summary>
public sealed record GitCredentials
{
    /// <summary>What is shorter guards nothing, and its letters are in any sentence.</summary>
    internal const int ShortestSecret = 4;

    /// <summary>The user name of basic authentication.</summary>
    public string? Username { get; init; }

    /// <summary>The password or token of basic authentication.</summary>
    public string? Password { get; init; }

    /// <summary>A token that is sent as <c>Authorization: Bearer …</c>.</summary>
    public string? BearerToken { get; init; }

    /// <summary>Certificates (PEM) that are trusted besides the system's.</summary>
    public string? CaCertificates { get; init; }

    /// <summary>The client's certificate chain (PEM).</summary>
    public string? ClientCertificate { get; init; }

    /// <summary>The client certificate's private key (PEM).</summary>
    public string? ClientKey { get; init; }

    /// <summary>The private key for SSH, in OpenSSH's or PEM form.</summary>
    public string? SshIdentity { get; init; }

    /// <summary>The passphrase that opens <see cref="SshIdentity"/>; null where it is not encrypted.</summary>
    public string? SshPassphrase { get; init; }

    /// <summary>The host keys that are trusted, as lines of a known_hosts file.</summary>
    public string? SshKnownHosts { get; init; }

    /// <summary>Says that credentials are present, not which.</summary>
    public override string ToString() => "credentials (not shown)";

    /// <summary>The Authorization header's value; null for none.</summary>
    /// <exception cref="GitException"><see cref="GitFailure.Authentication"/>: the token cannot stand in a header.</exception>
    internal string? AuthorizationHeader()
    {
        if (BearerToken is { Length: > 0 } token)
        {
            return token.All(c => c is > ' ' and < (char)0x7f)
                ? "Bearer " + token
                : throw new GitException(GitFailure.Authentication, "The bearer token holds characters that no token has; check the secret for line breaks and spaces.");
        }

        return Username is null && Password is null
            ? null
            : "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Username}:{Password}"));
    }

    /// <summary>Takes what is secret here, as it is and as a header carries it, out of words that a server may have put together from it.</summary>
    internal string Redact(string text)
    {
        var header = AuthorizationHeader();
        string?[] secrets = [header?[(header.IndexOf(' ') + 1)..], Password, BearerToken, SshPassphrase];
        foreach (var secret in secrets.OfType<string>().Where(secret => secret.Length >= ShortestSecret).OrderByDescending(secret => secret.Length))
        {
            text = text.Replace(secret, "***", StringComparison.Ordinal).Replace(Uri.EscapeDataString(secret), "***", StringComparison.Ordinal);
        }

        return text;
    }

    /// <summary>Tells one set of credentials from another without giving any away.</summary>
    internal string Fingerprint(byte[] key)
    {
        string?[] parts = [Username, Password, BearerToken, CaCertificates, ClientCertificate, ClientKey, SshIdentity, SshPassphrase, SshKnownHosts];
        var text = string.Concat(parts.Select(part => $"{part?.Length ?? -1}:{part};"));
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));
    }
}
