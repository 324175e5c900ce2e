namespace GitOpsToolkit.Signatures.Cosign;

/// <summary>Goes through cosign's signatures of an artifact until one holds; who is trusted is the derived class's.</summary>
public abstract class CosignVerifier : ISignatureVerifier
{
    private readonly SignatureLimits limits;
    private readonly CosignReader reader;
    private readonly PayloadParser payloads;
    private readonly BundleParser bundles;

    private protected CosignVerifier(SignatureLimits limits)
    {
        this.limits = limits;
        reader = new CosignReader(limits);
        payloads = new PayloadParser(limits);
        bundles = new BundleParser(limits);
    }

    /// <inheritdoc/>
    public abstract string Fingerprint { get; }

    /// <inheritdoc/>
    public async Task<SignatureVerdict> VerifyAsync(SignedArtifact artifact, CancellationToken cancellation)
    {
        var book = new VerdictBook(artifact, "cosign signature", limits);
        await foreach (var (raw, problem) in reader.ReadAsync(artifact, cancellation))
        {
            if (book.IsFull)
            {
                break;
            }

            try
            {
                return new SignatureVerdict(SignatureOutcome.Verified, Check(raw ?? throw problem!, artifact.Digest));
            }
            catch (SignatureException why)
            {
                book.Refuse(why);
            }
        }

        return book.Close();
    }

    /// <summary>Who signed; throws where it is nobody who is trusted, or the signature does not hold.</summary>
    private protected abstract string Verify(CosignSignature signature);

    private string Check(RawSignature raw, string digest)
    {
        var signature = raw.Annotations is null ? bundles.Parse(raw, digest) : payloads.Parse(raw);
        var signer = Verify(signature);

        // Last, so that a signature by nobody is told as such, whatever it is about.
        return signature.Claim == digest
            ? signer
            : throw SignatureException.Invalid($"a signature by {signer} is about {signature.Claim}, not about {digest}");
    }
}
