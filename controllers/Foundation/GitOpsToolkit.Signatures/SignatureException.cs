namespace GitOpsToolkit.Signatures;

/// <summary>One signature does not hold. Others of the same artifact may.</summary>
/// <param name="outcome">In which way.</param>
/// <param name="message">Why, without a secret.</param>
/// <param name="inner">The cause, if any.</param>
internal sealed class SignatureException(SignatureOutcome outcome, string message, Exception? inner = null) : Exception(message, inner)
{
    internal SignatureOutcome Outcome { get; } = outcome;

    internal static SignatureException Invalid(string message, Exception? inner = null) => new(SignatureOutcome.Invalid, message, inner);
}

/// <summary>What is to be trusted cannot be read: a key, a certificate, a policy. The message says which, why, and what is expected.</summary>
/// <param name="message">Which, why, and what is expected.</param>
/// <param name="inner">The cause, if any.</param>
public sealed class TrustException(string message, Exception? inner = null) : Exception(message, inner);
