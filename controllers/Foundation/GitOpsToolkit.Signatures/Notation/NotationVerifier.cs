using System.Security.Cryptography;
using System.Text;
using GitOpsToolkit.Registry;
using GitOpsToolkit.Registry.Content;
using GitOpsToolkit.Signatures.Certificates;
using GitOpsToolkit.Signatures.Formats;

namespace GitOpsToolkit.Signatures.Notation;

/// <summary>
/// Verifies signatures of the Notary Project by a trust policy and certificates, as Flux does: the certificates stand for every trust store
/// that the policy names.
/// </summary>
/// <remarks>
/// What a policy only logs is passed over; that somebody who is trusted signed is demanded at every level but <c>skip</c>, which vouches for
/// nobody. Nothing is asked of the network: a certificate that names a place to ask whether it is revoked is refused where revocation is enforced.
/// </remarks>
public sealed class NotationVerifier : ISignatureVerifier
{
    private readonly IReadOnlyList<TrustStatement> statements;
    private readonly CertificateAuthority stores;
    private readonly TimeProvider time;
    private readonly SignatureLimits limits;
    private readonly JwsEnvelope jws;
    private readonly CoseEnvelope cose;

    /// <summary>Makes a verifier.</summary>
    /// <param name="trustPolicy">A <c>trustpolicy.json</c>.</param>
    /// <param name="certificates">Certificates in PEM or DER, by name, for messages.</param>
    /// <param name="time">The clock by which certificates and signatures expire.</param>
    /// <param name="limits">How much is looked at; null for the usual.</param>
    /// <exception cref="TrustException">The policy or a certificate cannot be read, or there is none.</exception>
    public NotationVerifier(
        ReadOnlyMemory<byte> trustPolicy, IReadOnlyList<KeyValuePair<string, byte[]>> certificates, TimeProvider time, SignatureLimits? limits = null)
    {
        this.time = time;
        this.limits = limits ?? SignatureLimits.Default;
        statements = TrustPolicy.Parse(trustPolicy);
        stores = new CertificateAuthority(CertificateFiles.Read(certificates));
        jws = new JwsEnvelope(this.limits);
        cose = new CoseEnvelope(this.limits);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(SHA256.HashData(trustPolicy.Span));
        foreach (var thumbprint in stores.Certificates.Select(one => one.GetCertHashString(HashAlgorithmName.SHA256)).Order(StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.ASCII.GetBytes(thumbprint));
        }

        Fingerprint = Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <inheritdoc/>
    public string Fingerprint { get; }

    /// <inheritdoc/>
    public async Task<SignatureVerdict> VerifyAsync(SignedArtifact artifact, CancellationToken cancellation)
    {
        var name = artifact.Image.Canonical;
        var statement = statements.FirstOrDefault(one => one.Scopes.Contains(name, StringComparer.Ordinal))
            ?? statements.FirstOrDefault(one => one.Scopes is ["*"]);
        if (statement is null)
        {
            return new SignatureVerdict(SignatureOutcome.WrongIdentity, $"no statement of the trust policy has the scope {name}, nor *");
        }

        if (statement.Skips)
        {
            return new SignatureVerdict(SignatureOutcome.Invalid, $"the statement '{statement.Name}' of the trust policy skips verification: nobody vouches for it");
        }

        var book = new VerdictBook(artifact, "notation signature", limits);
        var referrers = await artifact.Registry.ListReferrersAsync(
            artifact.Image, artifact.Digest, NotationTypes.Signature, artifact.Access, cancellation);
        foreach (var referrer in referrers)
        {
            if (book.IsFull)
            {
                break;
            }

            try
            {
                using var envelope = await OpenAsync(artifact, referrer, cancellation);
                return Judge(envelope, statement, artifact.Digest);
            }
            catch (SignatureException why)
            {
                book.Refuse(why);
            }
        }

        return book.Close();
    }

    private async Task<NotationEnvelope> OpenAsync(SignedArtifact artifact, Descriptor referrer, CancellationToken cancellation)
    {
        try
        {
            var manifest = await artifact.Registry.GetManifestAsync(artifact.Image, referrer.Digest, artifact.Access, cancellation);
            if (manifest.Subject?.Digest != artifact.Digest || manifest.Layers is not [var layer])
            {
                throw SignatureException.Invalid("a signature's manifest is about something else, or has not one envelope");
            }

            if (layer.Size > limits.MaxPayloadBytes)
            {
                throw SignatureException.Invalid($"a signature's envelope has {layer.Size} bytes, at most {limits.MaxPayloadBytes} are read");
            }

            if (layer.MediaType is not (NotationTypes.Jws or NotationTypes.Cose))
            {
                throw SignatureException.Invalid($"an envelope of the form {layer.MediaType}, which is not known");
            }

            var content = await artifact.Registry.ReadBlobAsync(artifact.Image, layer, artifact.Access, cancellation);
            return layer.MediaType == NotationTypes.Jws ? jws.Open(content) : cose.Open(content);
        }
        catch (RegistryException error) when (error.Fault == RegistryFault.NotFound)
        {
            throw SignatureException.Invalid($"a signature is missing that is listed: {error.Message}", error);
        }
    }

    private SignatureVerdict Judge(NotationEnvelope envelope, TrustStatement statement, string digest)
    {
        var leaf = envelope.Chain[0];
        VerifyTrust(envelope, statement);
        var ends = VerifyTimes(envelope, statement);
        if (statement.EnforcesRevocation && envelope.Chain.Any(NotationChain.NamesRevocation))
        {
            throw SignatureException.Invalid(
                "its certificate names a place to ask whether it is revoked, and none is asked here: set override.revocation to log or skip to trust it all the same");
        }

        if (statement.Identities is { } identities && !identities.Any(one => one.Matches(leaf.SubjectName)))
        {
            throw new SignatureException(SignatureOutcome.WrongIdentity, $"signed by {leaf.Subject}, who is not asked for");
        }

        var claim = ClaimOf(envelope.Payload);
        return claim == digest
            ? new SignatureVerdict(SignatureOutcome.Verified, leaf.Subject) { ValidUntil = ends }
            : throw SignatureException.Invalid($"a signature by {leaf.Subject} is about {claim}, not about {digest}");
    }

    /// <summary>The chain is whole, and one of its certificates is trusted for the signature's scheme.</summary>
    private void VerifyTrust(NotationEnvelope envelope, TrustStatement statement)
    {
        var kind = envelope.Scheme switch
        {
            NotationTypes.X509 => "ca",
            NotationTypes.SigningAuthority => "signingAuthority",
            _ => throw SignatureException.Invalid($"a signature of the scheme '{envelope.Scheme}', which is not known"),
        };
        if (NotationChain.FindProblem(envelope.Chain) is { } problem)
        {
            throw SignatureException.Invalid($"its certificate {problem}");
        }

        var trusted = statement.Stores.Contains(kind, StringComparer.Ordinal)
            && envelope.Chain.Any(one => stores.Certificates.Any(store => store.RawData.AsSpan().SequenceEqual(one.RawData)));
        if (!trusted)
        {
            throw new SignatureException(
                SignatureOutcome.WrongKey, $"signed by {envelope.Chain[0].Subject}, under no certificate that is trusted (trust store {kind})");
        }
    }

    /// <summary>When it was signed, as far as the statement wants that to be sure; gives when what was found ends.</summary>
    private DateTimeOffset? VerifyTimes(NotationEnvelope envelope, TrustStatement statement)
    {
        var now = time.GetUtcNow();
        DateTimeOffset? ends = null;
        if (statement.EnforcesTime)
        {
            var begin = envelope.Chain.Max(one => new DateTimeOffset(one.NotBefore));
            var end = envelope.Chain.Min(one => new DateTimeOffset(one.NotAfter));
            var (at, passes) = TimeOf(envelope, statement, now, end);
            if (at < begin || at > end)
            {
                throw SignatureException.Invalid($"its certificate was not valid at {at.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}");
            }

            ends = passes ? end : null;
        }

        if (statement.EnforcesExpiry && envelope.Expiry is { } expiry)
        {
            if (now >= expiry)
            {
                throw SignatureException.Invalid($"the signature expired at {expiry.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}");
            }

            ends = ends is null || expiry < ends ? expiry : ends;
        }

        return ends;
    }

    /// <summary>The time at which certificates must be valid, and whether that is simply now.</summary>
    private (DateTimeOffset At, bool Passes) TimeOf(NotationEnvelope envelope, TrustStatement statement, DateTimeOffset now, DateTimeOffset end)
    {
        if (envelope.Scheme == NotationTypes.SigningAuthority)
        {
            return (envelope.AuthenticTime ?? throw SignatureException.Invalid("a signing authority's signature without its time"), false);
        }

        if (!statement.Stores.Contains("tsa", StringComparer.Ordinal) || (statement.TimestampAfterExpiry && now <= end))
        {
            return (now, true);
        }

        return envelope.Timestamp is { } token
            ? (TimestampVerifier.Verify(token, envelope.Signature, [stores]), false)
            : throw SignatureException.Invalid("it has no timestamp, which the trust policy asks for (trust store tsa)");
    }

    private string ClaimOf(byte[] payload)
    {
        const string what = "the envelope's payload";
        using var document = Json.Parse(payload, what, limits);
        return document.RootElement.Member("targetArtifact", what).Text("digest", what);
    }
}
