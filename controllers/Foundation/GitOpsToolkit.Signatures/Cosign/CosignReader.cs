using System.Runtime.CompilerServices;
using GitOpsToolkit.Registry;
using GitOpsToolkit.Registry.Content;

namespace GitOpsToolkit.Signatures.Cosign;

/// <summary>
/// Finds the signatures that cosign put beside an artifact: bundles that refer to it (cosign 3), and payloads below the tag
/// <c>sha256-….sig</c> (cosign 1 and 2) or that refer to it.
/// </summary>
internal sealed class CosignReader(SignatureLimits limits)
{
    /// <summary>The signatures, each read when it is asked for; one that cannot be one at all comes as why.</summary>
    internal async IAsyncEnumerable<(RawSignature? Signature, SignatureException? Problem)> ReadAsync(
        SignedArtifact artifact, [EnumeratorCancellation] CancellationToken cancellation)
    {
        // The descriptor of a referrer need not tell its kind rightly (go-containerregistry writes that of the empty configuration into
        // the list under the tag): what is not plainly something else is looked at.
        var referrers = await artifact.Registry.ListReferrersAsync(artifact.Image, artifact.Digest, artifactType: null, artifact.Access, cancellation);
        var looked = 0;
        foreach (var referrer in referrers.Where(MayBeSignature))
        {
            if (looked++ == limits.MaxSignatures)
            {
                break;
            }

            var manifest = await FindAsync(artifact, referrer.Digest, cancellation);
            if (manifest?.Subject?.Digest != artifact.Digest)
            {
                continue;
            }

            await foreach (var found in LayersAsync(artifact, manifest, cancellation))
            {
                yield return found;
            }
        }

        if (await FindAsync(artifact, TagOf(artifact.Digest), cancellation) is { } tagged)
        {
            await foreach (var found in LayersAsync(artifact, tagged, cancellation))
            {
                yield return found;
            }
        }
    }

    private static string TagOf(string digest) => $"{digest.Replace(':', '-')}.sig";

    private static bool MayBeSignature(Descriptor referrer)
    {
        var isOther = referrer.Annotations.TryGetValue(CosignTypes.PredicateAnnotation, out var predicate)
            && predicate != CosignTypes.SignPredicate;
        return !isOther && (referrer.ArtifactType is null or "" or "application/vnd.oci.empty.v1+json" or CosignTypes.SignatureArtifact
            || referrer.ArtifactType.StartsWith(CosignTypes.BundlePrefix, StringComparison.Ordinal));
    }

    private static async Task<Manifest?> FindAsync(SignedArtifact artifact, string reference, CancellationToken cancellation)
    {
        try
        {
            var manifest = await artifact.Registry.GetManifestAsync(artifact.Image, reference, artifact.Access, cancellation);
            return manifest.IsIndex ? null : manifest;
        }
        catch (RegistryException error) when (error.Fault == RegistryFault.NotFound)
        {
            return null;
        }
    }

    private async IAsyncEnumerable<(RawSignature? Signature, SignatureException? Problem)> LayersAsync(
        SignedArtifact artifact, Manifest manifest, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (manifest.Annotations.TryGetValue(CosignTypes.PredicateAnnotation, out var predicate) && predicate != CosignTypes.SignPredicate)
        {
            yield break;
        }

        foreach (var layer in manifest.Layers)
        {
            var isBundle = CosignTypes.IsBundle(layer.MediaType);
            if (!isBundle && layer.MediaType.StartsWith(CosignTypes.BundlePrefix, StringComparison.Ordinal))
            {
                yield return (null, SignatureException.Invalid($"a bundle of the form {layer.MediaType}, which is not known"));
            }
            else if (isBundle || layer.MediaType == CosignTypes.SimpleSigning)
            {
                yield return layer.Size > limits.MaxPayloadBytes
                    ? (null, SignatureException.Invalid($"a signature's content has {layer.Size} bytes, at most {limits.MaxPayloadBytes} are read"))
                    : await ReadLayerAsync(artifact, layer, isBundle, cancellation);
            }
        }
    }

    private static async Task<(RawSignature? Signature, SignatureException? Problem)> ReadLayerAsync(
        SignedArtifact artifact, Descriptor layer, bool isBundle, CancellationToken cancellation)
    {
        try
        {
            var content = await artifact.Registry.ReadBlobAsync(artifact.Image, layer, artifact.Access, cancellation);
            return (new RawSignature(content, isBundle ? null : layer.Annotations), null);
        }
        catch (RegistryException error) when (error.Fault is RegistryFault.NotFound or RegistryFault.TooLarge)
        {
            return (null, SignatureException.Invalid($"the content of a signature is missing or not what its manifest says: {error.Message}", error));
        }
    }
}
