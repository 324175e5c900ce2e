namespace GitOpsToolkit.Signatures;

/// <summary>What became of a signature. The order is how far it came: of several signatures the furthest is told.</summary>
public enum SignatureOutcome
{
    /// <summary>There is no signature of the kind that is looked for.</summary>
    NoSignature,

    /// <summary>It was made with a key, or under a certificate authority, that is not trusted.</summary>
    WrongKey,

    /// <summary>It is damaged, of an unknown form, about another digest, not logged, or out of time.</summary>
    Invalid,

    /// <summary>It holds, and its signer is somebody else than is asked for.</summary>
    WrongIdentity,

    /// <summary>It holds.</summary>
    Verified,
}

/// <summary>The verdict on an artifact.</summary>
/// <param name="Outcome">What became of the signature that came furthest.</param>
/// <param name="Message">Who signed it; or why no signature holds, with what was looked at.</param>
public sealed record SignatureVerdict(SignatureOutcome Outcome, string Message)
{
    /// <summary>Whether a signature holds.</summary>
    public bool IsVerified => Outcome == SignatureOutcome.Verified;

    /// <summary>When the verdict ends because something in the signature expires; null for never.</summary>
    public DateTimeOffset? ValidUntil { get; init; }
}
