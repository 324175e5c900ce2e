using GitOpsToolkit.Kubernetes;

namespace GitOpsToolkit.Controllers.ImageReflector.Storage;

/// <summary>The tags that a complete scan found.</summary>
/// <param name="Image">The canonical name of the image that was scanned.</param>
/// <param name="Tags">The tags without the excluded ones, in descending byte order.</param>
/// <param name="Revision">The checksum of <paramref name="Tags"/>.</param>
/// <param name="ScannedAt">When the last scan that found them ended.</param>
public sealed record TagSet(string Image, IReadOnlyList<string> Tags, string Revision, DateTimeOffset ScannedAt);

/// <summary>
/// Keeps the tags of each ImageRepository between scans. A set is replaced as a whole or not at all, and only by a complete listing;
/// whoever reads sees one whole set. Another implementation (a database with first-seen times and digests) can take its place behind this
/// seam.
/// </summary>
public interface ITagStore
{
    /// <summary>
    /// Calls back after another set was stored, also when its tags are those of before but were not known to this process; must be quick.
    /// </summary>
    void OnChange(Action<ObjectKey> handler);

    /// <summary>The tags of an ImageRepository; null where no complete scan is known.</summary>
    TagSet? Find(ObjectKey repository);

    /// <summary>Replaces the tags of an ImageRepository. Where they are the same, only the time of the scan is noted.</summary>
    /// <exception cref="IOException">The store is not writable; the set before is still there.</exception>
    Task ReplaceAsync(ObjectKey repository, TagSet tags, CancellationToken cancellation);

    /// <summary>Forgets an ImageRepository's tags.</summary>
    void Remove(ObjectKey repository);

    /// <summary>The repositories whose tags are kept, for clearing up after ones that were deleted unseen.</summary>
    IReadOnlyList<ObjectKey> Keys();
}
