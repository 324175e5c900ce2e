using System.Security.Cryptography.X509Certificates;

namespace GitOpsToolkit.Signatures.Notation;

/// <summary>An envelope whose signature is by the first of its certificates; nothing is known of them yet.</summary>
internal sealed record NotationEnvelope : IDisposable
{
    /// <summary>What is signed: JSON with the artifact's descriptor.</summary>
    internal required byte[] Payload { get; init; }

    /// <summary>The bare signature: what timestamps are about.</summary>
    internal required byte[] Signature { get; init; }

    /// <summary>From the signer's to the root.</summary>
    internal required IReadOnlyList<X509Certificate2> Chain { get; init; }

    /// <summary>Who vouches for the time: nobody (x509), or the signing authority.</summary>
    internal required string Scheme { get; init; }

    /// <summary>The time that a signing authority vouches for.</summary>
    internal DateTimeOffset? AuthenticTime { get; init; }

    /// <summary>When the signer wants it to end; null for never.</summary>
    internal DateTimeOffset? Expiry { get; init; }

    /// <summary>A timestamp authority's token over the signature; null for none.</summary>
    internal byte[]? Timestamp { get; init; }

    public void Dispose()
    {
        foreach (var certificate in Chain)
        {
            certificate.Dispose();
        }
    }
}
