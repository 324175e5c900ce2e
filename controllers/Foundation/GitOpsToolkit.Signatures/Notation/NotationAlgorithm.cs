using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GitOpsToolkit.Signatures.Notation;

/// <summary>The one algorithm that goes with a key (signature specification, "Algorithm selection"); an envelope that names another is refused.</summary>
/// <param name="Jose">Its name in JWS.</param>
/// <param name="Cose">Its number in COSE.</param>
/// <param name="Hash">Its hash.</param>
internal sealed record NotationAlgorithm(string Jose, int Cose, HashAlgorithmName Hash)
{
    /// <summary>The algorithm of a certificate's key.</summary>
    /// <exception cref="SignatureException">There is none for such a key.</exception>
    internal static NotationAlgorithm Of(X509Certificate2 certificate)
    {
        using var rsa = certificate.GetRSAPublicKey();
        using var ecdsa = certificate.GetECDsaPublicKey();
        return (rsa?.KeySize, ecdsa?.KeySize) switch
        {
            (2048, _) => new("PS256", -37, HashAlgorithmName.SHA256),
            (3072, _) => new("PS384", -38, HashAlgorithmName.SHA384),
            (4096, _) => new("PS512", -39, HashAlgorithmName.SHA512),
            (_, 256) => new("ES256", -7, HashAlgorithmName.SHA256),
            (_, 384) => new("ES384", -35, HashAlgorithmName.SHA384),
            (_, 521) => new("ES512", -36, HashAlgorithmName.SHA512),
            _ => throw SignatureException.Invalid("the signer's certificate has a key of a kind that notation does not sign with"),
        };
    }

    internal bool Verify(X509Certificate2 certificate, byte[] data, byte[] signature)
    {
        using var rsa = certificate.GetRSAPublicKey();
        using var ecdsa = certificate.GetECDsaPublicKey();
        return rsa?.VerifyData(data, signature, Hash, RSASignaturePadding.Pss)
            ?? ecdsa?.VerifyData(data, signature, Hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation) ?? false;
    }
}
