using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace GitOpsToolkit.Connections;

/// <summary>
/// Certificate authorities besides the system's, and a client certificate. The certificate is shown to the server alone that the user
/// named, not to where it sends us.
/// </summary>
public sealed class TlsSettings
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private readonly X509Certificate2Collection authorities;
    private readonly SslStreamCertificateContext? client;

    private TlsSettings(X509Certificate2Collection authorities, SslStreamCertificateContext? client, string fingerprint)
    {
        this.authorities = authorities;
        this.client = client;
        Fingerprint = fingerprint;
    }

    /// <summary>Tells settings apart without holding a secret.</summary>
    public string Fingerprint { get; }

    /// <summary>
    /// Reads the keys <c>ca.crt</c>, <c>tls.crt</c> and <c>tls.key</c> of a Secret, or in their place the older <c>caFile</c>, <c>certFile</c>
    /// and <c>keyFile</c>.
    /// </summary>
    /// <param name="data">The values by key.</param>
    /// <param name="tls">The settings, or null.</param>
    /// <param name="error">What is wrong, without any of the values; or null.</param>
    public static bool TryRead(
        IReadOnlyDictionary<string, byte[]> data, [NotNullWhen(true)] out TlsSettings? tls, [NotNullWhen(false)] out string? error)
    {
        return TryCreate(Value(data, "ca.crt", "caFile"), Value(data, "tls.crt", "certFile"), Value(data, "tls.key", "keyFile"), out tls, out error);
    }

    /// <summary>Reads PEM texts; an empty one is absent.</summary>
    /// <param name="ca">The authorities.</param>
    /// <param name="certificate">The client's certificate, and the links above it.</param>
    /// <param name="key">The client's private key.</param>
    /// <param name="tls">The settings, or null.</param>
    /// <param name="error">What is wrong, without any of the values; or null.</param>
    public static bool TryCreate(
        string ca, string certificate, string key, [NotNullWhen(true)] out TlsSettings? tls, [NotNullWhen(false)] out string? error)
    {
        tls = null;
        error = (ca.Length, certificate.Length, key.Length) switch
        {
            (_, > 0, 0) => "contains 'tls.crt' but missing 'tls.key'",
            (_, 0, > 0) => "contains 'tls.key' but missing 'tls.crt'",
            (0, 0, 0) => "must contain either 'ca.crt' or both 'tls.crt' and 'tls.key'",
            _ => null,
        };
        if (error is not null)
        {
            return false;
        }

        var roots = new X509Certificate2Collection();
        if (ca.Length > 0 && !TryImport(roots, ca))
        {
            error = "'ca.crt' holds no PEM certificate that can be read";
            return false;
        }

        SslStreamCertificateContext? pair = null;
        if (certificate.Length > 0 && !TryPair(certificate, key, out pair))
        {
            error = "'tls.crt' and 'tls.key' are no PEM certificate with its private key";
            return false;
        }

        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{ca}\n{certificate}\n{key}"));
        tls = new TlsSettings(roots, pair, Convert.ToHexStringLower(hash.AsSpan(0, 16)));
        error = null;
        return true;
    }

    /// <summary>A text without the secret.</summary>
    public override string ToString() => "TlsSettings(hidden)";

    /// <summary>In the terms of the framework.</summary>
    /// <param name="withClient">Whether the client's certificate may be shown: only to the server that the user named.</param>
    public SslClientAuthenticationOptions ToOptions(bool withClient) => new()
    {
        ClientCertificateContext = withClient ? client : null,
        RemoteCertificateValidationCallback = authorities.Count > 0 ? Validate : null,
    };

    private static string Value(IReadOnlyDictionary<string, byte[]> data, string key, string legacy) =>
        data.TryGetValue(key, out var value) || data.TryGetValue(legacy, out value) ? Encoding.UTF8.GetString(value) : "";

    private static bool TryImport(X509Certificate2Collection certificates, string pem)
    {
        try
        {
            certificates.ImportFromPem(pem);
            return certificates.Count > 0;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static bool TryPair(string certificate, string key, out SslStreamCertificateContext? context)
    {
        context = null;
        var chain = new X509Certificate2Collection();
        if (!TryImport(chain, certificate))
        {
            return false;
        }

        try
        {
            var leaf = X509Certificate2.CreateFromPem(certificate, key);
            chain.RemoveAt(0);
            context = SslStreamCertificateContext.Create(leaf, chain, offline: true);
            return true;
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            // The key is of another kind, of another certificate, encrypted or damaged.
            return false;
        }
    }

    /// <summary>What the system trusts is trusted; else the chain must reach one of the own authorities, be that a root or not.</summary>
    private bool Validate(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
        {
            return true;
        }

        if (errors != SslPolicyErrors.RemoteCertificateChainErrors || certificate is null)
        {
            throw new AuthenticationException($"the server's certificate is refused: {errors}");
        }

        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.AddRange(authorities);
        own.ChainPolicy.ExtraStore.AddRange(authorities);
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        own.ChainPolicy.VerificationFlags = X509VerificationFlags.AllowUnknownCertificateAuthority;
        own.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        foreach (var element in chain?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
        {
            own.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        using var leaf = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        if (own.Build(leaf) && own.ChainElements.Any(element => authorities.Contains(element.Certificate)))
        {
            return true;
        }

        var why = string.Join(", ", own.ChainStatus.Select(status => status.Status).Distinct());
        throw new AuthenticationException($"the server's certificate is signed neither by a CA of the Secret nor by one of the system ({why})");
    }
}
