using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Git.Tests;

/// <summary>How a branch stands to the one that it is to be merged into, out of a mirror that had the tips alone.</summary>
public sealed class ComparisonTests : GitFixture
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_branch_with_commits_on_top_merges_to_itself()
    {
        using var copy = await BeginAsync();
        var one = await CommitAsync(copy, "one", "side", ("a.txt", "1"));
        var two = await CommitAsync(copy, "two", "side", ("a.txt", "2"));
        var compared = await CompareAsync();
        Assert.Equal([two, one], compared.Ahead.Select(commit => commit.Id));
        Assert.Equal((false, two), (compared.IsBehind, compared.MergedId));
    }

    [Fact]
    public async Task A_branch_that_the_base_contains_has_nothing_ahead()
    {
        using var copy = await BeginAsync();
        await CommitAsync(copy, "one", "side", ("a.txt", "1"));
        await copy.GitAsync("checkout", "--quiet", "main");
        await copy.GitAsync("merge", "--quiet", "--no-ff", "-m", "merge", "side");
        await copy.GitAsync("push", "--quiet", "origin", "main");
        var compared = await CompareAsync();
        Assert.Empty(compared.Ahead);
        Assert.Equal((true, await copy.HeadAsync()), (compared.IsBehind, compared.MergedId));
    }

    [Theory]
    [InlineData("b.txt", true)]
    [InlineData("a.txt", false)]
    public async Task A_branch_behind_merges_where_nothing_conflicts(string file, bool merges)
    {
        using var copy = await BeginAsync();
        await CommitAsync(copy, "one", "side", ("a.txt", "1"));
        await CommitAsync(copy, "main goes on", "main", (file, "2"));
        var compared = await CompareAsync();
        Assert.Single(compared.Ahead);
        Assert.True(compared.IsBehind);
        Assert.Equal(merges, compared.MergedId is not null);
        if (merges)
        {
            using var tree = Mirror("app").OpenTree(compared.MergedId!);
            Assert.Equal("1"u8.ToArray(), tree.Read("a.txt", 100));
            Assert.Equal("2"u8.ToArray(), tree.Read("b.txt", 100));
        }
    }

    [Fact]
    public async Task A_branch_that_was_made_here_is_compared_with_a_base_that_went_on()
    {
        using var copy = await BeginAsync();
        var mirror = Mirror("app");
        var seed = await mirror.FetchAsync("refs/heads/main", null, Timeout, None);
        var robot = new GitSignature("Robot", "robot@example.com", DateTimeOffset.UnixEpoch);
        var made = mirror.NewCommit(seed).Write("a.txt", "1"u8).Build(robot, robot, "made here")!;
        await mirror.PushAsync("made", made, null, Timeout, None);
        var main = await CommitAsync(copy, "main goes on", "main", ("a.txt", "2"));
        Assert.Equal(main, await mirror.FetchAsync("refs/heads/main", null, Timeout, None));
        await mirror.FetchHistoryAsync(["main", "made"], 50, Timeout, None);
        var compared = mirror.Compare(main, made, 10);
        Assert.Equal([made], compared.Ahead.Select(commit => commit.Id));
        Assert.Equal((true, null), (compared.IsBehind, compared.MergedId));
    }

    [Fact]
    public async Task No_more_commits_are_listed_than_asked_for()
    {
        using var copy = await BeginAsync();
        for (var i = 0; i < 5; i++)
        {
            await CommitAsync(copy, $"commit {i}", "side", ("a.txt", $"{i}"));
        }

        Assert.Equal(3, (await CompareAsync(most: 3)).Ahead.Count);
    }

    [Fact]
    public async Task A_commit_that_is_not_here_is_said()
    {
        using var copy = await BeginAsync();
        var tip = await Mirror("app").FetchAsync("refs/heads/main", null, Timeout, None);
        var error = Assert.Throws<GitException>(() => Mirror("app").Compare(tip, new string('1', 40), 10));
        Assert.Equal(GitFailure.Corrupt, error.Failure);
    }

    private async Task<GitWorkingCopy> BeginAsync()
    {
        var copy = await NewRepositoryAsync("app");
        await copy.PushCommitAsync("seed", ("a.txt", "0"), ("b.txt", "0"));
        await copy.GitAsync("branch", "side");
        return copy;
    }

    private static async Task<string> CommitAsync(GitWorkingCopy copy, string message, string branch, params (string Path, string? Text)[] files)
    {
        await copy.GitAsync("checkout", "--quiet", branch);
        return await copy.PushCommitAsync(message, files);
    }

    /// <summary>With the tips fetched one by one, each without its history, as runs do.</summary>
    private async Task<GitComparison> CompareAsync(int most = 10)
    {
        var mirror = Mirror("app");
        var main = await mirror.FetchAsync("refs/heads/main", null, Timeout, None);
        var side = await mirror.FetchAsync("refs/heads/side", null, Timeout, None);
        await mirror.FetchHistoryAsync(["main", "side"], 50, Timeout, None);
        return mirror.Compare(main, side, most);
    }
}
