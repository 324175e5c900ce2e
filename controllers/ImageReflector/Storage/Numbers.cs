using System.Buffers;
using System.Text;

namespace GitOpsToolkit.Controllers.ImageReflector.Storage;

/// <summary>Reads and writes numbers as LEB128, and bytes and texts with their length before them.</summary>
internal struct Numbers
{
    private ReadOnlyMemory<byte> rest;

    internal Numbers(ReadOnlyMemory<byte> bytes) => rest = bytes;

    internal static void Write(ArrayBufferWriter<byte> bytes, long number)
    {
        var left = (ulong)number;
        var span = bytes.GetSpan(10);
        var length = 0;
        while (left >= 0x80)
        {
            span[length++] = (byte)(left | 0x80);
            left >>= 7;
        }

        span[length++] = (byte)left;
        bytes.Advance(length);
    }

    internal static void Write(ArrayBufferWriter<byte> bytes, ReadOnlySpan<byte> value)
    {
        Write(bytes, value.Length);
        bytes.Write(value);
    }

    internal static void Write(ArrayBufferWriter<byte> bytes, string text) => Write(bytes, Encoding.UTF8.GetBytes(text));

    /// <exception cref="InvalidDataException">It is no time.</exception>
    internal static DateTimeOffset Time(long milliseconds) =>
        milliseconds >= DateTimeOffset.MinValue.ToUnixTimeMilliseconds() && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : throw new InvalidDataException("a time is out of range");

    /// <exception cref="InvalidDataException">The bytes end before the number does.</exception>
    internal long Number()
    {
        var number = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = Raw(1).Span[0];
            number |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
            {
                return (long)number;
            }
        }

        throw new InvalidDataException("a number is too long");
    }

    /// <summary>A number that is not negative and not huge.</summary>
    /// <exception cref="InvalidDataException">It is no such number.</exception>
    internal int Count() =>
        Number() is >= 0 and <= int.MaxValue and var count ? (int)count : throw new InvalidDataException("a count is out of range");

    /// <summary>The number of things that follow, each of which takes a byte at least.</summary>
    /// <exception cref="InvalidDataException">There are fewer bytes than that.</exception>
    internal int Items() => Count() is var count && count <= rest.Length ? count : throw new InvalidDataException("it is cut off");

    /// <exception cref="InvalidDataException">There are fewer bytes.</exception>
    internal ReadOnlyMemory<byte> Raw(int length)
    {
        if (length > rest.Length)
        {
            throw new InvalidDataException("it is cut off");
        }

        var taken = rest[..length];
        rest = rest[length..];
        return taken;
    }

    internal ReadOnlyMemory<byte> Bytes() => Raw(Count());

    internal string Text() => Encoding.UTF8.GetString(Bytes().Span);
}
