using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GitOpsToolkit.Sandbox.ApiServer.Auth;

/// <summary>The sandbox's own certificate authority and the certificate that it gave the server.</summary>
internal sealed record ServerCertificates(X509Certificate2 Server, string AuthorityPem) : IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(3650);

    /// <summary>Takes the certificates of a state directory, or makes new ones (and keeps them there).</summary>
    public static ServerCertificates Get(string? directory, TimeProvider time)
    {
        if (directory is null)
        {
            return Load(Make(time.GetUtcNow()));
        }

        var (ca, pem) = (Path.Combine(directory, "ca.crt"), Path.Combine(directory, "server.pem"));
        if (!File.Exists(ca) || !File.Exists(pem))
        {
            var made = Make(time.GetUtcNow());
            PrivateFile.Write(pem, made.ServerPem);
            PrivateFile.Write(ca, made.AuthorityPem);
        }

        return Load((File.ReadAllText(ca), File.ReadAllText(pem)));
    }

    public void Dispose() => Server.Dispose();

    private static ServerCertificates Load((string AuthorityPem, string ServerPem) pem)
    {
        using var parsed = X509Certificate2.CreateFromPem(pem.ServerPem, pem.ServerPem);
        // A key that came from PEM is ephemeral; not every TLS stack takes those.
        return new(X509CertificateLoader.LoadPkcs12(parsed.Export(X509ContentType.Pkcs12), null), pem.AuthorityPem);
    }

    private static (string AuthorityPem, string ServerPem) Make(DateTimeOffset now)
    {
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest("CN=gitops-toolkit-sandbox-ca", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        authorityRequest.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        var authorityId = new X509SubjectKeyIdentifierExtension(authorityRequest.PublicKey, false);
        authorityRequest.CertificateExtensions.Add(authorityId);
        using var authority = authorityRequest.CreateSelfSigned(now.AddHours(-1), now + Lifetime);

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=kube-apiserver", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(authorityId));
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        names.AddIpAddress(IPAddress.Parse("10.96.0.1"));
        names.AddDnsName("localhost");
        names.AddDnsName("kubernetes");
        names.AddDnsName("kubernetes.default");
        names.AddDnsName("kubernetes.default.svc");
        request.CertificateExtensions.Add(names.Build());
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] &= 0x7f;
        using var server = request.Create(authority, now.AddHours(-1), now + Lifetime - TimeSpan.FromDays(1), serial);
        return (authority.ExportCertificatePem() + "\n", server.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n");
    }
}
