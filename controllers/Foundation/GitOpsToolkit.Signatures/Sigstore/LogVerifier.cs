using System.Globalization;
using System.Text;
using GitOpsToolkit.Signatures.Cosign;

namespace GitOpsToolkit.Signatures.Sigstore;

/// <summary>Believes entries of transparency logs that are trusted (Rekor), by their promise or by proof.</summary>
internal sealed class LogVerifier(TrustedRoot root)
{
    private readonly LogEntryBody bodies = new(SignatureLimits.Default);

    /// <summary>
    /// Verifies that the entry is in a log and is about the signature. What is given of promise and proof must hold, and one must be given.
    /// </summary>
    /// <returns>When the log took it, where it signed for that; else null.</returns>
    /// <exception cref="SignatureException">It is not.</exception>
    internal DateTimeOffset? Verify(LogEntry entry, CosignSignature signature)
    {
        var log = root.Logs.FirstOrDefault(log => log.Id == entry.LogId)
            ?? throw SignatureException.Invalid("its log entry is of a log that is not trusted");
        DateTimeOffset? time = null;
        if (entry.SignedEntryTimestamp is { } promise)
        {
            time = HasPromised(log, entry, promise)
                ? DateTimeOffset.FromUnixTimeSeconds(entry.IntegratedTime)
                : throw SignatureException.Invalid("the log's promise does not hold");
        }

        if (entry.Proof is { Checkpoint.Length: > 0 } proof)
        {
            VerifyProof(log, entry.Body, proof);
        }
        else if (time is null)
        {
            throw SignatureException.Invalid("its log entry has neither a promise nor a proof");
        }

        if (time is { } at && !log.Validity.Holds(at))
        {
            throw SignatureException.Invalid("its log entry is of a time when the log's key was not valid");
        }

        bodies.Verify(entry.Body, signature);
        return time;
    }

    /// <summary>The promise is over JSON in canonical form (RFC 8785).</summary>
    private static bool HasPromised(TrustedLog log, LogEntry entry, byte[] promise) => entry.IntegratedTime > 0 && log.Key.Verify(
        Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"body":"{{Convert.ToBase64String(entry.Body)}}","integratedTime":{{entry.IntegratedTime}},"logID":"{{entry.LogId}}","logIndex":{{entry.LogIndex}}}""")),
        promise);

    private static void VerifyProof(TrustedLog log, byte[] body, InclusionProof proof)
    {
        var checkpoint = Checkpoint.Parse(proof.Checkpoint!);
        var computed = MerkleTree.RootOf(body, proof.Index, proof.TreeSize, proof.Hashes);
        if (computed is null || !computed.AsSpan().SequenceEqual(proof.RootHash)
            || checkpoint.Size != proof.TreeSize || !checkpoint.Root.AsSpan().SequenceEqual(computed))
        {
            throw SignatureException.Invalid("the proof that it is in the log does not hold");
        }

        if (!checkpoint.IsSignedBy(log))
        {
            throw SignatureException.Invalid("the log's checkpoint is not signed by the log");
        }
    }
}
