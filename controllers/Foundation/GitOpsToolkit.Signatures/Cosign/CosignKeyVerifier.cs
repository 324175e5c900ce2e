using System.Security.Cryptography;
using System.Text;
using GitOpsToolkit.Signatures.Keys;

namespace GitOpsToolkit.Signatures.Cosign;

/// <summary>A public key and what it is called, for messages.</summary>
/// <param name="Name">For example the name of the file that it was read from.</param>
/// <param name="Key">The key.</param>
public sealed record NamedKey(string Name, VerificationKey Key);

/// <summary>
/// Verifies cosign signatures by public keys, any one of which is enough. As with Flux nothing is asked of transparency logs: whoever has
/// the private key may sign whenever they like.
/// </summary>
public sealed class CosignKeyVerifier : CosignVerifier
{
    private readonly IReadOnlyList<NamedKey> keys;

    /// <summary>Makes a verifier.</summary>
    /// <param name="keys">The keys; at least one.</param>
    /// <param name="limits">How much is looked at; null for the usual.</param>
    /// <exception cref="TrustException">There is no key.</exception>
    public CosignKeyVerifier(IReadOnlyList<NamedKey> keys, SignatureLimits? limits = null)
        : base(limits ?? SignatureLimits.Default)
    {
        this.keys = keys.Count > 0 ? keys : throw new TrustException("no public key is given");
        var all = $"cosign-key\n{string.Join('\n', keys.Select(key => key.Key.Id).Order(StringComparer.Ordinal))}";
        Fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all)));
    }

    /// <inheritdoc/>
    public override string Fingerprint { get; }

    private protected override string Verify(CosignSignature signature)
    {
        foreach (var (name, key) in keys)
        {
            if (key.Verify(signature.Signed, signature.Signature))
            {
                return $"the key {name}";
            }
        }

        var certified = signature.Certificate is null ? "" : " (it comes with a certificate: was it signed keyless?)";
        throw new SignatureException(
            SignatureOutcome.WrongKey, $"a signature by none of the keys {string.Join(", ", keys.Select(key => key.Name))}{certified}");
    }
}
