using GitOpsToolkit.Templating.Printing;
using static GitOpsToolkit.Templating.Functions.Signature;

namespace GitOpsToolkit.Templating.Functions;

/// <summary>sprig's functions that fit a text to a width. Widths are bytes, as there.</summary>
internal static class WrapFunctions
{
    private const int Smallest = 4;
    private const int SmallestOnBothSides = 7;

    internal static IReadOnlyList<GoFunction> All { get; } =
    [
        Of("wrap", [Int, Text], (call, a) => GoValue.OfBytes(Wrap(call, a[1].Bytes, a[0].Integer, "", false))),
        Of("wrapWith", [Int, Text, Text], (call, a) => GoValue.OfBytes(Wrap(call, a[2].Bytes, a[0].Integer, a[1].Bytes, true))),
        Of("abbrev", [Int, Text], a => GoValue.OfBytes(a[0].Integer < Smallest ? a[1].Bytes : Abbreviate(a[1].Bytes, 0, a[0].Integer))),
        Of("abbrevboth", [Int, Int, Text], a => GoValue.OfBytes(AbbreviateBoth(a[0].Integer, a[1].Integer, a[2].Bytes))),
    ];

    private static string Wrap(CallContext call, string text, long width, string lineEnd, bool cutsWords)
    {
        lineEnd = lineEnd.Length == 0 ? "\n" : lineEnd;
        var length = (int)Math.Clamp(width, 1, int.MaxValue / 2);
        var wrapped = new Output(call);
        var at = 0;
        while (text.Length - at > length)
        {
            if (text[at] == ' ')
            {
                at++;
                continue;
            }

            var space = text.LastIndexOf(' ', at + length, length + 1);
            if (space >= 0)
            {
                wrapped.Write(text[at..space]).Write(lineEnd);
                at = space + 1;
            }
            else if (cutsWords)
            {
                wrapped.Write(text.Substring(at, length)).Write(lineEnd);
                at += length;
            }
            else if (text.IndexOf(' ', at + length) is var next and >= 0)
            {
                wrapped.Write(text[at..next]).Write(lineEnd);
                at = next + 1;
            }
            else
            {
                break;
            }
        }

        return wrapped.Write(text[at..]).ToString();
    }

    private static string AbbreviateBoth(long left, long right, string text) =>
        right < Smallest || (left > 0 && right < SmallestOnBothSides) ? text : Abbreviate(text, left, right);

    private static string Abbreviate(string text, long left, long width)
    {
        const string Mark = "...";
        if (text.Length <= width)
        {
            return text;
        }

        var kept = (int)width - Mark.Length;
        left = Math.Min(left, text.Length);
        left = text.Length - left < kept ? text.Length - kept : left;
        if (left <= 4)
        {
            return text[..kept] + Mark;
        }

        if (width < SmallestOnBothSides)
        {
            return "";
        }

        return left + kept < text.Length
            ? Mark + (kept < Smallest ? "" : Abbreviate(text[(int)left..], 0, kept))
            : Mark + text[^kept..];
    }
}
