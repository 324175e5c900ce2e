using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using GitOpsToolkit.Signatures.Certificates;
using GitOpsToolkit.Signatures.Keys;
using GitOpsToolkit.Signatures.Sigstore;

namespace GitOpsToolkit.Signatures.Cosign;

/// <summary>Somebody whose keyless signatures count.</summary>
/// <param name="Description">What stands for all that <paramref name="Matches"/> asks: two of the same description match the same.</param>
/// <param name="Matches">Whether an issuer and a subject are theirs.</param>
public sealed record TrustedIdentity(string Description, Func<string, string, bool> Matches);

/// <summary>
/// Verifies keyless cosign signatures: a certificate of a trusted Fulcio, for somebody who is asked for, valid when a trusted log or
/// timestamp authority saw the signature. Offline: all that it takes comes with the signature.
/// </summary>
/// <remarks>
/// A log entry is demanded where the root has transparency logs, a certificate timestamp where it has certificate logs: an instance of
/// sigstore without the one or the other says so by its root.
/// </remarks>
public sealed class CosignKeylessVerifier : CosignVerifier
{
    private const string CodeSigning = "1.3.6.1.5.5.7.3.3";

    private readonly TrustedRoot root;
    private readonly IReadOnlyList<TrustedIdentity> identities;
    private readonly LogVerifier logs;

    /// <summary>Makes a verifier.</summary>
    /// <param name="root">What is trusted.</param>
    /// <param name="identities">Who may sign, any of them; an empty list lets everybody, as Flux does.</param>
    /// <param name="limits">How much is looked at; null for the usual.</param>
    public CosignKeylessVerifier(TrustedRoot root, IReadOnlyList<TrustedIdentity> identities, SignatureLimits? limits = null)
        : base(limits ?? SignatureLimits.Default)
    {
        this.root = root;
        this.identities = identities;
        logs = new LogVerifier(root);
        var all = $"cosign-keyless\n{root.Fingerprint}\n{string.Join('\n', identities.Select(one => one.Description).Order(StringComparer.Ordinal))}";
        Fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all)));
    }

    /// <inheritdoc/>
    public override string Fingerprint { get; }

    private protected override string Verify(CosignSignature signature)
    {
        if (signature.Certificate is not { } bytes)
        {
            throw new SignatureException(SignatureOutcome.WrongKey, "a signature by a bare key, without a certificate: it is not keyless");
        }

        using var certificate = CertificateAuthority.Load(bytes, "the signer's certificate");
        if (!KeyOf(certificate).Verify(signature.Signed, signature.Signature))
        {
            throw SignatureException.Invalid("the signature is not by the key of its certificate");
        }

        foreach (var time in TimesOf(signature))
        {
            VerifyCertificate(certificate, time);
        }

        var signer = SignerIdentity.Of(certificate);
        return identities.Count == 0 || identities.Any(one => signer.Subjects.Any(subject => one.Matches(signer.Issuer, subject)))
            ? signer.ToString()
            : throw new SignatureException(SignatureOutcome.WrongIdentity, $"signed by {signer}, who is not asked for");
    }

    private static VerificationKey KeyOf(X509Certificate2 certificate)
    {
        try
        {
            return VerificationKey.Of(certificate);
        }
        catch (TrustException error)
        {
            throw SignatureException.Invalid($"the signer's certificate {error.Message}", error);
        }
    }

    /// <summary>
    /// When the signature was seen by somebody who is trusted: at least one time. What others say of it, who are not, says nothing.
    /// </summary>
    private List<DateTimeOffset> TimesOf(CosignSignature signature)
    {
        List<DateTimeOffset> times = [];
        SignatureException? problem = null;
        var isLogged = false;
        foreach (var entry in signature.Entries.Where(_ => root.Logs.Count > 0))
        {
            try
            {
                times.AddRange(logs.Verify(entry, signature) is { } time ? [time] : Array.Empty<DateTimeOffset>());
                isLogged = true;
            }
            catch (SignatureException error)
            {
                problem ??= error;
            }
        }

        if (root.Logs.Count > 0 && !isLogged)
        {
            throw problem ?? SignatureException.Invalid("it is in no transparency log: no entry comes with it");
        }

        foreach (var stamp in signature.Timestamps.Where(_ => root.TimestampAuthorities.Count > 0))
        {
            try
            {
                times.Add(TimestampVerifier.Verify(stamp, signature.Signature, root.TimestampAuthorities));
            }
            catch (SignatureException error)
            {
                problem ??= error;
            }
        }

        return times.Count > 0
            ? times
            : throw problem ?? SignatureException.Invalid("nobody who is trusted tells when it was made: neither a log's promise nor a timestamp comes with it");
    }

    private void VerifyCertificate(X509Certificate2 certificate, DateTimeOffset time)
    {
        string? worst = null;
        foreach (var authority in root.Authorities)
        {
            using var issuer = authority.FindIssuer(certificate, [], CodeSigning, time, out var problem);
            if (issuer is not null)
            {
                if (root.CertificateLogs.Count > 0 && !CertificateTimestamps.Verify(certificate, issuer, root.CertificateLogs))
                {
                    throw SignatureException.Invalid("its certificate has no timestamp of a certificate log that is trusted");
                }

                return;
            }

            worst = worst is null || CertificateAuthority.IsUntrusted(worst) ? problem : worst;
        }

        throw new SignatureException(
            CertificateAuthority.IsUntrusted(worst) ? SignatureOutcome.WrongKey : SignatureOutcome.Invalid, $"its certificate {worst}");
    }
}
