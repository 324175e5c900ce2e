using System.Text;

namespace GitOpsToolkit.Yaml;

/// <summary>go-yaml's order of map keys: letters by code point, anything else before letters, runs of digits by their number.</summary>
public sealed class NaturalKeyOrder : IComparer<string>
{
    /// <summary>The one instance.</summary>
    public static NaturalKeyOrder Instance { get; } = new();

    private NaturalKeyOrder()
    {
    }

    /// <inheritdoc/>
    public int Compare(string? x, string? y)
    {
        x ??= "";
        y ??= "";
        var same = x.AsSpan().CommonPrefixLength(y);
        if (same == x.Length || same == y.Length)
        {
            return x.Length.CompareTo(y.Length);
        }

        if (char.IsAsciiLetter(x[same]) && char.IsAsciiLetter(y[same]))
        {
            return x[same] < y[same] ? -1 : 1;
        }

        var a = Runes(x);
        var b = Runes(y);
        for (var i = 0; i < a.Length && i < b.Length; i++)
        {
            if (a[i] != b[i])
            {
                return Less(a, b, i) ? -1 : 1;
            }
        }

        return a.Length.CompareTo(b.Length);
    }

    private static bool Less(Rune[] a, Rune[] b, int at)
    {
        var aLetter = Rune.IsLetter(a[at]);
        var bLetter = Rune.IsLetter(b[at]);
        if (aLetter && bLetter)
        {
            return a[at].Value < b[at].Value;
        }

        if (aLetter || bLetter)
        {
            return bLetter;
        }

        // A zero in the middle of a number counts with the digits before it, which are equal on both sides.
        var start = (a[at].Value == '0' || b[at].Value == '0') && FollowsNumber(a, at) ? 1L : 0L;
        var (aNumber, aEnd) = Number(a, at, start);
        var (bNumber, bEnd) = Number(b, at, start);
        if (aNumber != bNumber)
        {
            return aNumber < bNumber;
        }

        return aEnd != bEnd ? aEnd < bEnd : a[at].Value < b[at].Value;
    }

    private static bool FollowsNumber(Rune[] text, int at)
    {
        for (var i = at - 1; i >= 0 && Rune.IsDigit(text[i]); i--)
        {
            if (text[i].Value != '0')
            {
                return true;
            }
        }

        return false;
    }

    private static (long Number, int End) Number(Rune[] text, int at, long start)
    {
        var number = start;
        var end = at;
        for (; end < text.Length && Rune.IsDigit(text[end]); end++)
        {
            number = unchecked((number * 10) + (text[end].Value - '0'));
        }

        return (number, end);
    }

    private static Rune[] Runes(string text) => [.. text.EnumerateRunes()];
}
