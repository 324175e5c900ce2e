using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;

namespace GitOpsToolkit.Registry;

/// <summary>
/// A set of tags in descending byte order, front-coded: each tag is the length of what it shares with the one before it, the length of
/// the rest, and the rest. A tag takes 3 to 5 bytes so, and a million are read without a string for any of them.
/// </summary>
public sealed class PackedTags : IEquatable<PackedTags>
{
    /// <summary>The longest tag that the OCI specification allows.</summary>
    public const int MaxTagLength = 128;

    /// <summary>No tags.</summary>
    public static readonly PackedTags Empty = new(default, 0);

    private readonly ReadOnlyMemory<byte> bytes;

    internal PackedTags(ReadOnlyMemory<byte> bytes, int count)
    {
        this.bytes = bytes;
        Count = count;
    }

    /// <summary>How many tags there are.</summary>
    public int Count { get; }

    /// <summary>The packed form, to store.</summary>
    public ReadOnlyMemory<byte> Bytes => bytes;

    /// <summary>Packs tags that come in any order; doubles count once.</summary>
    /// <exception cref="ArgumentException">One of them is no tag by the specification's grammar.</exception>
    public static PackedTags Of(IEnumerable<string> tags)
    {
        var collector = new TagCollector();
        foreach (var tag in tags)
        {
            var utf8 = Encoding.UTF8.GetBytes(tag);
            if (!TagGrammar.IsTag(utf8))
            {
                throw new ArgumentException($"'{tag}' is no tag", nameof(tags));
            }

            collector.Add(utf8);
        }

        return collector.Pack();
    }

    /// <summary>Takes up what <see cref="Bytes"/> gave; the memory is kept, not copied.</summary>
    /// <exception cref="InvalidDataException">That is not the packed form of so many tags.</exception>
    public static PackedTags Read(ReadOnlyMemory<byte> packed, int count)
    {
        var tags = new PackedTags(packed, count);
        var found = 0;
        var walk = tags.GetEnumerator();
        while (walk.MoveNext())
        {
            found++;
        }

        return found == count && walk.IsSound ? tags : throw new InvalidDataException("these bytes are no packed tags");
    }

    /// <summary>Walks over the tags in descending order.</summary>
    public Walk GetEnumerator() => new(bytes.Span);

    /// <summary>Whether the tag is one of the set; reads through it.</summary>
    public bool Contains(ReadOnlySpan<byte> tag)
    {
        var walk = GetEnumerator();
        return walk.Reach(tag);
    }

    /// <summary>The first tags of the descending order as text.</summary>
    public IReadOnlyList<string> First(int most)
    {
        var list = new List<string>(Math.Min(most, Count));
        foreach (var tag in this)
        {
            if (list.Count == most)
            {
                break;
            }

            list.Add(Encoding.ASCII.GetString(tag));
        }

        return list;
    }

    /// <inheritdoc/>
    public bool Equals([NotNullWhen(true)] PackedTags? other) =>
        other is not null && Count == other.Count && bytes.Span.SequenceEqual(other.bytes.Span);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => Equals(obj as PackedTags);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(bytes.Span);
        return hash.ToHashCode();
    }

    /// <summary>Goes through packed tags, holding one of them at a time.</summary>
    public ref struct Walk
    {
        private ReadOnlySpan<byte> rest;
        private Buffer tag;
        private int length;

        internal Walk(ReadOnlySpan<byte> packed) => rest = packed;

        /// <summary>The tag, valid until the next step.</summary>
        [UnscopedRef]
        public readonly ReadOnlySpan<byte> Current => ((ReadOnlySpan<byte>)tag)[..length];

        internal bool IsSound { get; private set; } = true;

        /// <summary>Goes to the next tag, if there is one.</summary>
        public bool MoveNext()
        {
            if (rest.IsEmpty)
            {
                return false;
            }

            int shared = rest[0];
            int suffix = rest.Length > 1 ? rest[1] : byte.MaxValue;
            if (shared > length || suffix > rest.Length - 2 || shared + suffix is 0 or > MaxTagLength)
            {
                IsSound = false;
                return false;
            }

            rest.Slice(2, suffix).CopyTo(((Span<byte>)tag)[shared..]);
            rest = rest[(2 + suffix)..];
            length = shared + suffix;
            return true;
        }

        /// <summary>Goes on to a tag, past the greater ones, and tells whether it is there. Ask for tags in descending order.</summary>
        public bool Reach(ReadOnlySpan<byte> wanted)
        {
            while (length == 0 || Current.SequenceCompareTo(wanted) > 0)
            {
                if (!MoveNext())
                {
                    return false;
                }
            }

            return Current.SequenceEqual(wanted);
        }

        [InlineArray(MaxTagLength)]
        private struct Buffer
        {
            private byte first;
        }
    }
}

/// <summary>Packs tags that come in descending byte order, each once.</summary>
public sealed class TagPacker
{
    private readonly ArrayBufferWriter<byte> bytes = new(256);
    private readonly byte[] last = new byte[PackedTags.MaxTagLength];
    private int lastLength;
    private int count;

    /// <summary>Adds the next tag.</summary>
    public void Add(ReadOnlySpan<byte> tag)
    {
        var shared = tag.CommonPrefixLength(last.AsSpan(0, lastLength));
        var suffix = tag[shared..];
        var span = bytes.GetSpan(2 + suffix.Length);
        span[0] = (byte)shared;
        span[1] = (byte)suffix.Length;
        suffix.CopyTo(span[2..]);
        bytes.Advance(2 + suffix.Length);
        suffix.CopyTo(last.AsSpan(shared));
        lastLength = tag.Length;
        count++;
    }

    /// <summary>The packed tags.</summary>
    public PackedTags Finish() => new(bytes.WrittenSpan.ToArray(), count);
}
