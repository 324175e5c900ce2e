using System.Text;
using Xunit;

namespace GitOpsToolkit.Git.Tests;

public sealed class CommitAndPushTests : GitFixture
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly GitSignature s_robot = new("Robot", "robot@example.com", new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.FromHours(1)));

    [Fact]
    public async Task A_commit_without_a_working_tree_is_what_git_takes_it_for()
    {
        using var copy = await NewRepositoryAsync("app");
        await copy.PushCommitAsync("first", ("keep.yaml", "k"), ("apps/web.yaml", "old\r\n"), ("apps/gone.yaml", "g"));
        var mirror = Mirror("app");
        var tip = await mirror.FetchAsync("refs/heads/main", null, Timeout, None);

        var id = mirror.NewCommit(tip)
            .Write("apps/web.yaml", "new\r\n"u8)
            .Write("new/deep/file.sh", "#!"u8, executable: true)
            .Delete("apps/gone.yaml")
            .Delete("never/was.yaml")
            .Build(s_robot, s_robot with { Name = "Committer" }, "Update\n\nbody  \n");
        var outcome = await mirror.PushAsync("main", id!, tip, Timeout, None);

        Assert.Equal(new PushOutcome("refs/heads/main", PushResult.Pushed), outcome);
        await copy.GitAsync("pull", "--quiet", "origin", "main");
        Assert.Equal(id, await copy.HeadAsync());
        Assert.Equal("A\tnew/deep/file.sh\nD\tapps/gone.yaml\nM\tapps/web.yaml\n", Sorted(await copy.GitAsync("diff", "--name-status", "HEAD~1", "HEAD")));
        Assert.Equal("Robot|Committer|2026-11-23T12:00:00+01:00|Update\n\nbody  \n", await copy.GitAsync("log", "-1", "--format=format:%an|%cn|%aI|%B", "HEAD"));
        Assert.Equal("new\r\n", await File.ReadAllTextAsync(Path.Combine(copy.Path, "apps/web.yaml")));
        Assert.StartsWith("100755", await copy.GitAsync("ls-tree", "HEAD", "new/deep/file.sh"), StringComparison.Ordinal);
        await copy.GitAsync($"--git-dir={Server.RepositoryPath("app")}", "fsck", "--strict");
    }

    [Fact]
    public async Task A_change_of_nothing_is_no_commit_and_the_executable_bit_stays()
    {
        using var copy = await NewRepositoryAsync("app");
        await copy.CommitAsync("first", ("run.sh", "#!"));
        await copy.GitAsync("update-index", "--chmod=+x", "run.sh");
        await copy.GitAsync("commit", "--quiet", "--amend", "--no-edit");
        await copy.GitAsync("push", "--quiet", "origin", "HEAD");
        var mirror = Mirror("app");
        var tip = await mirror.FetchAsync("refs/heads/main", null, Timeout, None);

        Assert.Null(mirror.NewCommit(tip).Write("run.sh", "#!"u8).Delete("absent").Build(s_robot, s_robot, "nothing"));

        var id = mirror.NewCommit(tip).Write("run.sh", "#!/bin/sh"u8).Build(s_robot, s_robot, "changed");
        using var tree = mirror.OpenTree(id!);
        Assert.True(Assert.Single(tree.Files()).IsExecutable);
    }

    [Fact]
    public async Task A_lost_race_is_told_apart_and_the_winner_stays()
    {
        using var copy = await NewRepositoryAsync("app");
        await copy.PushCommitAsync("first", ("a", "1"));
        var mirror = Mirror("app");
        var tip = await mirror.FetchAsync("refs/heads/main", null, Timeout, None);
        var mine = mirror.NewCommit(tip).Write("b", "2"u8).Build(s_robot, s_robot, "mine")!;
        var winner = await copy.PushCommitAsync("winner", ("a", "3"));

        var lost = await mirror.PushAsync("main", mine, tip, Timeout, None);
        Assert.Equal(PushResult.RejectedNonFastForward, lost.Result);
        Assert.NotEmpty(lost.Message);

        var newTip = await mirror.FetchAsync("refs/heads/main", null, Timeout, None);
        Assert.Equal(winner, newTip);
        var again = mirror.NewCommit(newTip).Write("b", "2"u8).Build(s_robot, s_robot, "mine")!;
        Assert.Equal(PushResult.Pushed, (await mirror.PushAsync("main", again, newTip, Timeout, None)).Result);
        Assert.Equal(PushResult.UpToDate, (await mirror.PushAsync([new PushCommand("refs/heads/main", again)], [], Timeout, None))[0].Result);
    }

    [Fact]
    public async Task Eight_writers_at_once_lose_no_commit()
    {
        using var copy = await NewRepositoryAsync("app");
        await copy.PushCommitAsync("first");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(PushOwnFileAsync));

        await copy.GitAsync("pull", "--quiet", "origin", "main");
        Assert.Equal("9", (await copy.GitAsync("rev-list", "--count", "HEAD")).Trim());
        Assert.Equal(8, Directory.EnumerateFiles(copy.Path, "file-*").Count());
    }

    [Fact]
    public async Task A_refusal_by_the_server_carries_its_words()
    {
        using var copy = await NewRepositoryAsync("app");
        await copy.PushCommitAsync("first");
        PreReceive = _ => "main is protected\nopen a pull request";
        var mirror = Mirror("app");
        var tip = await mirror.FetchAsync("refs/heads/main", null, Timeout, None);
        var id = mirror.NewCommit(tip).Write("b", "2"u8).Build(s_robot, s_robot, "mine")!;

        var outcome = await mirror.PushAsync("main", id, tip, Timeout, None);

        Assert.Equal(PushResult.RejectedByHook, outcome.Result);
        Assert.Equal("pre-receive hook declined; main is protected; open a pull request", outcome.Message);
    }

    [Fact]
    public async Task New_branches_options_force_and_deletion()
    {
        using var copy = await NewRepositoryAsync("app");
        await copy.PushCommitAsync("first");
        var mirror = Mirror("app");
        var tip = await mirror.FetchAsync("refs/heads/main", null, Timeout, None);
        var one = mirror.NewCommit(tip).Write("b", "1"u8).Build(s_robot, s_robot, "one")!;
        var two = mirror.NewCommit(tip).Write("b", "2"u8).Build(s_robot, s_robot, "two")!;
        IReadOnlyList<string>? options = null;
        Server.OnPush += (_, args) => options = args.Push.Options;

        Assert.Equal(PushResult.Pushed, (await mirror.PushAsync("topic", one, null, Timeout, None)).Result);
        Assert.Equal(PushResult.RejectedNonFastForward, (await mirror.PushAsync("topic", two, null, Timeout, None)).Result);
        Assert.Equal(PushResult.RejectedNonFastForward, (await mirror.PushAsync([new PushCommand("refs/heads/topic", two)], [], Timeout, None))[0].Result);
        var outcomes = await mirror.PushAsync(
            [new PushCommand("refs/heads/topic", two, Force: true), new PushCommand("refs/heads/other", one)], ["ci.skip"], Timeout, None);
        Assert.All(outcomes, outcome => Assert.Equal(PushResult.Pushed, outcome.Result));
        Assert.Equal(PushResult.Pushed, (await mirror.PushAsync([new PushCommand("refs/heads/other", null)], [], Timeout, None))[0].Result);

        Assert.NotNull(options);
        Assert.Equal(two, (await Server.ListRefsAsync("app"))["refs/heads/topic"]);
        Assert.DoesNotContain("refs/heads/other", (await Server.ListRefsAsync("app")).Keys);
        var error = await Assert.ThrowsAsync<GitException>(() => mirror.PushAsync("main", one, two, Timeout, None));
        Assert.Equal(GitFailure.InvalidInput, error.Failure);
    }

    [Fact]
    public async Task An_empty_repository_takes_a_first_commit()
    {
        await Server.CreateRepositoryAsync("empty");
        var mirror = Mirror("empty");
        var id = mirror.NewCommit(null).Write("README.md", "hello"u8).Build(s_robot, s_robot, "first")!;

        Assert.Equal(PushResult.Pushed, (await mirror.PushAsync("main", id, null, Timeout, None)).Result);
        Assert.Equal(id, (await Server.ListRefsAsync("empty"))["refs/heads/main"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a//b")]
    [InlineData("../a")]
    [InlineData("a/./b")]
    [InlineData(".git/config")]
    [InlineData("a/.GIT/config")]
    [InlineData("GIT~1/config")]
    [InlineData(".g\u200cit/config")]
    [InlineData(".git ./x")]
    [InlineData(".git::$INDEX_ALLOCATION/x")]
    public void Paths_that_no_tree_may_hold_are_refused(string path)
    {
        var commit = Mirror("app").NewCommit(null);
        Assert.Equal(GitFailure.InvalidInput, Assert.Throws<GitException>(() => commit.Write(path, "x"u8)).Failure);
        Assert.Equal(GitFailure.InvalidInput, Assert.Throws<GitException>(() => commit.Delete(path)).Failure);
    }

    [Fact]
    public async Task Nothing_is_written_over_or_through_a_link()
    {
        using var copy = await NewRepositoryAsync("app");
        File.CreateSymbolicLink(Path.Combine(copy.Path, "link"), "/etc");
        var tip = await copy.PushCommitAsync("first", ("file", "f"));
        var mirror = Mirror("app");
        await mirror.FetchAsync("refs/heads/main", tip, Timeout, None);

        foreach (var path in new[] { "link", "link/passwd", "file/below" })
        {
            var commit = mirror.NewCommit(tip).Write(path, "x"u8);
            Assert.Equal(GitFailure.InvalidInput, Assert.Throws<GitException>(() => commit.Build(s_robot, s_robot, "m")).Failure);
        }
    }

    [Theory]
    [InlineData("", "a@b")]
    [InlineData("A", "")]
    [InlineData("A <x>", "a@b")]
    [InlineData("A", "a@b\nparent 1")]
    public void Signatures_that_would_change_the_header_are_refused(string name, string email)
    {
        var commit = Mirror("app").NewCommit(null).Write("a", "a"u8);
        Assert.Equal(GitFailure.InvalidInput, Assert.Throws<GitException>(() => commit.Build(s_robot with { Name = name, Email = email }, s_robot, "m")).Failure);
    }

    private async Task PushOwnFileAsync(int number)
    {
        var mirror = Mirror("app", new GitCredentials { Username = $"robot-{number}", Password = "x" });
        for (var attempt = 0; attempt < 50; attempt++)
        {
            var tip = await mirror.FetchAsync("refs/heads/main", null, Timeout, None);
            var id = mirror.NewCommit(tip).Write($"file-{number}", Encoding.UTF8.GetBytes($"{number}")).Build(s_robot, s_robot, $"robot {number}")!;
            if ((await mirror.PushAsync("main", id, tip, Timeout, None)).Result == PushResult.Pushed)
            {
                return;
            }
        }

        Assert.Fail($"Robot {number} never won.");
    }

    private static string Sorted(string lines) =>
        string.Concat(lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal).Select(line => line + "\n"));
}
