using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace GitOpsToolkit.Signatures.Keys;

/// <summary>
/// A public key that says by itself how it verifies: nothing in a signature chooses the algorithm. ECDSA over P-256, P-384 and P-521,
/// RSA from 2048 bits (PKCS #1 v1.5 and PSS), Ed25519 and Ed25519ph.
/// </summary>
public sealed class VerificationKey
{
    private const string Ec = "1.2.840.10045.2.1";
    private const string Rsa = "1.2.840.113549.1.1.1";
    private const string EdwardsCurve = "1.3.101.112";
    private const int LeastRsaBits = 2048;
    private const int MostRsaBits = 8192;
    private const int MostPemCharacters = 64 << 10;

    private readonly byte[] info;
    private readonly Scheme scheme;
    private readonly HashAlgorithmName[] hashes;

    private VerificationKey(byte[] info, Scheme scheme, params HashAlgorithmName[] hashes)
    {
        this.info = info;
        this.scheme = scheme;
        this.hashes = hashes;
        Id = Convert.ToHexStringLower(SHA256.HashData(info));
    }

    private enum Scheme
    {
        Ecdsa,
        Rsa,
        Ed25519,
    }

    /// <summary>The SHA-256 of its SubjectPublicKeyInfo, in hexadecimal digits: what transparency logs call a log's id.</summary>
    public string Id { get; }

    /// <summary>The SubjectPublicKeyInfo, DER.</summary>
    internal ReadOnlySpan<byte> Info => info;

    /// <summary>Whether this is an Ed25519 key.</summary>
    internal bool IsEd25519 => scheme == Scheme.Ed25519;

    /// <summary>Reads a PEM block <c>PUBLIC KEY</c>; what stands around it is passed over.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="TrustException">There is no such block, or its key is of a kind that is not verified with.</exception>
    public static VerificationKey FromPem(string text)
    {
        if (text.Length > MostPemCharacters)
        {
            throw new TrustException($"is no public key: it has {text.Length} characters, at most {MostPemCharacters} are read");
        }

        if (!PemEncoding.TryFind(text, out var fields))
        {
            throw new TrustException("holds no PEM block; -----BEGIN PUBLIC KEY----- is expected, as cosign writes it to cosign.pub");
        }

        var label = text[fields.Label];
        return label switch
        {
            "PUBLIC KEY" => FromInfo(Convert.FromBase64String(text[fields.Base64Data])),
            _ when label.Contains("PRIVATE", StringComparison.Ordinal) =>
                throw new TrustException("holds a private key; put the public key there and keep the private one away from the cluster"),
            _ => throw new TrustException($"holds a PEM block '{label}'; PUBLIC KEY is expected"),
        };
    }

    /// <summary>Reads a SubjectPublicKeyInfo.</summary>
    /// <param name="info">DER.</param>
    /// <exception cref="TrustException">It is none, or of a kind that is not verified with.</exception>
    public static VerificationKey FromInfo(byte[] info)
    {
        try
        {
            var sequence = new AsnReader(info, AsnEncodingRules.DER).ReadSequence();
            var algorithm = sequence.ReadSequence().ReadObjectIdentifier();
            return algorithm switch
            {
                Ec => ReadEc(info),
                Rsa => ReadRsa(info),
                EdwardsCurve when sequence.ReadBitString(out _).Length == Ed25519.PublicKeySize => new VerificationKey(info, Scheme.Ed25519),
                _ => throw new TrustException($"has a key of the kind {algorithm}; ECDSA (P-256, P-384, P-521), RSA and Ed25519 are verified"),
            };
        }
        catch (Exception error) when (error is AsnContentException or CryptographicException)
        {
            throw new TrustException($"has no readable public key: {error.Message}", error);
        }
    }

    /// <summary>The key of a certificate.</summary>
    internal static VerificationKey Of(X509Certificate2 certificate) => FromInfo(certificate.PublicKey.ExportSubjectPublicKeyInfo());

    /// <summary>Whether a signature over data is this key's.</summary>
    /// <param name="data">The data.</param>
    /// <param name="signature">The signature: of ECDSA in DER.</param>
    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        try
        {
            switch (scheme)
            {
                case Scheme.Ecdsa:
                    using (var ecdsa = ECDsa.Create())
                    {
                        ecdsa.ImportSubjectPublicKeyInfo(info, out _);
                        foreach (var hash in hashes)
                        {
                            if (ecdsa.VerifyData(data, signature, hash, DSASignatureFormat.Rfc3279DerSequence))
                            {
                                return true;
                            }
                        }
                    }

                    return false;
                case Scheme.Rsa:
                    using (var rsa = RSA.Create())
                    {
                        rsa.ImportSubjectPublicKeyInfo(info, out _);
                        return rsa.VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
                            || rsa.VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pss);
                    }

                default:
                    return VerifyEdwards(data, signature);
            }
        }
        catch (CryptographicException)
        {
            // Bytes that are no signature of this kind at all.
            return false;
        }
    }

    private static VerificationKey ReadEc(byte[] info)
    {
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(info, out var read);
        var curve = key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value;

        // cosign hashes with SHA-256 whatever the curve; newer signers take the hash that goes with it.
        return read != info.Length ? throw new TrustException("has bytes after its public key") : curve switch
        {
            "1.2.840.10045.3.1.7" => new VerificationKey(info, Scheme.Ecdsa, HashAlgorithmName.SHA256),
            "1.3.132.0.34" => new VerificationKey(info, Scheme.Ecdsa, HashAlgorithmName.SHA384, HashAlgorithmName.SHA256),
            "1.3.132.0.35" => new VerificationKey(info, Scheme.Ecdsa, HashAlgorithmName.SHA512, HashAlgorithmName.SHA256),
            _ => throw new TrustException($"has an ECDSA key on the curve {curve}; P-256, P-384 and P-521 are verified"),
        };
    }

    private static VerificationKey ReadRsa(byte[] info)
    {
        using var key = RSA.Create();
        key.ImportSubjectPublicKeyInfo(info, out _);
        return key.KeySize is >= LeastRsaBits and <= MostRsaBits
            ? new VerificationKey(info, Scheme.Rsa)
            : throw new TrustException($"has an RSA key of {key.KeySize} bits; {LeastRsaBits} to {MostRsaBits} are verified");
    }

    private bool VerifyEdwards(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != Ed25519.SignatureSize)
        {
            return false;
        }

        // cosign signs the hash (Ed25519ph), others the message; the two cannot be taken for one another (RFC 8032, section 5.1).
        var (bytes, message, point) = (signature.ToArray(), data.ToArray(), info.Length - Ed25519.PublicKeySize);
        return Ed25519.Verify(bytes, 0, info, point, message, 0, message.Length)
            || Ed25519.VerifyPrehash(bytes, 0, info, point, [], SHA512.HashData(message), 0);
    }
}
