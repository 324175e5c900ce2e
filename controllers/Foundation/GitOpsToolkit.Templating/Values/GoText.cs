using System.Text;

namespace GitOpsToolkit.Templating;

/// <summary>
/// Go's strings are bytes, and templates can tell: <c>len</c> counts them and <c>trunc</c> cuts between them. So every string inside the engine is
/// a "byte string", a .NET string whose characters are the bytes of the UTF-8 text. This class is where the two meet.
/// </summary>
internal static class GoText
{
    /// <summary>What an invalid byte is read as.</summary>
    internal const int Replacement = 0xFFFD;

    /// <summary>The byte string of a text.</summary>
    internal static string FromText(string text) =>
        Ascii.IsValid(text) ? text : Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    /// <summary>The text of a byte string; bytes that are no UTF-8 become U+FFFD, one each.</summary>
    internal static string ToText(string bytes)
    {
        if (Ascii.IsValid(bytes))
        {
            return bytes;
        }

        var text = new StringBuilder(bytes.Length);
        foreach (var rune in Runes(bytes))
        {
            text.Append(new Rune(rune).ToString());
        }

        return text.ToString();
    }

    internal static byte[] ToBytes(string bytes) => Encoding.Latin1.GetBytes(bytes);

    internal static string FromBytes(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    /// <summary>Go's utf8.DecodeRuneInString: the code point at a place and its bytes; U+FFFD and 1 where there is none.</summary>
    internal static (int Rune, int Size) Decode(string bytes, int at)
    {
        var first = bytes[at];
        if (first < 0x80)
        {
            return (first, 1);
        }

        Span<byte> window = stackalloc byte[4];
        var length = Math.Min(4, bytes.Length - at);
        for (var i = 0; i < length; i++)
        {
            window[i] = (byte)bytes[at + i];
        }

        return Rune.DecodeFromUtf8(window[..length], out var rune, out var size) == System.Buffers.OperationStatus.Done
            ? (rune.Value, size)
            : (Replacement, 1);
    }

    internal static IEnumerable<int> Runes(string bytes)
    {
        for (var at = 0; at < bytes.Length;)
        {
            var (rune, size) = Decode(bytes, at);
            yield return rune;
            at += size;
        }
    }

    internal static int RuneCount(string bytes) => Ascii.IsValid(bytes) ? bytes.Length : Runes(bytes).Count();

    /// <summary>The bytes of a code point; of U+FFFD where it is none.</summary>
    internal static string FromRune(long rune)
    {
        if (rune is >= 0 and < 0x80)
        {
            return ((char)rune).ToString();
        }

        var valid = rune is >= 0 and <= 0x10FFFF && Rune.IsValid((int)rune) ? new Rune((int)rune) : new Rune(Replacement);
        Span<byte> bytes = stackalloc byte[4];
        return FromBytes(bytes[..valid.EncodeToUtf8(bytes)]);
    }

    /// <summary>Each code point replaced; invalid bytes become U+FFFD, as in Go's strings.Map.</summary>
    internal static string Map(string bytes, Func<Rune, Rune> change)
    {
        var result = new StringBuilder(bytes.Length);
        foreach (var rune in Runes(bytes))
        {
            result.Append(FromRune(change(new Rune(rune)).Value));
        }

        return result.ToString();
    }

    /// <summary>Go's unicode.IsSpace.</summary>
    internal static bool IsSpace(int rune) =>
        rune is (>= 9 and <= 13) or ' ' or 0x85 or 0xA0 or 0x1680 or (>= 0x2000 and <= 0x200A) or 0x2028 or 0x2029 or 0x202F or 0x205F or 0x3000;

    /// <summary>Go's strings.TrimSpace.</summary>
    internal static string TrimSpace(string bytes) => Trim(bytes, IsSpace);

    /// <summary>Cuts code points off both ends.</summary>
    internal static string Trim(string bytes, Func<int, bool> cut)
    {
        var start = 0;
        while (start < bytes.Length && Decode(bytes, start) is var (rune, size) && cut(rune))
        {
            start += size;
        }

        var end = start;
        for (var at = start; at < bytes.Length;)
        {
            var (rune, size) = Decode(bytes, at);
            at += size;
            end = cut(rune) ? end : at;
        }

        return bytes[start..end];
    }
}
