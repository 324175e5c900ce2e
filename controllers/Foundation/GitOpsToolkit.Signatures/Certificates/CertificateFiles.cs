using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace GitOpsToolkit.Signatures.Certificates;

/// <summary>Reads files with certificates: any number in PEM, or one in DER.</summary>
internal static class CertificateFiles
{
    private const int Most = 256;
    private const int MostBytes = 1 << 20;

    /// <exception cref="TrustException">A file cannot be read, or there is none.</exception>
    internal static IReadOnlyList<X509Certificate2> Read(IReadOnlyList<KeyValuePair<string, byte[]>> files)
    {
        var certificates = new X509Certificate2Collection();
        foreach (var (name, content) in files)
        {
            var before = certificates.Count;
            try
            {
                if (content.Length > MostBytes)
                {
                    throw new TrustException($"key '{name}' has {content.Length} bytes, at most {MostBytes} are read");
                }

                if (content is [0x30, ..])
                {
                    certificates.Add(X509CertificateLoader.LoadCertificate(content));
                }
                else
                {
                    certificates.ImportFromPem(Encoding.UTF8.GetString(content));
                }
            }
            catch (CryptographicException error)
            {
                throw new TrustException($"key '{name}' holds no certificate that can be read", error);
            }

            if (certificates.Count == before || certificates.Count > Most)
            {
                throw new TrustException($"key '{name}' holds no certificate in PEM, or there are more than {Most} in all");
            }
        }

        return certificates.Count > 0 ? [.. certificates] : throw new TrustException("has no certificate: none of its keys ends in .crt or .pem");
    }
}
