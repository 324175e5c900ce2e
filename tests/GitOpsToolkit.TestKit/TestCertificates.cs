using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace GitOpsToolkit.TestKit;

/// <summary>A certificate authority of a test, which signs for servers and clients.</summary>
public sealed class TestAuthority : IDisposable
{
    private static readonly DateTimeOffset Begin = DateTimeOffset.UtcNow.AddDays(-1);
    private static readonly DateTimeOffset End = DateTimeOffset.UtcNow.AddDays(1);

    private readonly X509Certificate2 root;

    /// <summary>Makes an authority.</summary>
    /// <param name="name">Its common name.</param>
    /// <param name="parent">The authority above it; null for a root.</param>
    public TestAuthority(string name = "Test CA", TestAuthority? parent = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        root = parent is null ? request.CreateSelfSigned(Begin, End) : Sign(request, key, parent.root);
    }

    /// <summary>The authority's certificate.</summary>
    public string Pem => $"{root.ExportCertificatePem()}\n";

    /// <inheritdoc/>
    public void Dispose() => root.Dispose();

    /// <summary>A certificate for a server.</summary>
    /// <param name="hosts">Names and addresses; without any, localhost and 127.0.0.1.</param>
    public TestIdentity ForServer(params string[] hosts) => Issue("server", "1.3.6.1.5.5.7.3.1", hosts.Length > 0 ? hosts : ["localhost", "127.0.0.1"]);

    /// <summary>A certificate for a client.</summary>
    public TestIdentity ForClient(string name) => Issue(name, "1.3.6.1.5.5.7.3.2", []);

    private static X509Certificate2 Sign(CertificateRequest request, ECDsa key, X509Certificate2 issuer)
    {
        using var bare = request.Create(issuer, Begin, End, RandomNumberGenerator.GetBytes(16));
        return bare.CopyWithPrivateKey(key);
    }

    private TestIdentity Issue(string name, string usage, string[] hosts)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        var names = new SubjectAlternativeNameBuilder();
        foreach (var host in hosts)
        {
            if (IPAddress.TryParse(host, out var address))
            {
                names.AddIpAddress(address);
            }
            else
            {
                names.AddDnsName(host);
            }
        }

        if (hosts.Length > 0)
        {
            request.CertificateExtensions.Add(names.Build());
        }

        using var certificate = Sign(request, key, root);
        return new TestIdentity(certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}

/// <summary>A certificate and its private key, as PEM.</summary>
public sealed record TestIdentity(string Certificate, string Key)
{
    /// <summary>In a form that servers take.</summary>
    public X509Certificate2 ToCertificate()
    {
        using var pair = X509Certificate2.CreateFromPem(Certificate, Key);
        return X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pkcs12), password: null);
    }

    /// <summary>As the values of a Secret of type <c>kubernetes.io/tls</c>, with a CA where given.</summary>
    public Dictionary<string, byte[]> ToSecret(string? authority = null)
    {
        var data = new Dictionary<string, byte[]> { ["tls.crt"] = Encoding.UTF8.GetBytes(Certificate), ["tls.key"] = Encoding.UTF8.GetBytes(Key) };
        if (authority is not null)
        {
            data["ca.crt"] = Encoding.UTF8.GetBytes(authority);
        }

        return data;
    }
}
