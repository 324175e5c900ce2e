namespace GitOpsToolkit.Signatures.Notation;

/// <summary>The names of the Notary Project's formats (its signature, envelope and trust policy specifications).</summary>
internal static class NotationTypes
{
    internal const string Signature = "application/vnd.cncf.notary.signature";
    internal const string Jws = "application/jose+json";
    internal const string Cose = "application/cose";
    internal const string Payload = "application/vnd.cncf.notary.payload.v1+json";
    internal const string SigningScheme = "io.cncf.notary.signingScheme";
    internal const string SigningTime = "io.cncf.notary.signingTime";
    internal const string AuthenticSigningTime = "io.cncf.notary.authenticSigningTime";
    internal const string Expiry = "io.cncf.notary.expiry";
    internal const string Timestamp = "io.cncf.notary.timestampSignature";
    internal const string X509 = "notary.x509";
    internal const string SigningAuthority = "notary.x509.signingAuthority";

    /// <summary>Whether a header that must be understood is one that is.</summary>
    internal static bool IsUnderstood(string header) => header is SigningScheme or AuthenticSigningTime or Expiry;
}
