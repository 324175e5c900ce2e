using System.Text;
using Xunit;

namespace GitOpsToolkit.Git.Tests.SmartHttp;

public sealed class RefListTests
{
    private const string One = "1111111111111111111111111111111111111111";
    private const string Two = "2222222222222222222222222222222222222222";

    [Fact]
    public async Task Version_2_tells_tags_and_symbolic_references_in_attributes()
    {
        var refs = await V2Async(
            $"{One} HEAD symref-target:refs/heads/main\n", $"{One} refs/heads/main\n", $"{Two} refs/tags/v1 peeled:{One} later:attribute\n", "unborn x\n", "0000");

        Assert.Equal(
            [
                new GitRef("HEAD", One) { SymrefTarget = "refs/heads/main" }, new GitRef("refs/heads/main", One), new GitRef("refs/tags/v1", Two, One),
            ],
            refs);
    }

    [Fact]
    public async Task Version_0_tells_capabilities_in_the_first_line_and_tags_in_lines_of_their_own()
    {
        var refs = await V0Async(
            $"{One} HEAD\0multi_ack symref=HEAD:refs/heads/main agent=git/1.8", $"{One} refs/heads/main\n", $"{Two} refs/tags/v1\n", $"{One} refs/tags/v1^{{}}\n",
            $"{One} refs/tags/absent^{{}}\n", $"shallow {One}", "0000");

        Assert.Equal([new GitRef("HEAD", One), new GitRef("refs/heads/main", One), new GitRef("refs/tags/v1", Two, One)], refs);
    }

    [Fact]
    public async Task An_empty_repository_has_no_references()
    {
        Assert.Empty(await V2Async("unborn HEAD symref-target:refs/heads/main\n", "0000"));
        Assert.Empty(await V0Async($"{new string('0', 40)} capabilities^{{}}\0multi_ack", "0000"));
        Assert.Empty(await V0Async("0000"));
    }

    [Fact]
    public async Task Names_that_cannot_be_are_passed_over_and_the_last_of_two_counts()
    {
        var refs = await V2Async($"{One} refs/heads/a..b\n", $"{One} FETCH_HEAD\n", $"{One} refs/heads/a\n", $"{Two} refs/heads/a\n", "0000");
        Assert.Equal([new GitRef("refs/heads/a", Two)], refs);
    }

    [Theory]
    [InlineData("refs/heads/main")]
    [InlineData("111111111111111111111111111111111111111g refs/heads/main")]
    [InlineData("1111111111111111111111111111111111111111")]
    [InlineData("1111111111111111111111111111111111111111 ")]
    [InlineData("1111111111111111111111111111111111111111 refs/tags/v1 peeled:12")]
    [InlineData("0001")]
    public async Task What_is_no_list_is_refused(string line) =>
        Assert.Equal(GitFailure.Other, (await Assert.ThrowsAsync<GitException>(() => V2Async(line, "0000"))).Failure);

    [Fact]
    public async Task A_list_without_its_end_is_refused()
    {
        Assert.Contains("it ends before", (await Assert.ThrowsAsync<GitException>(() => V2Async($"{One} refs/heads/a\n"))).Message, StringComparison.Ordinal);
        Assert.Contains("it ends before", (await Assert.ThrowsAsync<GitException>(() => V0Async($"{One} refs/heads/a\n"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ERR access denied or repository not exported: /app", GitFailure.Other)]
    [InlineData("ERR Repository not found.", GitFailure.RepositoryNotFound)]
    public async Task The_server_s_own_words_are_told(string line, GitFailure expected)
    {
        foreach (var read in new Func<Task>[] { () => V2Async(line), () => V0Async(line) })
        {
            var error = await Assert.ThrowsAsync<GitException>(read);
            Assert.Equal(expected, error.Failure);
            Assert.Equal("remote error: " + line[4..], error.Message);
        }
    }

    [Fact]
    public async Task More_references_than_the_cap_are_refused()
    {
        var lines = Enumerable.Range(0, 11).Select(i => $"{One} refs/heads/{i}\n").ToArray();
        Assert.Equal(GitFailure.TooLarge, (await Assert.ThrowsAsync<GitException>(() => V2Async([.. lines, "0000"]))).Failure);
        Assert.Equal(10, (await V2Async([.. lines[..10], "0000"])).Count);
    }

    private static Task<IReadOnlyList<GitRef>> V2Async(params string[] lines) => new RefListReader(Reader(lines), 10).ReadV2Async(default);

    private static async Task<IReadOnlyList<GitRef>> V0Async(params string[] lines)
    {
        var reader = Reader(lines);
        return await new RefListReader(reader, 10).ReadV0Async(await reader.ReadAsync(default), default);
    }

    private static PktLineReader Reader(string[] lines) => new(new MemoryStream(Encoding.UTF8.GetBytes(ScriptedHost.Lines(lines))), 1 << 20);
}
