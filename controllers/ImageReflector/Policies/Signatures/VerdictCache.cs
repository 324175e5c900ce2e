using System.Collections.Concurrent;
using GitOpsToolkit.Signatures;

namespace GitOpsToolkit.Controllers.ImageReflector.Policies.Signatures;

/// <summary>
/// Keeps verdicts by artifact and by what is trusted. That a signature holds stays so until it expires; that none does is asked again, for
/// signatures come after images.
/// </summary>
internal sealed class VerdictCache(TimeProvider time)
{
    private const int MostVerdicts = 4096;

    private readonly ConcurrentDictionary<(string Image, string Digest, string Fingerprint), (SignatureVerdict Verdict, DateTimeOffset At)> known = new();

    /// <summary>The verdict, from before or anew. What keeps from one is thrown, and nothing is kept of it.</summary>
    /// <param name="verifier">Who verifies.</param>
    /// <param name="artifact">The artifact.</param>
    /// <param name="patience">For how long a refusal stands.</param>
    /// <param name="cancellation">The deadline.</param>
    /// <exception cref="Registry.RegistryException">The registry did not give what was asked.</exception>
    internal async Task<SignatureVerdict> VerifyAsync(
        ISignatureVerifier verifier, SignedArtifact artifact, TimeSpan patience, CancellationToken cancellation)
    {
        var key = (artifact.Image.Canonical, artifact.Digest, verifier.Fingerprint);
        var now = time.GetUtcNow();
        if (known.TryGetValue(key, out var kept)
            && (kept.Verdict.IsVerified ? kept.Verdict.ValidUntil is not { } end || now < end : now >= kept.At && now - kept.At < patience))
        {
            return kept.Verdict;
        }

        var verdict = await verifier.VerifyAsync(artifact, cancellation);
        if (known.Count >= MostVerdicts)
        {
            known.Clear();
        }

        known[key] = (verdict, now);
        return verdict;
    }
}
