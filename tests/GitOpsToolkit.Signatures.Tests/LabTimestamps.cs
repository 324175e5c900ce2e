using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;

namespace GitOpsToolkit.Signatures.Tests;

/// <summary>A timestamp authority (RFC 3161) that stamps whatever time it is told.</summary>
public sealed class LabTimestamps : IDisposable
{
    private const string Content = "1.2.840.113549.1.9.16.1.4";
    private const string SigningCertificate = "1.2.840.113549.1.9.16.2.47";

    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 root;
    private readonly X509Certificate2 leaf;

    /// <summary>Makes an authority.</summary>
    /// <param name="purpose">What its certificate is for.</param>
    public LabTimestamps(string purpose = "1.3.6.1.5.5.7.3.8")
    {
        var begin = DateTimeOffset.UtcNow.AddYears(-1);
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=tsa root", rootKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        root = request.CreateSelfSigned(begin, begin.AddYears(10));
        request = new CertificateRequest("CN=tsa", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        using var bare = request.Create(root, begin, begin.AddYears(9), [7, 7]);
        leaf = bare.CopyWithPrivateKey(key);
    }

    /// <summary>Its certificates, leaf first.</summary>
    public X509Certificate2[] Chain => [leaf, root];

    /// <summary>The root, as PEM.</summary>
    public string RootPem => root.ExportCertificatePem();

    /// <inheritdoc/>
    public void Dispose()
    {
        root.Dispose();
        leaf.Dispose();
        key.Dispose();
    }

    /// <summary>A token over bytes.</summary>
    public byte[] Token(byte[] data, DateTimeOffset time)
    {
        var info = new AsnWriter(AsnEncodingRules.DER);
        using (info.PushSequence())
        {
            info.WriteInteger(1);
            info.WriteObjectIdentifier("1.3.6.1.4.1.57264.2");
            using (info.PushSequence())
            {
                using (info.PushSequence())
                {
                    info.WriteObjectIdentifier("2.16.840.1.101.3.4.2.1");
                    info.WriteNull();
                }

                info.WriteOctetString(SHA256.HashData(data));
            }

            info.WriteInteger(42);
            info.WriteGeneralizedTime(time, omitFractionalSeconds: true);
        }

        var certificate = new AsnWriter(AsnEncodingRules.DER);
        using (certificate.PushSequence())
        using (certificate.PushSequence())
        using (certificate.PushSequence())
        {
            certificate.WriteOctetString(SHA256.HashData(leaf.RawData));
        }

        var signer = new CmsSigner(SubjectIdentifierType.IssuerAndSerialNumber, leaf)
        {
            IncludeOption = X509IncludeOption.EndCertOnly,
            DigestAlgorithm = new Oid("2.16.840.1.101.3.4.2.1"),
        };
        signer.SignedAttributes.Add(new AsnEncodedData(SigningCertificate, certificate.Encode()));
        var cms = new SignedCms(new ContentInfo(new Oid(Content), info.Encode()));
        cms.ComputeSignature(signer);
        return cms.Encode();
    }

    /// <summary>A response that grants the token.</summary>
    public byte[] Response(byte[] data, DateTimeOffset time)
    {
        var response = new AsnWriter(AsnEncodingRules.DER);
        using (response.PushSequence())
        {
            using (response.PushSequence())
            {
                response.WriteInteger(0);
            }

            response.WriteEncodedValue(Token(data, time));
        }

        return response.Encode();
    }
}
