namespace GitOpsToolkit.Signatures.Cosign;

/// <summary>A signature as a registry holds it.</summary>
/// <param name="Content">A simple signing payload, or a bundle.</param>
/// <param name="Annotations">What stands beside a payload: the signature and its certificate; null for a bundle, which has all in itself.</param>
internal sealed record RawSignature(byte[] Content, IReadOnlyDictionary<string, string>? Annotations);
