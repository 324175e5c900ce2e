using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using k8s;

namespace GitOpsToolkit.Sandbox.ControlPlanes;

/// <summary>Handlers for requests to an API server that are made by hand.</summary>
internal static class TrustedHandler
{
    /// <summary>A handler that trusts what the configuration trusts and presents its client certificate, if it has one.</summary>
    public static SocketsHttpHandler Create(KubernetesClientConfiguration configuration)
    {
        var trusted = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trusted.CustomTrustStore.AddRange(configuration.SslCaCerts ?? []);
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = trusted } };
        if (ClientCertificate(configuration) is { } own)
        {
            handler.SslOptions.ClientCertificates = [own];
        }

        return handler;
    }

    /// <summary>The certificates of a PEM file.</summary>
    public static X509Certificate2Collection Authorities(string path)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPemFile(path);
        return certificates;
    }

    private static X509Certificate2? ClientCertificate(KubernetesClientConfiguration configuration)
    {
        var certificate = Pem(configuration.ClientCertificateData, configuration.ClientCertificateFilePath);
        var key = Pem(configuration.ClientCertificateKeyData, configuration.ClientKeyFilePath);
        return certificate is null || key is null ? null : X509Certificate2.CreateFromPem(certificate, key);
    }

    private static string? Pem(string? data, string? file) =>
        data is { Length: > 0 } ? Encoding.UTF8.GetString(Convert.FromBase64String(data)) : file is { Length: > 0 } ? File.ReadAllText(file) : null;
}
