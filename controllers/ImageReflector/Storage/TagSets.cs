using System.Collections.Immutable;
using System.Security.Cryptography;
using GitOpsToolkit.Registry;

namespace GitOpsToolkit.Controllers.ImageReflector.Storage;

/// <summary>Makes tag sets.</summary>
internal static class TagSets
{
    private const int MostDigestsOfATag = 8;

    /// <summary>A set with nothing before it.</summary>
    internal static TagSet Create(string image, IEnumerable<string> tags, DateTimeOffset scannedAt) =>
        Create(new ScannedTags(image, PackedTags.Of(tags), scannedAt));

    /// <summary>A set with nothing before it.</summary>
    internal static TagSet Create(ScannedTags scanned) => new(
        new TagSetSummary(scanned.Image, RevisionOf(scanned.Tags), scanned.Tags.Count, scanned.At),
        scanned.Tags,
        Arrivals.Together(scanned.Tags.Count, scanned.At),
        ImmutableDictionary.Create<string, ImmutableArray<DigestSighting>>(StringComparer.Ordinal));

    /// <summary>The set that comes after another. Of another image nothing carries over.</summary>
    internal static TagSet Follow(TagSet? before, ScannedTags scanned)
    {
        if (before is null || before.Image != scanned.Image)
        {
            return Create(scanned);
        }

        if (before.Packed.Equals(scanned.Tags))
        {
            return new TagSet(before.Summary with { ScannedAt = scanned.At }, before.Packed, before.Arrivals, before.AllDigests);
        }

        var gone = before.AllDigests.Keys.Where(tag => !scanned.Tags.Contains(System.Text.Encoding.UTF8.GetBytes(tag)));
        return new TagSet(
            new TagSetSummary(scanned.Image, RevisionOf(scanned.Tags), scanned.Tags.Count, scanned.At),
            scanned.Tags,
            Arrivals.Follow(before.Packed, before.Arrivals, scanned.Tags, scanned.At),
            before.AllDigests.RemoveRange(gone));
    }

    /// <summary>The set with a digest noted under one of its tags.</summary>
    internal static TagSet WithDigest(TagSet set, string tag, DigestSighting seen)
    {
        var sightings = set.DigestsOf(tag).Add(seen);
        var kept = sightings.Length > MostDigestsOfATag ? sightings.RemoveAt(0) : sightings;
        return new TagSet(set.Summary, set.Packed, set.Arrivals, set.AllDigests.SetItem(tag, kept));
    }

    /// <summary>SHA-256 of the tags in descending byte order, each followed by a newline.</summary>
    private static string RevisionOf(PackedTags tags)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> lines = stackalloc byte[4096];
        var filled = 0;
        foreach (var tag in tags)
        {
            if (filled + tag.Length >= lines.Length)
            {
                hash.AppendData(lines[..filled]);
                filled = 0;
            }

            tag.CopyTo(lines[filled..]);
            filled += tag.Length;
            lines[filled++] = (byte)'\n';
        }

        hash.AppendData(lines[..filled]);
        return $"sha256:{Convert.ToHexStringLower(hash.GetHashAndReset())}";
    }
}
