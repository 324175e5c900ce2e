using System.Text;
using CsCheck;
using Xunit;

namespace GitOpsToolkit.Registry.Tests;

public sealed class PackedTagsTests
{
    private const string Letters = "abcxyzABC0123._-";

    // Short tags of few letters, so that doubles, prefixes and neighbours are common; and long ones up to the limit.
    private static readonly Gen<string> Tag = Gen.Frequency(
        (8, Gen.String[Gen.Char[Letters], 0, 6]),
        (1, Gen.String[Gen.Char[Letters], 120, PackedTags.MaxTagLength - 1])).Select(rest => $"v{rest}");

    [Fact]
    public void Any_tags_in_any_order_are_a_set_in_descending_byte_order() => Tag.Array[0, 200].Sample(tags =>
    {
        var packed = PackedTags.Of(tags);
        var expected = tags.Distinct(StringComparer.Ordinal).OrderByDescending(tag => tag, StringComparer.Ordinal).ToList();
        Assert.Equal(expected, Walk(packed));
        Assert.Equal(expected.Count, packed.Count);
        Assert.Equal(expected.Take(10), packed.First(10));
        Assert.Equal(expected, packed.First(packed.Count));
    });

    [Fact]
    public void What_was_packed_is_read_again_and_equal_sets_are_equal_bytes() => Tag.Array[0, 50].Sample(tags =>
    {
        var packed = PackedTags.Of(tags);
        var read = PackedTags.Read(packed.Bytes.ToArray(), packed.Count);
        Assert.Equal(packed, read);
        Assert.Equal(packed.GetHashCode(), PackedTags.Of(tags.Reverse()).GetHashCode());
        Assert.Equal(Walk(packed), Walk(read));
        Assert.NotEqual(packed, PackedTags.Of(tags.Append("never-made")));
    });

    [Fact]
    public void Membership_is_that_of_a_set() => Gen.Select(Tag.Array[0, 50], Tag).Sample((tags, other) =>
    {
        var packed = PackedTags.Of(tags);
        Assert.Equal(tags.Contains(other), packed.Contains(Encoding.ASCII.GetBytes(other)));
        Assert.All(tags, tag => Assert.True(packed.Contains(Encoding.ASCII.GetBytes(tag))));
    });

    [Fact]
    public void Bytes_cut_off_or_counted_wrongly_are_refused() => Tag.Array[1, 20].Sample(tags =>
    {
        var packed = PackedTags.Of(tags);
        for (var length = 0; length < packed.Bytes.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => PackedTags.Read(packed.Bytes[..length], packed.Count));
        }

        Assert.Throws<InvalidDataException>(() => PackedTags.Read(packed.Bytes, packed.Count + 1));
        Assert.Throws<InvalidDataException>(() => PackedTags.Read(packed.Bytes, packed.Count - 1));
    });

    [Fact]
    public void Random_bytes_are_refused_or_read_but_never_break_anything() => Gen.Byte.Array[0, 64].Sample(bytes =>
    {
        try
        {
            Assert.Equal(3, Walk(PackedTags.Read(bytes, 3)).Count);
        }
        catch (InvalidDataException)
        {
            // Nearly always.
        }
    });

    [Fact]
    public void A_version_takes_a_few_bytes()
    {
        var packed = PackedTags.Of(Enumerable.Range(0, 5000).Select(i => $"v1.{i / 100}.{i % 100}"));
        Assert.InRange(packed.Bytes.Length, 1, 5000 * 4);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-a")]
    [InlineData(".a")]
    [InlineData("a/b")]
    [InlineData("ä")]
    [InlineData("a b")]
    public void What_is_no_tag_is_refused(string text) => Assert.Throws<ArgumentException>(() => PackedTags.Of([text]));

    [Fact]
    public void A_tag_has_at_most_128_characters()
    {
        Assert.Equal(1, PackedTags.Of([new string('a', 128)]).Count);
        Assert.Throws<ArgumentException>(() => PackedTags.Of([new string('a', 129)]));
    }

    private static List<string> Walk(PackedTags tags)
    {
        var list = new List<string>();
        foreach (var tag in tags)
        {
            list.Add(Encoding.ASCII.GetString(tag));
        }

        return list;
    }
}
