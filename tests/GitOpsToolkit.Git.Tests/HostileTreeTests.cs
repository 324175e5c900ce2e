using GitOpsToolkit.Archives;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Git.Tests;

public sealed class HostileTreeTests : GitFixture
{
    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData(".git")]
    [InlineData(".GIT")]
    [InlineData("git~1")]
    [InlineData(".git ")]
    [InlineData(".git::$INDEX_ALLOCATION")]
    [InlineData(".g\u200dit")]
    public async Task Names_that_a_checkout_would_write_elsewhere_are_refused(string name)
    {
        using var copy = await NewRepositoryAsync("app");
        var id = await CommitTreeAsync(copy, name, "folder");
        await Mirror("app").FetchAsync("refs/heads/main", id, Timeout, default);
        using var tree = Mirror("app").OpenTree(id);

        Assert.Equal(GitFailure.InvalidInput, Assert.Throws<GitException>(() => tree.List("")).Failure);
        Assert.Equal(GitFailure.InvalidInput, Assert.Throws<GitException>(() => tree.Files().ToArray()).Failure);
        Assert.Equal(GitFailure.InvalidInput, Assert.Throws<GitException>(() => ArchiveWriter.Write(tree, null, Stream.Null)).Failure);
    }

    [Fact]
    public async Task Submodules_and_links_are_passed_over_and_never_followed()
    {
        using var copy = await NewRepositoryAsync("app");
        File.CreateSymbolicLink(Path.Combine(copy.Path, "link"), "/etc/passwd");
        await copy.CommitAsync("first", ("a.yaml", "a"));
        await copy.GitAsync("update-index", "--add", "--cacheinfo", $"160000,{await copy.HeadAsync()},module");
        await copy.GitAsync("commit", "--quiet", "-m", "with a submodule");
        await copy.GitAsync("push", "--quiet", "origin", "HEAD");
        var id = await Mirror("app").FetchAsync("refs/heads/main", null, Timeout, default);
        using var tree = Mirror("app").OpenTree(id);

        Assert.Equal(["a.yaml"], tree.Files().Select(file => file.Path));
        Assert.Equal(2, ArchiveWriter.Write(tree, IgnoreRules.Load(tree, null), Stream.Null).Entries);
        Assert.Equal([FileTreeItemKind.File, FileTreeItemKind.Other, FileTreeItemKind.Other], tree.List("").OrderBy(item => item.Name).Select(item => item.Kind));
    }

    [Fact]
    public async Task What_is_not_there_and_what_is_too_large_are_told_apart()
    {
        using var copy = await NewRepositoryAsync("app");
        var id = await copy.PushCommitAsync("first", ("a/b.yaml", "12345"));
        await Mirror("app").FetchAsync("refs/heads/main", id, Timeout, default);
        using var tree = Mirror("app").OpenTree(id);

        Assert.Null(tree.Read("absent"));
        Assert.Null(tree.Read("a"));
        Assert.Throws<ArchiveException>(() => tree.OpenRead("absent"));
        Assert.Throws<ArchiveException>(() => tree.List("absent"));
        Assert.Throws<ArchiveException>(() => tree.Files("a/b.yaml").ToArray());
        Assert.True(tree.Exists("a") && tree.Exists("a/b.yaml") && !tree.Exists("b"));
        Assert.Equal(5, tree.Read("a/b.yaml", 5)!.Length);
        Assert.Equal(GitFailure.TooLarge, Assert.Throws<GitException>(() => tree.Read("a/b.yaml", 4)).Failure);
        var blob = Assert.Single(tree.Files("a")).BlobId;
        Assert.Equal("12345"u8.ToArray(), tree.ReadBlob(blob));
        Assert.Equal(GitFailure.Corrupt, Assert.Throws<GitException>(() => tree.ReadBlob(new string('1', 40))).Failure);
        Assert.Equal(GitFailure.Corrupt, Assert.Throws<GitException>(() => Mirror("app").OpenTree(new string('1', 40))).Failure);
        Assert.Equal(GitFailure.Corrupt, Assert.Throws<GitException>(() => Mirror("app").ReadCommit(new string('1', 40))).Failure);
    }

    [Theory]
    [InlineData("Short", "Short")]
    [InlineData("A subject\n\nand a body", "A subject")]
    [InlineData("12345678901234567890123456789012345678901234567890", "12345678901234567890123456789012345678901234567890")]
    [InlineData("123456789012345678901234567890123456789012345678901", "12345678901234567890123456789012345678901234567890...")]
    [InlineData("ä3456789012345678901234567890123456789012345678901", "ä3456789012345678901234567890123456789012345678901")]
    public void Messages_are_shortened_for_events(string message, string shown)
    {
        var nobody = new GitSignature("n", "e", DateTimeOffset.UnixEpoch);
        Assert.Equal(shown, new GitCommit("", "", [], nobody, nobody, message).ShortMessage);
    }

    /// <summary>Writes a commit whose tree holds the name as it is: git's own porcelain would refuse it.</summary>
    private static async Task<string> CommitTreeAsync(GitWorkingCopy copy, string name, string kind)
    {
        await copy.CommitAsync("inner", ("x", "content"));
        var inner = (await copy.GitAsync("rev-parse", "HEAD^{tree}")).Trim();
        var raw = Path.Combine(copy.Path, "raw");
        byte[] entry = [.. "40000 "u8, .. System.Text.Encoding.UTF8.GetBytes(name), 0, .. Convert.FromHexString(inner)];
        await File.WriteAllBytesAsync(raw, entry);
        var tree = (await copy.GitAsync("hash-object", "-t", "tree", "-w", "--literally", "raw")).Trim();
        var commit = (await copy.GitAsync("commit-tree", tree, "-m", kind)).Trim();
        await copy.GitAsync("push", "--quiet", "origin", $"{commit}:refs/heads/main");
        return commit;
    }
}
