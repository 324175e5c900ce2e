namespace GitOpsToolkit.Signatures;

/// <summary>
/// Verifies that somebody who is trusted signed an artifact of a registry. What is trusted, and by which tool it was signed, is the
/// verifier's own; the same verifier serves every artifact and is safe to use from several threads.
/// </summary>
public interface ISignatureVerifier
{
    /// <summary>
    /// Stands for all that the verifier trusts: two of the same fingerprint give the same verdict on the same digest. Hexadecimal digits.
    /// </summary>
    string Fingerprint { get; }

    /// <summary>Looks for a signature that holds; one is enough.</summary>
    /// <param name="artifact">The artifact, by digest.</param>
    /// <param name="cancellation">The deadline.</param>
    /// <exception cref="Registry.RegistryException">
    /// The registry did not give what was asked. That says nothing on signatures: an artifact without any has a verdict.
    /// </exception>
    /// <exception cref="OperationCanceledException">The deadline passed.</exception>
    Task<SignatureVerdict> VerifyAsync(SignedArtifact artifact, CancellationToken cancellation);
}
