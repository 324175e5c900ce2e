using GitOpsToolkit.Controllers.ImageReflector.Storage;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Registry;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Controllers.ImageReflector.Tests.Storage;

public sealed class SegmentTagStoreTests : IDisposable
{
    private static readonly ObjectKey Key = new("default", "app");
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private readonly TempDirectory folder = new();
    private readonly ListLog log = new();

    private string TagsFile => folder["imagerepository/default/app/tags"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_revision_is_that_of_the_sorted_tags()
    {
        var set = TagSets.Create("x/y", ["a", "c", "b"], Noon);
        Assert.Equal(["c", "b", "a"], set.Tags);

        // printf 'c\nb\na\n' | sha256sum
        Assert.Equal("sha256:c9b229f2c05e42bb33939df423372b9fdfbede6177e9eed7f2b2d50fc70a1712", set.Revision);
        Assert.Equal(set.Revision, TagSets.Create("other", ["b", "a", "c"], Noon).Revision);
        Assert.NotEqual(set.Revision, TagSets.Create("x/y", ["a", "bc"], Noon).Revision);

        // printf '' | sha256sum
        Assert.Equal("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", TagSets.Create("x/y", [], Noon).Revision);

        // seq -f 'v%05g' 4000 -1 1 | sha256sum
        Assert.Equal(
            "sha256:3e22bbf7a0d62c344b9a74179815198113c08190b20fd7c8378cd6855bf48ddc",
            TagSets.Create("x/y", Enumerable.Range(1, 4000).Select(i => $"v{i:00000}"), Noon).Revision);
    }

    [Fact]
    public void A_set_outlives_the_process_with_the_time_of_its_scan()
    {
        var set = Open().Replace(Key, Scan(Noon, "v1", "v2"));
        var store = Open();
        var found = store.Find(Key)!;
        Assert.Equal(set.Summary, found.Summary);
        Assert.Equal(set.Summary, store.Describe(Key));
        Assert.Equal(("x/y", Noon, 2), (found.Image, found.ScannedAt, found.Summary.Count));
        Assert.Equal(["v2", "v1"], found.Tags);
        Assert.Empty(log.Lines);
    }

    [Fact]
    public void The_same_set_again_moves_only_the_time_and_calls_nobody()
    {
        var store = Open();
        var changes = new List<ObjectKey>();
        store.OnChange(changes.Add);
        store.Replace(Key, Scan(Noon, "v1"));
        var bytes = File.ReadAllBytes(TagsFile);
        store.Replace(Key, Scan(Noon.AddMinutes(5), "v1"));
        Assert.Single(changes);
        Assert.Equal(bytes, File.ReadAllBytes(TagsFile));
        Assert.Equal(Noon.AddMinutes(5), store.Describe(Key)!.ScannedAt);
        Assert.Equal(Noon.AddMinutes(5), Open().Find(Key)!.ScannedAt);
        store.Replace(Key, Scan(Noon.AddMinutes(6), "v1") with { Image = "x/z" });
        Assert.Equal(2, changes.Count);
        Assert.Equal("x/z", store.Find(Key)!.Image);
    }

    [Fact]
    public void A_tag_keeps_the_time_at_which_it_was_first_seen()
    {
        Open().Replace(Key, Scan(Noon, "v1", "v3"));
        Open().Replace(Key, Scan(Noon.AddMinutes(1), "v1", "v2", "v3"));
        var found = Open().Replace(Key, Scan(Noon.AddMinutes(2), "v0", "v2", "v3", "v4"));
        Assert.Equal(Noon, found.Since);
        Assert.Equal(Noon, found.FirstSeen("v3"));
        Assert.Equal(Noon.AddMinutes(1), found.FirstSeen("v2"));
        Assert.Equal(Noon.AddMinutes(2), found.FirstSeen("v0"));
        Assert.Null(found.FirstSeen("v1"));
        Assert.Equal(
            [("v4", 2), ("v3", 0), ("v2", 1), ("v0", 2)],
            Open().Find(Key)!.Records().Select(record => (record.Tag, (int)(record.FirstSeen - Noon).TotalMinutes)));
    }

    [Fact]
    public void Of_another_image_nothing_is_carried_over()
    {
        var store = Open();
        store.Replace(Key, Scan(Noon, "v1"));
        store.NoteDigest(Key, "v1", new DigestSighting("sha256:a", Noon));
        var found = store.Replace(Key, Scan(Noon.AddHours(1), "v1") with { Image = "x/z" });
        Assert.Equal(Noon.AddHours(1), found.FirstSeen("v1"));
        Assert.Empty(store.Find(Key)!.DigestsOf("v1"));
    }

    [Fact]
    public void A_tag_that_was_moved_is_told_by_its_digest()
    {
        var store = Open();
        store.Replace(Key, Scan(Noon, "latest", "v1"));
        Assert.Null(store.NoteDigest(Key, "latest", new DigestSighting("sha256:a", Noon)));
        Assert.Null(store.NoteDigest(Key, "latest", new DigestSighting("sha256:a", Noon.AddHours(1))));
        Assert.Equal(new DigestSighting("sha256:a", Noon), store.NoteDigest(Key, "latest", new DigestSighting("sha256:b", Noon.AddHours(2))));
        Assert.Null(store.NoteDigest(Key, "unknown", new DigestSighting("sha256:c", Noon)));

        // They stay with the tag over restarts and other sets, and go with it.
        store = Open();
        store.Replace(Key, Scan(Noon.AddHours(3), "latest", "v1", "v2"));
        Assert.Equal(["sha256:a", "sha256:b"], store.Find(Key)!.DigestsOf("latest").Select(sighting => sighting.Digest));
        Assert.Equal("sha256:b", store.Find(Key)!.Records().Single(record => record.Tag == "latest").Digest);
        store.Replace(Key, Scan(Noon.AddHours(4), "v1"));
        store.Replace(Key, Scan(Noon.AddHours(5), "v1", "latest"));
        Assert.Empty(store.Find(Key)!.DigestsOf("latest"));
    }

    [Fact]
    public void Of_a_tag_that_moves_for_ever_the_last_few_digests_are_kept()
    {
        var store = Open();
        store.Replace(Key, Scan(Noon, "latest"));
        for (var i = 0; i < 30; i++)
        {
            store.NoteDigest(Key, "latest", new DigestSighting($"sha256:{i}", Noon.AddHours(i)));
        }

        Assert.Equal(Enumerable.Range(22, 8).Select(i => $"sha256:{i}"), Open().Find(Key)!.DigestsOf("latest").Select(one => one.Digest));
    }

    [Fact]
    public void A_file_that_vanished_under_the_process_is_written_anew()
    {
        var store = Open();
        store.Replace(Key, Scan(Noon, "v1"));
        File.Delete(TagsFile);
        Assert.Null(store.Find(Key));
        Assert.Null(store.Describe(Key));
        store.Replace(Key, Scan(Noon, "v1"));
        Assert.True(File.Exists(TagsFile));
        Assert.Empty(log.Lines);
    }

    [Fact]
    public void What_a_crash_left_half_written_does_not_count()
    {
        Open().Replace(Key, Scan(Noon, "v1"));
        File.WriteAllBytes(TagsFile + ".new", File.ReadAllBytes(TagsFile)[..20]);
        var store = Open();
        Assert.Equal(["v1"], store.Find(Key)!.Tags);
        Assert.Equal([Key], store.Keys());
        store.Replace(Key, Scan(Noon, "v1", "v2", "v3"));
        Assert.Equal(["v3", "v2", "v1"], Open().Find(Key)!.Tags);
        Assert.False(File.Exists(TagsFile + ".new"));
        Assert.Empty(log.Lines);
    }

    [Fact]
    public void Every_torn_file_is_found_reported_once_and_counts_as_none()
    {
        Open().Replace(Key, Scan(Noon, "v1", "v2"));
        var whole = File.ReadAllBytes(TagsFile);
        for (var length = 0; length < whole.Length; length++)
        {
            Damaged(whole[..length]);
        }
    }

    [Fact]
    public void Every_flipped_bit_is_found()
    {
        Open().Replace(Key, Scan(Noon, "v1", "v2"));
        var whole = File.ReadAllBytes(TagsFile);
        for (var at = 0; at < whole.Length; at++)
        {
            var bad = whole.ToArray();
            bad[at] ^= (byte)(1 << (at % 8));
            Damaged(bad);
        }
    }

    [Fact]
    public void A_file_of_a_newer_version_is_set_aside_with_the_reason()
    {
        Open().Replace(Key, Scan(Noon, "v1"));
        var bytes = File.ReadAllBytes(TagsFile);
        bytes[7]++;
        Damaged(bytes);
        Assert.Contains("it has version 2; this program reads version 1", log.Lines[^1], StringComparison.Ordinal);
        Assert.Equal(bytes, File.ReadAllBytes(TagsFile + ".damaged"));
    }

    [Fact]
    public void A_damaged_set_is_replaced_by_the_next_scan()
    {
        var store = Open();
        store.Replace(Key, Scan(Noon, "v1", "v2"));
        File.WriteAllText(TagsFile, "nonsense");
        var changes = new List<ObjectKey>();
        store.OnChange(changes.Add);
        var set = store.Replace(Key, Scan(Noon.AddHours(1), "v1", "v2"));
        Assert.Equal([Key], changes);
        Assert.Equal(Noon.AddHours(1), set.FirstSeen("v1"));
        Assert.Single(log.Lines);
        Assert.Equal(set.Summary, Open().Describe(Key));
    }

    [Fact]
    public void A_store_that_cannot_be_written_keeps_the_set_before()
    {
        var store = Open();
        store.Replace(Key, Scan(Noon, "v1"));
        Directory.CreateDirectory(TagsFile + ".new");
        Assert.ThrowsAny<Exception>(() => store.Replace(Key, Scan(Noon, "v1", "v2")));
        Assert.Equal(["v1"], store.Find(Key)!.Tags);
        Assert.Equal(["v1"], Open().Find(Key)!.Tags);
    }

    [Fact]
    public void Removal_forgets_the_set_and_the_file()
    {
        var store = Open();
        store.Replace(Key, Scan(Noon, "v1"));
        store.Remove(Key);
        store.Remove(Key);
        Assert.Null(store.Find(Key));
        Assert.Null(store.Describe(Key));
        Assert.Empty(store.Keys());
        Assert.False(Directory.Exists(Path.GetDirectoryName(TagsFile)));
    }

    [Theory]
    [InlineData("..", "app")]
    [InlineData("default", "..")]
    [InlineData("default", "a/b")]
    [InlineData("", "app")]
    public void Names_that_would_climb_are_refused(string @namespace, string name) =>
        Assert.Throws<ArgumentException>(() => Open().Find(new ObjectKey(@namespace, name)));

    private static ScannedTags Scan(DateTimeOffset at, params string[] tags) => new("x/y", PackedTags.Of(tags), at);

    private SegmentTagStore Open() => new(folder.Path, log);

    private void Damaged(byte[] bytes)
    {
        File.WriteAllBytes(TagsFile, bytes);
        log.Lines.Clear();
        var store = Open();
        var losses = new List<ObjectKey>();
        store.OnLoss(losses.Add);
        Assert.Null(store.Describe(Key));
        Assert.Null(store.Find(Key));
        Assert.Equal([Key], losses);
        Assert.Contains("ImageRepository default/app are lost", Assert.Single(log.Lines), StringComparison.Ordinal);
    }
}
