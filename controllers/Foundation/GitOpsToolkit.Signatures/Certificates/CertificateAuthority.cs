using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GitOpsToolkit.Signatures.Certificates;

/// <summary>A certificate authority that is trusted: its root, and the intermediates that it is known by.</summary>
/// <param name="certificates">Its certificates; the self-signed ones are roots.</param>
/// <param name="validity">When it is trusted, whatever its certificates say.</param>
internal sealed class CertificateAuthority(IReadOnlyList<X509Certificate2> certificates, Validity? validity = null)
{
    private const string UnknownRoot = "is issued by no authority that is trusted";

    internal IReadOnlyList<X509Certificate2> Certificates => certificates;

    /// <summary>Whether a certificate can be read at all.</summary>
    internal static X509Certificate2 Load(byte[] certificate, string what)
    {
        try
        {
            return X509CertificateLoader.LoadCertificate(certificate);
        }
        catch (CryptographicException error)
        {
            throw SignatureException.Invalid($"{what} cannot be read", error);
        }
    }

    /// <summary>Follows a certificate up to a root as of a time; without anything from the network.</summary>
    /// <param name="leaf">The certificate.</param>
    /// <param name="others">Certificates that came with it, trusted for nothing.</param>
    /// <param name="purpose">What it must be for (extended key usage); null for anything.</param>
    /// <param name="time">The time.</param>
    /// <param name="problem">What is wrong, or null.</param>
    /// <returns>The certificate's issuer, null where the chain does not hold.</returns>
    internal X509Certificate2? FindIssuer(
        X509Certificate2 leaf, IReadOnlyList<X509Certificate2> others, string? purpose, DateTimeOffset time, out string? problem)
    {
        if (validity is not null && !validity.Holds(time))
        {
            problem = UnknownRoot;
            return null;
        }

        using var chain = new X509Chain();
        var policy = chain.ChainPolicy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.RevocationMode = X509RevocationMode.NoCheck;
        policy.DisableCertificateDownloads = true;
        policy.VerificationTime = time.UtcDateTime;
        if (purpose is not null)
        {
            policy.ApplicationPolicy.Add(new Oid(purpose));
        }

        foreach (var certificate in certificates)
        {
            (IsSelfSigned(certificate) ? policy.CustomTrustStore : policy.ExtraStore).Add(certificate);
        }

        policy.ExtraStore.AddRange(others.ToArray());
        if (chain.Build(leaf))
        {
            problem = null;
            return X509CertificateLoader.LoadCertificate(chain.ChainElements[chain.ChainElements.Count > 1 ? 1 : 0].Certificate.RawData);
        }

        var status = chain.ChainStatus.Select(one => one.Status).Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one);
        bool Has(X509ChainStatusFlags flag) => status.HasFlag(flag);
        problem = Has(X509ChainStatusFlags.UntrustedRoot) || Has(X509ChainStatusFlags.PartialChain) ? UnknownRoot
            : Has(X509ChainStatusFlags.NotTimeValid) ? $"was not valid at {time.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}"
            : Has(X509ChainStatusFlags.NotValidForUsage) ? "is not for this purpose"
            : $"has no valid chain ({status})";
        return null;
    }

    /// <summary>Whether a problem is that the authority is not known, rather than that the chain is wrong.</summary>
    internal static bool IsUntrusted(string? problem) => problem == UnknownRoot;

    private static bool IsSelfSigned(X509Certificate2 certificate) =>
        certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);
}
