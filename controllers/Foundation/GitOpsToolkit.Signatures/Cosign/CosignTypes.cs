namespace GitOpsToolkit.Signatures.Cosign;

/// <summary>The names that cosign gives to its formats (cosign's SIGNATURE_SPEC and BUNDLE_SPEC, in-toto, DSSE).</summary>
internal static class CosignTypes
{
    internal const string SimpleSigning = "application/vnd.dev.cosign.simplesigning.v1+json";
    internal const string SignatureArtifact = "application/vnd.dev.cosign.artifact.sig.v1+json";
    internal const string BundlePrefix = "application/vnd.dev.sigstore.bundle";
    internal const string SignatureAnnotation = "dev.cosignproject.cosign/signature";
    internal const string CertificateAnnotation = "dev.sigstore.cosign/certificate";
    internal const string ChainAnnotation = "dev.sigstore.cosign/chain";
    internal const string LogAnnotation = "dev.sigstore.cosign/bundle";
    internal const string TimestampAnnotation = "dev.sigstore.cosign/rfc3161timestamp";
    internal const string PredicateAnnotation = "dev.sigstore.bundle.predicateType";
    internal const string SignPredicate = "https://sigstore.dev/cosign/sign/v1";
    internal const string PayloadType = "cosign container image signature";
    internal const string InToto = "application/vnd.in-toto+json";
    internal const string Statement = "https://in-toto.io/Statement/v1";
    internal const string OlderStatement = "https://in-toto.io/Statement/v0.1";

    /// <summary>The versions of bundles; 0.1 to 0.3 differ in what must be there, not in what it means.</summary>
    internal static bool IsBundle(string? type) => type
        is "application/vnd.dev.sigstore.bundle.v0.3+json"
        or "application/vnd.dev.sigstore.bundle+json;version=0.3"
        or "application/vnd.dev.sigstore.bundle+json;version=0.2"
        or "application/vnd.dev.sigstore.bundle+json;version=0.1";
}
