using GitOpsToolkit.Registry.Content;

namespace GitOpsToolkit.Registry;

/// <summary>
/// What can be read from a registry. Every answer is bounded, and content that is named by a digest is checked against it. All calls
/// throw a <see cref="RegistryException"/> where the registry did not give what was asked, and an
/// <see cref="OperationCanceledException"/> where the caller's deadline passed.
/// </summary>
public interface IRegistryReader
{
    /// <summary>All tags of a repository: a whole listing or a fault.</summary>
    Task<TagList> ListTagsAsync(ImageName image, RegistryAccess access, CancellationToken cancellation);

    /// <summary>The digest of a manifest, without reading it where the registry can tell.</summary>
    /// <param name="image">The repository.</param>
    /// <param name="reference">A tag or a digest.</param>
    /// <param name="access">How to get at it.</param>
    /// <param name="cancellation">The deadline.</param>
    Task<string> ResolveDigestAsync(ImageName image, string reference, RegistryAccess access, CancellationToken cancellation);

    /// <summary>A manifest or an index.</summary>
    /// <param name="image">The repository.</param>
    /// <param name="reference">A tag or a digest; bytes that do not have the digest are refused.</param>
    /// <param name="access">How to get at it.</param>
    /// <param name="cancellation">The deadline.</param>
    Task<Manifest> GetManifestAsync(ImageName image, string reference, RegistryAccess access, CancellationToken cancellation);

    /// <summary>
    /// The manifests that name another one as their subject, such as its signatures: by the referrers API, or by the tag
    /// <c>sha256-…</c> where the registry has no such API. Empty where there are none.
    /// </summary>
    /// <param name="image">The repository.</param>
    /// <param name="digest">The digest of the subject.</param>
    /// <param name="artifactType">Only those of this type; null for all.</param>
    /// <param name="access">How to get at it.</param>
    /// <param name="cancellation">The deadline.</param>
    Task<IReadOnlyList<Descriptor>> ListReferrersAsync(
        ImageName image, string digest, string? artifactType, RegistryAccess access, CancellationToken cancellation);

    /// <summary>A small blob, in memory: at most <see cref="RegistryClientOptions.MaxBlobBytes"/>.</summary>
    Task<byte[]> ReadBlobAsync(ImageName image, Descriptor blob, RegistryAccess access, CancellationToken cancellation);

    /// <summary>Writes a blob to a stream while it arrives. Only when the call returns is what was written known to be the blob.</summary>
    /// <param name="image">The repository.</param>
    /// <param name="blob">The blob; its size is the most that is read.</param>
    /// <param name="target">Where to.</param>
    /// <param name="access">How to get at it.</param>
    /// <param name="cancellation">The deadline.</param>
    Task CopyBlobAsync(ImageName image, Descriptor blob, Stream target, RegistryAccess access, CancellationToken cancellation);
}
