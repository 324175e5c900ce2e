using Xunit;

namespace GitOpsToolkit.Git.Tests;

public sealed class ReferenceResolverTests : GitFixture
{
    [Fact]
    public async Task The_first_of_commit_name_tag_semver_and_branch_decides()
    {
        using var copy = await NewRepositoryAsync("app");
        var one = await copy.PushCommitAsync("one", ("a", "1"));
        await copy.GitAsync("tag", "-a", "v1", "-m", "one");
        var two = await copy.PushCommitAsync("two", ("a", "2"));
        await copy.GitAsync("tag", "v2");
        await copy.GitAsync("push", "--quiet", "--tags", "origin", "HEAD:refs/changes/7");
        var all = new GitReference { Commit = one.ToUpperInvariant(), Name = "refs/changes/7", Tag = "v1", SemVer = "*", Branch = "main" };

        Assert.Equal(new ResolvedReference(null, one, $"main@sha1:{one}"), await ResolveAsync(all));
        Assert.Equal(new ResolvedReference("refs/changes/7", two, $"refs/changes/7@sha1:{two}"), await ResolveAsync(all with { Commit = null }));
        Assert.Equal(new ResolvedReference("refs/tags/v1", one, $"v1@sha1:{one}"), await ResolveAsync(all with { Commit = "", Name = null }));
        Assert.Equal(new ResolvedReference("refs/tags/v2", two, $"v2@sha1:{two}"), await ResolveAsync(all with { Commit = null, Name = null, Tag = "" }));
        Assert.Equal(new ResolvedReference("refs/heads/main", two, $"main@sha1:{two}"), await ResolveAsync(new GitReference { Branch = "main" }));
        Assert.Equal(new ResolvedReference(null, one, $"sha1:{one}"), await ResolveAsync(new GitReference { Commit = one }));
    }

    [Fact]
    public async Task A_pinned_commit_asks_nobody()
    {
        await Server.CreateRepositoryAsync("app");
        await ResolveAsync(new GitReference { Commit = new string('a', 40) });
        Assert.Empty(Server.Requests);
    }

    [Fact]
    public async Task A_tip_that_moved_between_list_and_fetch_gives_the_revision_its_name()
    {
        var reference = new ResolvedReference("refs/heads/main", new string('a', 40), $"main@sha1:{new string('a', 40)}");
        var moved = reference.At(new string('b', 40));

        Assert.Equal(new ResolvedReference("refs/heads/main", new string('b', 40), $"main@sha1:{new string('b', 40)}"), moved);
        await Task.CompletedTask;
    }

    [Theory]
    [InlineData("commit", "abc", GitFailure.InvalidInput, "40 hexadecimal digits")]
    [InlineData("name", "main", GitFailure.InvalidInput, "no full reference name")]
    [InlineData("tag", "-x", GitFailure.InvalidInput, "no tag name")]
    [InlineData("branch", "a..b", GitFailure.InvalidInput, "no branch name")]
    [InlineData("branch", "gone", GitFailure.RefNotFound, "couldn't find remote ref 'refs/heads/gone'")]
    [InlineData("semver", "none", GitFailure.RefNotFound, "no match found for semver: none")]
    [InlineData("semver", "broken", GitFailure.InvalidInput, "semver parse error: broken")]
    public async Task Faults_are_named(string field, string value, GitFailure failure, string message)
    {
        using var copy = await NewRepositoryAsync("app");
        await copy.PushCommitAsync("one");
        var reference = field switch
        {
            "commit" => new GitReference { Commit = value },
            "name" => new GitReference { Name = value },
            "tag" => new GitReference { Tag = value },
            "semver" => new GitReference { SemVer = value },
            _ => new GitReference { Branch = value },
        };

        var error = await Assert.ThrowsAsync<GitException>(() => ResolveAsync(reference));

        Assert.Equal(failure, error.Failure);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_repository_is_said_to_be_empty()
    {
        await Server.CreateRepositoryAsync("app");
        var error = await Assert.ThrowsAsync<GitException>(() => ResolveAsync(new GitReference()));
        Assert.Equal(GitFailure.EmptyRepository, error.Failure);
    }

    private Task<ResolvedReference> ResolveAsync(GitReference reference) =>
        new ReferenceResolver(Mirror("app"), Select).ResolveAsync(reference, TimeSpan.Zero, Timeout, default);

    private static IReadOnlyList<string> Select(string range, IReadOnlyList<string> tags) => range switch
    {
        "none" => [],
        "broken" => throw new FormatException("broken"),
        _ => [tags.Max()!],
    };
}
