using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Registry;

namespace GitOpsToolkit.Controllers.ImageReflector.Storage;

/// <summary>What a complete scan found.</summary>
/// <param name="Image">The canonical name of the image that was scanned.</param>
/// <param name="Tags">The tags without the excluded ones.</param>
/// <param name="At">When the scan ended.</param>
public sealed record ScannedTags(string Image, PackedTags Tags, DateTimeOffset At);

/// <summary>A stored set in brief.</summary>
/// <param name="Image">The canonical name of the image that was scanned.</param>
/// <param name="Revision">The checksum of the tags.</param>
/// <param name="Count">How many tags there are.</param>
/// <param name="ScannedAt">When the last scan that found them ended.</param>
public sealed record TagSetSummary(string Image, string Revision, int Count, DateTimeOffset ScannedAt);

/// <summary>
/// Keeps the tags of each ImageRepository between scans. A set is replaced as a whole or not at all, and only by a complete listing;
/// whoever reads sees one whole set.
/// </summary>
public interface ITagStore
{
    /// <summary>
    /// Calls back after another set was stored, also when its tags are those of before but were not known to this process; must be quick.
    /// </summary>
    void OnChange(Action<ObjectKey> handler);

    /// <summary>Calls back after a set was found damaged: it is gone, and the repository must be scanned again. Must be quick.</summary>
    void OnLoss(Action<ObjectKey> handler);

    /// <summary>The set of an ImageRepository in brief; null where no complete scan is known.</summary>
    TagSetSummary? Describe(ObjectKey repository);

    /// <summary>The set of an ImageRepository; null where no complete scan is known. It is read anew each time: do not hold it.</summary>
    TagSet? Find(ObjectKey repository);

    /// <summary>
    /// Replaces the tags of an ImageRepository. A tag that was known for this image keeps the time at which it was first seen and the
    /// digests seen under it. Where the tags are the same, only the time of the scan is noted.
    /// </summary>
    /// <returns>The set as it is now.</returns>
    /// <exception cref="IOException">The store is not writable; the set before is still there.</exception>
    TagSet Replace(ObjectKey repository, ScannedTags scanned);

    /// <summary>Notes the digest that a tag has now. A tag that is not in the set is passed over.</summary>
    /// <returns>The sighting before, where it was of another digest: the tag was moved. Otherwise null.</returns>
    /// <exception cref="IOException">The store is not writable.</exception>
    DigestSighting? NoteDigest(ObjectKey repository, string tag, DigestSighting seen);

    /// <summary>Forgets an ImageRepository's tags.</summary>
    void Remove(ObjectKey repository);

    /// <summary>The repositories whose tags are kept, for clearing up after ones that were deleted unseen.</summary>
    IReadOnlyList<ObjectKey> Keys();
}
