using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GitOpsToolkit.Signatures.Notation;

/// <summary>Checks that an envelope's certificates make one chain, from a signer of code to a root; times are not looked at.</summary>
internal static class NotationChain
{
    private const string CodeSigning = "1.3.6.1.5.5.7.3.3";
    private const string AuthorityInformation = "1.3.6.1.5.5.7.1.1";
    private const string RevocationLists = "2.5.29.31";

    // In the encoded extension: the method by which the state of a certificate is asked for (1.3.6.1.5.5.7.48.1).
    private static ReadOnlySpan<byte> StatusMethod => [0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01];

    /// <summary>What is wrong with the chain, or null.</summary>
    internal static string? FindProblem(IReadOnlyList<X509Certificate2> certificates)
    {
        using var chain = new X509Chain();
        var policy = chain.ChainPolicy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.RevocationMode = X509RevocationMode.NoCheck;
        policy.DisableCertificateDownloads = true;
        policy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid;
        policy.ApplicationPolicy.Add(new Oid(CodeSigning));
        policy.CustomTrustStore.Add(certificates[^1]);
        policy.ExtraStore.AddRange(certificates.Skip(1).ToArray());

        // The time of the signer's certificate: what is wrong about times is judged by the trust policy.
        policy.VerificationTime = certificates[0].NotBefore;
        if (!chain.Build(certificates[0]))
        {
            var status = string.Join(", ", chain.ChainStatus.Select(one => one.Status).Distinct());
            return $"has no valid chain to the root that comes with it ({status})";
        }

        return chain.ChainElements.Select(element => element.Certificate.RawData)
            .SequenceEqual(certificates.Select(one => one.RawData), ByteComparer.Instance)
            ? null
            : "comes with others than those of its chain";
    }

    /// <summary>Whether a certificate says where to ask whether it is revoked.</summary>
    internal static bool NamesRevocation(X509Certificate2 certificate) =>
        certificate.Extensions[RevocationLists] is not null
        || (certificate.Extensions[AuthorityInformation] is { } information && information.RawData.AsSpan().IndexOf(StatusMethod) >= 0);

    private sealed class ByteComparer : IEqualityComparer<byte[]>
    {
        internal static readonly ByteComparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj) => obj.Length;
    }
}
