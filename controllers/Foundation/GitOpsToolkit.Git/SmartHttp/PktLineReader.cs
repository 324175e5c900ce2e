using System.Buffers.Text;
using System.Text;

namespace GitOpsToolkit.Git;

/// <summary>Reads pkt-lines one by one, each within git's own cap of 65 520 bytes, all of them within <paramref name="maxBytes"/>.</summary>
/// <param name="stream">An answer's body, unpacked.</param>
/// <param name="maxBytes">Bytes that may be read.</param>
internal sealed class PktLineReader(Stream stream, long maxBytes)
{
    private const int LengthDigits = 4;
    private const int MaxLine = 65_520;

    private readonly byte[] _buffer = new byte[MaxLine];
    private int _start;
    private int _end;
    private long _total;

    /// <summary>The next line.</summary>
    /// <exception cref="GitException"><see cref="GitFailure.Other"/>: these are no pkt-lines, or they end too soon.
    /// <see cref="GitFailure.TooLarge"/>: there is more than the cap.</exception>
    public async ValueTask<PktLine> ReadAsync(CancellationToken cancel)
    {
        if (!await FillAsync(LengthDigits, mayEnd: true, cancel))
        {
            return new PktLine(PktKind.End, default);
        }

        var digits = _buffer.AsSpan(_start, LengthDigits);
        if (!Utf8Parser.TryParse(digits, out ushort length, out var used, 'x') || used != LengthDigits || length is 3 or > MaxLine)
        {
            throw Malformed($"where the length of a line was to be stood '{Shown(digits)}'");
        }

        if (length < LengthDigits)
        {
            _start += LengthDigits;
            return new PktLine((PktKind)(length + 1), default);
        }

        await FillAsync(length, mayEnd: false, cancel);
        var data = _buffer.AsMemory(_start + LengthDigits, length - LengthDigits);
        _start += length;
        return new PktLine(PktKind.Data, data.Span.EndsWith("\n"u8) ? data[..^1] : data);
    }

    /// <summary>Reads on behind the last line to the end of the body: only then is the connection free for another request.</summary>
    /// <exception cref="GitException"><see cref="GitFailure.TooLarge"/>: there is more than the cap.</exception>
    public async ValueTask DrainAsync(CancellationToken cancel)
    {
        (_start, _end) = (0, 0);
        while (await FillAsync(1, mayEnd: true, cancel))
        {
            (_start, _end) = (0, 0);
        }
    }

    internal static GitException Malformed(string what) => new(GitFailure.Other, $"the answer is not of Git's protocol: {what}");

    /// <summary>Throws what a server says in place of an answer: <c>ERR</c> and its words.</summary>
    internal static void ThrowIfError(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("ERR "u8))
        {
            var words = "remote error: " + Encoding.UTF8.GetString(line["ERR "u8.Length..]);
            throw new GitException(GitFailures.KindOf(words), words);
        }
    }

    /// <summary>Makes sure of so many bytes in the buffer; false where the stream ends before the first of them and may.</summary>
    private async ValueTask<bool> FillAsync(int count, bool mayEnd, CancellationToken cancel)
    {
        if (_end - _start >= count)
        {
            return true;
        }

        _buffer.AsSpan(_start.._end).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        while (_end < count)
        {
            var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancel);
            if (read == 0)
            {
                return mayEnd && _end == 0 ? false : throw Malformed("it ends in the middle of a line");
            }

            _end += read;
            _total += read;
            if (_total > maxBytes)
            {
                throw new GitException(GitFailure.TooLarge, $"the answer exceeds the cap of {maxBytes} bytes.");
            }
        }

        return true;
    }


    private static string Shown(ReadOnlySpan<byte> bytes) => string.Concat(Encoding.Latin1.GetString(bytes).Select(c => char.IsAscii(c) && !char.IsControl(c) ? c : '?'));
}
