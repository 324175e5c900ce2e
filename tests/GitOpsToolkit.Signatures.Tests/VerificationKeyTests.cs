using System.Security.Cryptography;
using System.Text;
using GitOpsToolkit.Signatures.Keys;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Signatures.Tests;

/// <summary>Every kind of key verifies what it signed, and nothing else does.</summary>
public sealed class VerificationKeyTests
{
    private static readonly byte[] Data = Encoding.UTF8.GetBytes("what is signed");

    // RFC 8032, section 7.1, tests 2 and 3.
    public static TheoryData<string, string, string> EdwardsVectors => new()
    {
        {
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        },
        {
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        },
    };

    [Theory]
    [InlineData("nistP256", "SHA256")]
    [InlineData("nistP384", "SHA256")]
    [InlineData("nistP384", "SHA384")]
    [InlineData("nistP521", "SHA256")]
    [InlineData("nistP521", "SHA512")]
    public void Ecdsa(string curve, string hash)
    {
        using var key = ECDsa.Create(ECCurve.CreateFromFriendlyName(curve));
        var read = VerificationKey.FromPem(key.ExportSubjectPublicKeyInfoPem());
        var signature = key.SignData(Data, new HashAlgorithmName(hash), DSASignatureFormat.Rfc3279DerSequence);
        AssertVerifies(read, signature);

        // The other form of ECDSA signatures is none here.
        Assert.False(read.Verify(Data, key.SignData(Data, new HashAlgorithmName(hash))));
    }

    [Fact]
    public void A_weak_hash_is_not_accepted()
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.False(VerificationKey.FromPem(ecdsa.ExportSubjectPublicKeyInfoPem())
            .Verify(Data, ecdsa.SignData(Data, HashAlgorithmName.SHA1, DSASignatureFormat.Rfc3279DerSequence)));
        using var rsa = RSA.Create(2048);
        Assert.False(VerificationKey.FromPem(rsa.ExportSubjectPublicKeyInfoPem())
            .Verify(Data, rsa.SignData(Data, HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1)));
    }

    [Fact]
    public void Rsa_in_both_paddings()
    {
        using var key = RSA.Create(2048);
        var read = VerificationKey.FromPem(key.ExportSubjectPublicKeyInfoPem());
        AssertVerifies(read, key.SignData(Data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        AssertVerifies(read, key.SignData(Data, HashAlgorithmName.SHA256, RSASignaturePadding.Pss));
    }

    [Theory]
    [MemberData(nameof(EdwardsVectors))]
    public void Ed25519_by_the_vectors_of_its_specification(string point, string message, string signature)
    {
        var info = Convert.FromHexString($"302a300506032b6570032100{point}");
        var read = VerificationKey.FromPem(PemEncoding.WriteString("PUBLIC KEY", info));
        var (data, bytes) = (Convert.FromHexString(message), Convert.FromHexString(signature));
        Assert.True(read.Verify(data, bytes));
        bytes[3] ^= 1;
        Assert.False(read.Verify(data, bytes));
        Assert.False(read.Verify(data, bytes.AsSpan(1)));
        Assert.False(read.Verify([], bytes));
    }

    [Fact]
    public void Ed25519ph_by_the_vector_of_its_specification()
    {
        var info = Convert.FromHexString("302a300506032b6570032100ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf");
        var read = VerificationKey.FromInfo(info);
        var signature = Convert.FromHexString(
            "98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae4131f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406");
        Assert.True(read.Verify("abc"u8, signature));
        Assert.False(read.Verify("abd"u8, signature));
    }

    [Fact]
    public void What_is_no_key_to_verify_with_is_refused_with_a_reason()
    {
        using var weak = RSA.Create(1024);
        Refused(weak.ExportSubjectPublicKeyInfoPem(), "has an RSA key of 1024 bits; 2048 to 8192 are verified");
        using var curve = ECDsa.Create(ECCurve.NamedCurves.brainpoolP256r1);
        Refused(curve.ExportSubjectPublicKeyInfoPem(), "P-256, P-384 and P-521 are verified");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Refused(key.ExportPkcs8PrivateKeyPem(), "holds a private key");
        using var authority = new TestAuthority();
        Refused(authority.Pem, "holds a PEM block 'CERTIFICATE'; PUBLIC KEY is expected");
        Refused("ssh-ed25519 AAAA", "holds no PEM block");
        Refused(PemEncoding.WriteString("PUBLIC KEY", [1, 2, 3]), "has no readable public key");
        Refused(new string('x', 100_000), "at most 65536 are read");

        // X25519 agrees on keys, it signs nothing.
        Refused(PemEncoding.WriteString("PUBLIC KEY", Convert.FromHexString($"302a300506032b656e032100{new string('9', 64)}")), "has a key of the kind 1.3.101.110");
    }

    private static void Refused(string text, string why) =>
        Assert.Contains(why, Assert.Throws<TrustException>(() => VerificationKey.FromPem(text)).Message, StringComparison.Ordinal);

    private static void AssertVerifies(VerificationKey key, byte[] signature)
    {
        Assert.True(key.Verify(Data, signature));
        Assert.False(key.Verify(Encoding.UTF8.GetBytes("something else"), signature));
        Assert.False(key.Verify(Data, []));
        signature[^1] ^= 1;
        Assert.False(key.Verify(Data, signature));
    }
}
