using GitOpsToolkit.Controllers.ImageReflector.Storage;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Controllers.ImageReflector.Tests;

public sealed class FileTagStoreTests : IDisposable
{
    private static readonly ObjectKey Key = new("default", "app");
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private readonly TempDirectory folder = new();

    private string TagsFile => folder["imagerepository/default/app/tags.txt"];

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
        Assert.Empty(TagSets.Create("x/y", [], Noon).Tags);
    }

    [Fact]
    public async Task A_set_outlives_the_process_with_the_time_of_its_scan()
    {
        var set = TagSets.Create("x/y", ["v1", "v2"], Noon);
        await new FileTagStore(folder.Path).ReplaceAsync(Key, set, CancellationToken.None);
        var found = new FileTagStore(folder.Path).Find(Key)!;
        Assert.Equal((set.Image, set.Revision, set.ScannedAt), (found.Image, found.Revision, found.ScannedAt));
        Assert.Equal(set.Tags, found.Tags);
    }

    [Fact]
    public async Task The_same_set_again_moves_only_the_time_and_calls_nobody()
    {
        var store = new FileTagStore(folder.Path);
        var changes = new List<ObjectKey>();
        store.OnChange(changes.Add);
        await store.ReplaceAsync(Key, TagSets.Create("x/y", ["v1"], Noon), CancellationToken.None);
        await store.ReplaceAsync(Key, TagSets.Create("x/y", ["v1"], Noon.AddMinutes(5)), CancellationToken.None);
        Assert.Single(changes);
        Assert.Equal(Noon.AddMinutes(5), store.Find(Key)!.ScannedAt);
        Assert.Equal(Noon.AddMinutes(5), new FileTagStore(folder.Path).Find(Key)!.ScannedAt);
        await store.ReplaceAsync(Key, TagSets.Create("x/z", ["v1"], Noon.AddMinutes(6)), CancellationToken.None);
        Assert.Equal(2, changes.Count);
        Assert.Equal("x/z", store.Find(Key)!.Image);
    }

    [Fact]
    public async Task A_file_that_vanished_under_the_process_is_written_anew()
    {
        var store = new FileTagStore(folder.Path);
        await store.ReplaceAsync(Key, TagSets.Create("x/y", ["v1"], Noon), CancellationToken.None);
        File.Delete(TagsFile);
        await store.ReplaceAsync(Key, TagSets.Create("x/y", ["v1"], Noon), CancellationToken.None);
        Assert.True(File.Exists(TagsFile));
    }

    [Fact]
    public async Task What_a_crash_left_half_written_does_not_count()
    {
        await new FileTagStore(folder.Path).ReplaceAsync(Key, TagSets.Create("x/y", ["v1"], Noon), CancellationToken.None);
        await File.WriteAllTextAsync(TagsFile + ".new", "x/y\nv1\nv2");
        var store = new FileTagStore(folder.Path);
        Assert.Equal(["v1"], store.Find(Key)!.Tags);
        Assert.Equal([Key], store.Keys());
        await store.ReplaceAsync(Key, TagSets.Create("x/y", ["v1", "v2", "v3"], Noon), CancellationToken.None);
        Assert.Equal(["v3", "v2", "v1"], new FileTagStore(folder.Path).Find(Key)!.Tags);
    }

    [Fact]
    public async Task An_empty_or_missing_file_is_no_set()
    {
        var store = new FileTagStore(folder.Path);
        Assert.Null(store.Find(Key));
        Assert.Empty(store.Keys());
        Directory.CreateDirectory(Path.GetDirectoryName(TagsFile)!);
        await File.WriteAllTextAsync(TagsFile, "");
        Assert.Null(store.Find(Key));
    }

    [Fact]
    public async Task Removal_forgets_the_set_and_the_file()
    {
        var store = new FileTagStore(folder.Path);
        await store.ReplaceAsync(Key, TagSets.Create("x/y", ["v1"], Noon), CancellationToken.None);
        store.Remove(Key);
        store.Remove(Key);
        Assert.Null(store.Find(Key));
        Assert.False(File.Exists(TagsFile));
    }

    [Theory]
    [InlineData("..", "app")]
    [InlineData("default", "..")]
    [InlineData("default", "a/b")]
    [InlineData("", "app")]
    public void Names_that_would_climb_are_refused(string @namespace, string name) =>
        Assert.Throws<ArgumentException>(() => new FileTagStore(folder.Path).Find(new ObjectKey(@namespace, name)));
}
