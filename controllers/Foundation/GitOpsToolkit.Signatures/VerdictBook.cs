namespace GitOpsToolkit.Signatures;

/// <summary>Collects what became of an artifact's signatures, for one verdict on all.</summary>
internal sealed class VerdictBook(SignedArtifact artifact, string kind, SignatureLimits limits)
{
    private const int MostTold = 400;

    private SignatureException? furthest;
    private int tried;

    /// <summary>Whether one more may be tried.</summary>
    internal bool IsFull => tried >= limits.MaxSignatures;

    internal void Refuse(SignatureException why)
    {
        tried++;
        furthest = furthest is null || why.Outcome > furthest.Outcome ? why : furthest;
    }

    internal SignatureVerdict Close()
    {
        if (furthest is null)
        {
            return new SignatureVerdict(SignatureOutcome.NoSignature, $"no {kind} of {artifact.Digest}");
        }

        var text = furthest.Message.Length > MostTold ? $"{furthest.Message.AsSpan(0, MostTold)}…" : furthest.Message;
        var clean = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
        var many = tried == 1 ? "" : IsFull ? $"none of the first {tried} signatures holds, for one: " : $"none of {tried} signatures holds, for one: ";
        return new SignatureVerdict(furthest.Outcome, many + clean);
    }
}
