using System.Text;
using GitOpsToolkit.Archives;
using Xunit;

namespace GitOpsToolkit.Git.Tests;

public sealed class MirrorTests : GitFixture
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_fetch_brings_the_tip_and_the_next_one_only_what_is_new()
    {
        using var copy = await NewRepositoryAsync("app");
        var first = await copy.PushCommitAsync("first", ("a.yaml", "a"), ("b/c.yaml", "c"));
        var mirror = Mirror("app");

        Assert.Equal(first, await mirror.FetchAsync("refs/heads/main", null, Timeout, None));
        using (var tree = mirror.OpenTree(first))
        {
            Assert.Equal(["a.yaml", "b/c.yaml"], tree.Files().Select(file => file.Path));
            Assert.Equal("c", Encoding.UTF8.GetString(tree.Read("b/c.yaml")!));
            Assert.Equal("first", tree.Commit.ShortMessage);
        }

        var second = await copy.PushCommitAsync("second", ("a.yaml", "A"));
        var before = Server.Requests.Count;
        Assert.Equal(first, await mirror.FetchAsync("refs/heads/main", first, Timeout, None));
        Assert.Equal(before, Server.Requests.Count);
        Assert.Equal(second, await mirror.FetchAsync("refs/heads/main", second, Timeout, None));
        using var newer = mirror.OpenTree(second);
        Assert.Equal("A", Encoding.UTF8.GetString(newer.Read("a.yaml")!));
    }

    [Fact]
    public async Task Many_fetches_into_one_mirror_leave_it_sound()
    {
        using var copy = await NewRepositoryAsync("app");
        var mirror = Mirror("app");
        for (var i = 0; i < 8; i++)
        {
            var id = await copy.PushCommitAsync($"commit {i}", ($"folder/{i % 3}.yaml", $"{i}"));
            Assert.Equal(id, await mirror.FetchAsync("refs/heads/main", id, Timeout, None));
        }

        var path = Directory.EnumerateDirectories(Folder["mirrors"], "*.git").Single();
        await copy.GitAsync($"--git-dir={path}", "fsck", "--full", "--strict");
    }

    [Fact]
    public async Task A_moved_branch_a_force_push_and_a_branch_in_anothers_way_are_followed()
    {
        using var copy = await NewRepositoryAsync("app");
        await copy.PushCommitAsync("one", ("a", "1"));
        await copy.PushCommitAsync("two", ("a", "2"));
        var mirror = Mirror("app");
        await mirror.FetchAsync("refs/heads/main", null, Timeout, None);

        await copy.GitAsync("reset", "--quiet", "--hard", "HEAD~1");
        await copy.CommitAsync("other two", ("a", "other"));
        await copy.GitAsync("push", "--quiet", "--force", "origin", "HEAD:main", "HEAD:topic");
        Assert.Equal(await copy.HeadAsync(), await mirror.FetchAsync("refs/heads/main", null, Timeout, None));

        await mirror.FetchAsync("refs/heads/topic", null, Timeout, None);
        await copy.GitAsync("push", "--quiet", "origin", ":topic");
        await copy.GitAsync("push", "--quiet", "origin", "HEAD:topic/deeper");
        Assert.Equal(await copy.HeadAsync(), await mirror.FetchAsync("refs/heads/topic/deeper", null, Timeout, None));
    }

    [Fact]
    public async Task A_commit_is_fetched_by_its_id_wherever_it_is()
    {
        using var copy = await NewRepositoryAsync("app");
        var old = await copy.PushCommitAsync("old", ("a", "old"));
        await copy.PushCommitAsync("new", ("a", "new"));
        var mirror = Mirror("app");

        Assert.Equal(old, await mirror.FetchAsync(null, old, Timeout, None));
        using var tree = mirror.OpenTree(old);
        Assert.Equal("old", Encoding.UTF8.GetString(tree.Read("a")!));

        var error = await Assert.ThrowsAsync<GitException>(() => mirror.FetchAsync(null, new string('1', 40), Timeout, None));
        Assert.Equal(GitFailure.RefNotFound, error.Failure);
    }

    [Fact]
    public async Task A_tag_object_is_peeled()
    {
        using var copy = await NewRepositoryAsync("app");
        var id = await copy.PushCommitAsync("first");
        await copy.GitAsync("tag", "-a", "v1", "-m", "one");
        await copy.GitAsync("push", "--quiet", "origin", "v1");
        var mirror = Mirror("app");

        var tag = (await mirror.ListRefsAsync(TimeSpan.Zero, Timeout, None)).Find("refs/tags/v1")!;

        Assert.NotEqual(id, tag.Id);
        Assert.Equal(id, tag.TargetId);
        Assert.Equal(id, await mirror.FetchAsync("refs/tags/v1", null, Timeout, None));
    }

    [Fact]
    public async Task Those_who_ask_at_the_same_time_share_one_list()
    {
        using var copy = await NewRepositoryAsync("app");
        await copy.PushCommitAsync("first");
        var mirror = Mirror("app");

        var lists = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => mirror.ListRefsAsync(TimeSpan.Zero, Timeout, None)));
        Assert.InRange(lists.Distinct().Count(), 1, 2);

        var newest = await mirror.ListRefsAsync(TimeSpan.FromMinutes(1), Timeout, None);
        Assert.Contains(newest, lists);
        Assert.NotSame(newest, await mirror.ListRefsAsync(TimeSpan.Zero, Timeout, None));
    }

    [Fact]
    public async Task Concurrent_fetches_of_several_references_all_arrive()
    {
        using var copy = await NewRepositoryAsync("app");
        await copy.PushCommitAsync("first", ("a", "a"));
        for (var i = 0; i < 6; i++)
        {
            await copy.GitAsync("checkout", "--quiet", "-b", $"topic-{i}");
            await copy.PushCommitAsync($"topic {i}", ("a", $"{i}"));
        }

        var mirror = Mirror("app");
        var ids = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => mirror.FetchAsync($"refs/heads/topic-{i}", null, Timeout, None)));

        Assert.Equal(6, ids.Distinct().Count());
        foreach (var (id, i) in ids.Select((id, i) => (id, i)))
        {
            using var tree = mirror.OpenTree(id);
            Assert.Equal($"{i}", Encoding.UTF8.GetString(tree.Read("a")!));
        }
    }

    [Theory]
    [InlineData("objects")]
    [InlineData("HEAD")]
    [InlineData("truncate")]
    public async Task A_damaged_mirror_is_made_anew(string damage)
    {
        using var copy = await NewRepositoryAsync("app");
        var first = await copy.PushCommitAsync("first", ("a", "a"));
        await Mirror("app").FetchAsync("refs/heads/main", first, Timeout, None);
        var path = Directory.EnumerateDirectories(Folder["mirrors"], "*.git").Single();
        switch (damage)
        {
            case "objects":
                Directory.Delete(Path.Combine(path, "objects"), recursive: true);
                Directory.CreateDirectory(Path.Combine(path, "objects"));
                break;
            case "HEAD":
                await File.WriteAllTextAsync(Path.Combine(path, "HEAD"), "garbage");
                break;
            default:
                foreach (var file in Directory.EnumerateFiles(Path.Combine(path, "objects"), "*", SearchOption.AllDirectories))
                {
                    File.SetAttributes(file, FileAttributes.Normal);
                    await File.WriteAllBytesAsync(file, [1, 2, 3]);
                }

                break;
        }

        var second = await copy.PushCommitAsync("second", ("a", "A"));
        Assert.Equal(second, await Mirror("app").FetchAsync("refs/heads/main", second, Timeout, None));
        using var tree = Mirror("app").OpenTree(second);
        Assert.Equal("A", Encoding.UTF8.GetString(tree.Read("a")!));
    }

    [Fact]
    public async Task What_a_killed_git_left_behind_is_cleared_away()
    {
        using var copy = await NewRepositoryAsync("app");
        await Mirror("app").FetchAsync("refs/heads/main", await copy.PushCommitAsync("first"), Timeout, None);
        var path = Directory.EnumerateDirectories(Folder["mirrors"], "*.git").Single();
        await File.WriteAllTextAsync(Path.Combine(path, "shallow.lock"), "");
        foreach (var file in Directory.EnumerateFiles(Path.Combine(path, "refs", "mirror")).ToArray())
        {
            await File.WriteAllTextAsync(file + ".lock", "");
        }

        var second = await copy.PushCommitAsync("second", ("a", "a"));
        Assert.Equal(second, await Mirror("app").FetchAsync("refs/heads/main", second, Timeout, None));
    }

    [Fact]
    public async Task A_store_is_reopened_with_its_mirrors_and_belongs_to_one_process()
    {
        using var copy = await NewRepositoryAsync("app");
        var id = await copy.PushCommitAsync("first");
        var credentials = new GitCredentials { Username = "git", Password = "x" };
        await Mirror("app").FetchAsync("refs/heads/main", id, Timeout, None);
        await Mirror("app", credentials).FetchAsync("refs/heads/main", id, Timeout, None);
        Assert.Throws<IOException>(OpenStore);

        CloseStore();
        var before = Server.Requests.Count;
        await Mirror("app").FetchAsync("refs/heads/main", id, Timeout, None);
        await Mirror("app", credentials with { }).FetchAsync("refs/heads/main", id, Timeout, None);

        Assert.Equal(before, Server.Requests.Count);
        Assert.Equal(2, Directory.EnumerateDirectories(Folder["mirrors"], "*.git").Count());
        Assert.Equal(0, await Store.DeleteUnusedAsync(TimeSpan.FromHours(1), None));
        Assert.Equal(2, await Store.DeleteUnusedAsync(TimeSpan.FromHours(-1), None));
        Assert.Empty(Directory.EnumerateDirectories(Folder["mirrors"], "*.git"));
    }

    [Fact]
    public async Task A_mirror_that_was_tidied_away_comes_back_for_whoever_has_it()
    {
        using var copy = await NewRepositoryAsync("app");
        var id = await copy.PushCommitAsync("first");
        var mirror = Mirror("app");
        await mirror.FetchAsync("refs/heads/main", id, Timeout, None);

        Assert.Equal(1, await Store.DeleteUnusedAsync(TimeSpan.FromHours(-1), None));

        // One folder has one mirror: two of them would clear away what the other is fetching.
        Assert.Same(mirror, Mirror("app"));
        Assert.Equal(id, await mirror.FetchAsync("refs/heads/main", id, Timeout, None));
        Assert.Equal("first", mirror.ReadCommit(id).Message.Trim());
    }

    [Fact]
    public void Keys_that_a_killed_process_left_are_deleted()
    {
        var left = Path.Combine(Folder["mirrors"], GitMirrorStore.ScratchName, "a-call");
        Directory.CreateDirectory(left);
        File.WriteAllText(Path.Combine(left, "sslKey"), "a key");

        _ = Store;

        Assert.False(Directory.Exists(left));
    }

    [Theory]
    [InlineData("00:00:20", "00:00:20")]
    [InlineData("365.00:00:00", "7.00:00:00")]
    public void A_deadline_is_no_longer_than_timers_take(string given, string taken)
    {
        var culture = System.Globalization.CultureInfo.InvariantCulture;
        Assert.Equal(TimeSpan.Parse(taken, culture), new GitEndpoint(GitUrl.Parse("https://example.com/a"), null, TimeSpan.Parse(given, culture)).Timeout);
    }

    [Fact]
    public async Task A_tree_packs_without_a_checkout()
    {
        using var copy = await NewRepositoryAsync("app");
        await copy.GitAsync("init", "--quiet");
        File.CreateSymbolicLink(Path.Combine(copy.Path, "link"), "a.yaml");
        await File.WriteAllTextAsync(Path.Combine(copy.Path, "run.sh"), "#!/bin/sh\n");
        File.SetUnixFileMode(Path.Combine(copy.Path, "run.sh"), (UnixFileMode)0b111_101_101);
        var id = await copy.PushCommitAsync("first", ("a.yaml", "a"), ("img/x.png", "p"), ("d/.sourceignore", "no.txt\n!*.png\n"), ("d/no.txt", "n"));
        await Mirror("app").FetchAsync("refs/heads/main", id, Timeout, None);
        using var tree = Mirror("app").OpenTree(id);
        using var fromTree = new MemoryStream();
        using var fromFolder = new MemoryStream();

        var packed = ArchiveWriter.Write(tree, IgnoreRules.Load(tree, null), fromTree);

        Directory.Delete(Path.Combine(copy.Path, ".git"), recursive: true);
        var folder = new FolderTree(copy.Path);
        var expected = ArchiveWriter.Write(folder, IgnoreRules.Load(folder, null), fromFolder);
        Assert.Equal(expected, packed);
        Assert.Equal(fromFolder.ToArray(), fromTree.ToArray());
    }
}
