using System.Collections.Immutable;
using System.Text;
using GitOpsToolkit.Registry;

namespace GitOpsToolkit.Controllers.ImageReflector.Storage;

/// <summary>A digest that a tag had.</summary>
/// <param name="Digest">The digest, for example <c>sha256:…</c>.</param>
/// <param name="At">When the tag was first seen with it.</param>
public sealed record DigestSighting(string Digest, DateTimeOffset At);

/// <summary>A tag with what is known of it.</summary>
/// <param name="Tag">The tag.</param>
/// <param name="FirstSeen">When a scan of this object first found it; the image may be older.</param>
/// <param name="Digest">The digest that it had when last asked for, or null where nobody asked.</param>
public readonly record struct TagRecord(string Tag, DateTimeOffset FirstSeen, string? Digest);

/// <summary>The tags that a complete scan found, with when each was first seen and the digests that were looked up.</summary>
public sealed class TagSet
{
    private readonly Arrivals arrivals;
    private readonly ImmutableDictionary<string, ImmutableArray<DigestSighting>> digests;
    private IReadOnlyList<string>? texts;

    internal TagSet(
        TagSetSummary summary, PackedTags packed, Arrivals arrivals, ImmutableDictionary<string, ImmutableArray<DigestSighting>> digests)
    {
        Summary = summary;
        Packed = packed;
        this.arrivals = arrivals;
        this.digests = digests;
    }

    /// <summary>The set in brief.</summary>
    public TagSetSummary Summary { get; }

    /// <summary>The canonical name of the image that was scanned.</summary>
    public string Image => Summary.Image;

    /// <summary>The checksum of the tags: SHA-256 of the tags in descending byte order, each followed by a newline.</summary>
    public string Revision => Summary.Revision;

    /// <summary>When the last scan that found these tags ended.</summary>
    public DateTimeOffset ScannedAt => Summary.ScannedAt;

    /// <summary>
    /// The oldest arrival. Tags of that time were there when the watch began: the order in which they were pushed is not known.
    /// </summary>
    public DateTimeOffset? Since => arrivals.Oldest;

    /// <summary>The tags, to go through without a string for each.</summary>
    public PackedTags Packed { get; }

    /// <summary>The tags as text, in descending byte order.</summary>
    public IReadOnlyList<string> Tags => texts ??= Packed.First(Packed.Count);

    internal Arrivals Arrivals => arrivals;

    internal ImmutableDictionary<string, ImmutableArray<DigestSighting>> AllDigests => digests;

    /// <summary>The tags with what is known of them, in descending byte order.</summary>
    public IReadOnlyList<TagRecord> Records()
    {
        var list = new List<TagRecord>(Packed.Count);
        var times = arrivals.GetEnumerator();
        foreach (var tag in Packed)
        {
            times.MoveNext();
            var text = Encoding.ASCII.GetString(tag);
            list.Add(new TagRecord(text, times.Current, DigestsOf(text) is [.., var last] ? last.Digest : null));
        }

        return list;
    }

    /// <summary>When a tag was first seen; null where it is not in the set.</summary>
    public DateTimeOffset? FirstSeen(string tag)
    {
        var wanted = Encoding.UTF8.GetBytes(tag);
        var times = arrivals.GetEnumerator();
        foreach (var own in Packed)
        {
            times.MoveNext();
            if (own.SequenceEqual(wanted))
            {
                return times.Current;
            }
        }

        return null;
    }

    /// <summary>The digests that were seen under a tag, the newest last; the last few of them.</summary>
    public ImmutableArray<DigestSighting> DigestsOf(string tag) => digests.GetValueOrDefault(tag, []);
}
