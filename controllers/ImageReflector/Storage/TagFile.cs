using System.Buffers;
using System.Collections.Immutable;
using System.Security.Cryptography;
using GitOpsToolkit.Registry;

namespace GitOpsToolkit.Controllers.ImageReflector.Storage;

/// <summary>
/// The form of a set in a file: <c>gtktags</c> and the version, the image, the revision, the packed tags, the times of their arrival, the
/// digests seen, and the SHA-256 of all that. Numbers are LEB128. The file is written once and never changed.
/// </summary>
internal static class TagFile
{
    internal const byte Version = 1;
    private const int HashLength = 32;
    private const string RevisionPrefix = "sha256:";

    private static ReadOnlySpan<byte> Magic => "gtktags"u8;

    /// <summary>The bytes of a file that holds the set. The time of its scan is the file's own, so that a scan without news writes nothing.</summary>
    internal static ReadOnlyMemory<byte> Write(TagSet set)
    {
        var bytes = new ArrayBufferWriter<byte>(set.Packed.Bytes.Length + 256);
        bytes.Write(Magic);
        bytes.Write([Version]);
        Numbers.Write(bytes, set.Image);
        bytes.Write(Convert.FromHexString(set.Revision.AsSpan(RevisionPrefix.Length)));
        Numbers.Write(bytes, set.Packed.Count);
        Numbers.Write(bytes, set.Packed.Bytes.Span);
        WriteArrivals(bytes, set.Arrivals);
        WriteDigests(bytes, set.AllDigests);
        bytes.Write(SHA256.HashData(bytes.WrittenSpan));
        return bytes.WrittenMemory;
    }

    /// <summary>Reads a file.</summary>
    /// <param name="file">All of its bytes; the set keeps them.</param>
    /// <param name="scannedAt">When the last scan that found these tags ended.</param>
    /// <exception cref="InvalidDataException">The file is damaged, or of a newer version; the message says which.</exception>
    internal static TagSet Read(ReadOnlyMemory<byte> file, DateTimeOffset scannedAt)
    {
        var span = file.Span;
        if (span.Length < Magic.Length + 1 + HashLength || !span.StartsWith(Magic))
        {
            throw new InvalidDataException("it is no file of tags, or cut off");
        }

        if (span[Magic.Length] != Version)
        {
            throw new InvalidDataException($"it has version {span[Magic.Length]}; this program reads version {Version}");
        }

        if (!SHA256.HashData(span[..^HashLength]).AsSpan().SequenceEqual(span[^HashLength..]))
        {
            throw new InvalidDataException("its checksum does not match");
        }

        var reader = new Numbers(file[(Magic.Length + 1)..^HashLength]);
        var image = reader.Text();
        var revision = RevisionPrefix + Convert.ToHexStringLower(reader.Raw(HashLength).Span);
        var count = reader.Count();
        var packed = PackedTags.Read(reader.Bytes(), count);
        var arrivals = ReadArrivals(ref reader, count);
        var digests = ReadDigests(ref reader);
        return new TagSet(new TagSetSummary(image, revision, count, scannedAt), packed, arrivals, digests);
    }

    private static void WriteArrivals(ArrayBufferWriter<byte> bytes, Arrivals arrivals)
    {
        Numbers.Write(bytes, arrivals.Times.Length);
        var last = 0L;
        foreach (var time in arrivals.Times)
        {
            Numbers.Write(bytes, time.ToUnixTimeMilliseconds() - last);
            last = time.ToUnixTimeMilliseconds();
        }

        Numbers.Write(bytes, arrivals.Runs.Length);
        foreach (var (length, time) in arrivals.Runs)
        {
            Numbers.Write(bytes, length);
            Numbers.Write(bytes, time);
        }
    }

    private static Arrivals ReadArrivals(ref Numbers reader, int count)
    {
        var times = ImmutableArray.CreateBuilder<DateTimeOffset>(reader.Items());
        var last = 0L;
        for (var i = 0; i < times.Capacity; i++)
        {
            last += reader.Number();
            times.Add(Numbers.Time(last));
        }

        var runs = ImmutableArray.CreateBuilder<Arrivals.Run>(reader.Items());
        var covered = 0L;
        for (var i = 0; i < runs.Capacity; i++)
        {
            var run = new Arrivals.Run(reader.Count(), reader.Count());
            covered += run.Length;
            runs.Add(run.Time < times.Count ? run : throw new InvalidDataException("a tag has no time of arrival"));
        }

        return covered == count
            ? new Arrivals(times.ToImmutable(), runs.ToImmutable())
            : throw new InvalidDataException("the times of arrival are not as many as the tags");
    }

    private static void WriteDigests(ArrayBufferWriter<byte> bytes, ImmutableDictionary<string, ImmutableArray<DigestSighting>> digests)
    {
        Numbers.Write(bytes, digests.Count);
        foreach (var (tag, sightings) in digests)
        {
            Numbers.Write(bytes, tag);
            Numbers.Write(bytes, sightings.Length);
            foreach (var sighting in sightings)
            {
                Numbers.Write(bytes, sighting.At.ToUnixTimeMilliseconds());
                Numbers.Write(bytes, sighting.Digest);
            }
        }
    }

    private static ImmutableDictionary<string, ImmutableArray<DigestSighting>> ReadDigests(ref Numbers reader)
    {
        var digests = ImmutableDictionary.CreateBuilder<string, ImmutableArray<DigestSighting>>(StringComparer.Ordinal);
        for (var left = reader.Items(); left > 0; left--)
        {
            var tag = reader.Text();
            var sightings = ImmutableArray.CreateBuilder<DigestSighting>();
            for (var more = reader.Items(); more > 0; more--)
            {
                var at = Numbers.Time(reader.Number());
                sightings.Add(new DigestSighting(reader.Text(), at));
            }

            digests[tag] = sightings.ToImmutable();
        }

        return digests.ToImmutable();
    }
}
