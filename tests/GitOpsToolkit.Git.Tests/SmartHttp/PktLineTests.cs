using System.Text;
using CsCheck;
using Xunit;

namespace GitOpsToolkit.Git.Tests.SmartHttp;

public sealed class PktLineTests
{
    [Fact]
    public async Task Lines_are_read_however_the_stream_is_cut()
    {
        var text = ScriptedHost.Lines("a\n", "0000", "", "0001", "longer than the others", "0002", new string('x', 65_516));
        foreach (var cut in new[] { 1, 3, 7, 70_000 })
        {
            var reader = new PktLineReader(new CutStream(Encoding.ASCII.GetBytes(text), cut), 1 << 20);
            Assert.Equal("a", await TextAsync(reader));
            Assert.Equal(PktKind.Flush, (await reader.ReadAsync(default)).Kind);
            Assert.Equal("", await TextAsync(reader));
            Assert.Equal(PktKind.Delimiter, (await reader.ReadAsync(default)).Kind);
            Assert.Equal("longer than the others", await TextAsync(reader));
            Assert.Equal(PktKind.ResponseEnd, (await reader.ReadAsync(default)).Kind);
            Assert.Equal(65_516, (await TextAsync(reader)).Length);
            Assert.Equal(PktKind.End, (await reader.ReadAsync(default)).Kind);
        }
    }

    [Theory]
    [InlineData("<!DO", "stood '<!DO'")]
    [InlineData("0003", "stood '0003'")]
    [InlineData("fff1", "stood 'fff1'")]
    [InlineData("-001", "stood '-001'")]
    [InlineData("00\u00e9", "stood '00??'")]
    [InlineData("00", "in the middle of a line")]
    [InlineData("0009ab", "in the middle of a line")]
    public async Task What_is_no_line_is_refused(string text, string expected)
    {
        var reader = new PktLineReader(new MemoryStream(Encoding.UTF8.GetBytes(text)), 1 << 20);
        var error = await Assert.ThrowsAsync<GitException>(async () => await reader.ReadAsync(default));
        Assert.Equal(GitFailure.Other, error.Failure);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_than_the_cap_is_refused()
    {
        var reader = new PktLineReader(new MemoryStream(Encoding.ASCII.GetBytes(ScriptedHost.Lines(new string('x', 200)))), 100);
        Assert.Equal(GitFailure.TooLarge, (await Assert.ThrowsAsync<GitException>(async () => await reader.ReadAsync(default))).Failure);
    }

    [Fact]
    public void No_bytes_make_it_fail_otherwise() => Gen.Byte.Array[0, 300].Sample(bytes =>
    {
        var reader = new PktLineReader(new MemoryStream(bytes), 1 << 20);
        try
        {
            var list = new RefListReader(reader, 100);
            _ = (bytes.Length % 2 == 0 ? list.ReadV2Async(default) : list.ReadV0Async(reader.ReadAsync(default).AsTask().Result, default)).GetAwaiter().GetResult();
        }
        catch (Exception error) when (error is GitException or AggregateException { InnerException: GitException })
        {
            // That is how it is to fail.
        }
    });

    private static async Task<string> TextAsync(PktLineReader reader)
    {
        var line = await reader.ReadAsync(default);
        Assert.Equal(PktKind.Data, line.Kind);
        return Encoding.UTF8.GetString(line.Data.Span);
    }

    private sealed class CutStream(byte[] bytes, int most) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(most, buffer.Length)], cancellationToken);
    }
}
