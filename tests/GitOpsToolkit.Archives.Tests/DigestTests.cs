using System.Text;
using Xunit;

namespace GitOpsToolkit.Archives.Tests;

public sealed class DigestTests
{
    private const string EmptyHex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    [Fact]
    public void Parse_takes_known_algorithms_and_upper_case_digits()
    {
        var digest = Digest.Parse("sha256:" + EmptyHex.ToUpperInvariant());

        Assert.Equal("sha256", digest.Algorithm);
        Assert.Equal("sha256:" + EmptyHex, digest.ToString());
        Assert.Equal(Digest.Sha256([]), digest);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("sha256")]
    [InlineData("sha256:")]
    [InlineData("sha256:abc")]
    [InlineData("md5:d41d8cd98f00b204e9800998ecf8427e")]
    [InlineData("sha256:g3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    public void Anything_else_is_refused(string? text)
    {
        Assert.False(Digest.TryParse(text, out _));
        Assert.Throws<ArchiveException>(() => Digest.Parse(text ?? ""));
    }

    [Fact]
    public async Task Matches_reads_the_stream()
    {
        using var content = new MemoryStream(Encoding.UTF8.GetBytes("abc"));
        Assert.False(await Digest.Sha256([]).MatchesAsync(content, default));
        content.Position = 0;
        Assert.True(await Digest.Sha256("abc"u8).MatchesAsync(content, default));
        await Assert.ThrowsAsync<ArchiveException>(() => Digest.ComputeAsync(content, "md5", default));
    }
}
