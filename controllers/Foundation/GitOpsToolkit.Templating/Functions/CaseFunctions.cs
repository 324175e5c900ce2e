using System.Globalization;
using System.Text;
using static GitOpsToolkit.Templating.Functions.Signature;

namespace GitOpsToolkit.Templating.Functions;

/// <summary>sprig's functions on letter case.</summary>
internal static class CaseFunctions
{
    internal static IReadOnlyList<GoFunction> All { get; } =
    [
        Texts("upper", text => GoText.Map(text, Upper)),
        Texts("lower", text => GoText.Map(text, Lower)),
        Texts("title", Title),
        Texts("untitle", text => EachWord(text, Lower)),
        Texts("swapcase", Swap),
        Texts("initials", Initials),
        Texts("nospace", NoSpace),
        Texts("snakecase", text => new WordSplitter(text, "_").Separated()),
        Texts("kebabcase", text => new WordSplitter(text, "-").Separated()),
        Texts("camelcase", Camel),
    ];

    /// <summary>Go's unicode.ToUpper.</summary>
    internal static Rune Upper(Rune rune) => rune.Value switch
    {
        0x131 => new Rune('I'),
        0x17F => new Rune('S'),
        _ => Rune.ToUpperInvariant(rune),
    };

    /// <summary>Go's unicode.ToLower.</summary>
    internal static Rune Lower(Rune rune) => rune.Value == 0x130 ? new Rune('i') : Rune.ToLowerInvariant(rune);

    internal static bool IsConnector(int rune) => rune is '-' or '_' || GoText.IsSpace(rune);

    /// <summary>strings.Title: what follows a separator is a word's first letter.</summary>
    private static string Title(string text)
    {
        var previous = new Rune(' ');
        return GoText.Map(text, rune =>
        {
            var starts = IsSeparator(previous);
            previous = rune;
            return starts ? Upper(rune) : rune;
        });
    }

    private static bool IsSeparator(Rune rune)
    {
        if (rune.IsAscii)
        {
            return !(char.IsAsciiLetterOrDigit((char)rune.Value) || rune.Value == '_');
        }

        return !Rune.IsLetter(rune) && !Rune.IsDigit(rune) && GoText.IsSpace(rune.Value);
    }

    private static string EachWord(string text, Func<Rune, Rune> change)
    {
        var starts = true;
        return GoText.Map(text, rune =>
        {
            if (GoText.IsSpace(rune.Value))
            {
                starts = true;
                return rune;
            }

            var changed = starts ? change(rune) : rune;
            starts = false;
            return changed;
        });
    }

    private static string Swap(string text)
    {
        var afterSpace = true;
        return GoText.Map(text, rune =>
        {
            switch (Rune.GetUnicodeCategory(rune))
            {
                case UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter:
                    afterSpace = false;
                    return Lower(rune);
                case UnicodeCategory.LowercaseLetter:
                    afterSpace = false;
                    return Upper(rune);
                default:
                    afterSpace = GoText.IsSpace(rune.Value);
                    return rune;
            }
        });
    }

    /// <summary>Takes each byte for a character, as sprig's library does.</summary>
    private static string Initials(string text)
    {
        var initials = new StringBuilder();
        var starts = true;
        foreach (var c in text)
        {
            var gap = GoText.IsSpace(c);
            initials.Append(!gap && starts ? GoText.FromRune(c) : "");
            starts = gap;
        }

        return initials.ToString();
    }

    /// <summary>Takes each byte for a character where there is something to take out, as sprig's library does.</summary>
    private static string NoSpace(string text) =>
        text.Any(c => GoText.IsSpace(c)) ? string.Concat(text.Where(c => !GoText.IsSpace(c)).Select(c => GoText.FromRune(c))) : text;

    /// <summary>Words that begin upper case, without the connectors between them; of several connectors all but one stay.</summary>
    private static string Camel(string text)
    {
        var runes = GoText.Runes(text).ToList();
        var camel = new StringBuilder();
        var at = 0;
        while (at < runes.Count && IsConnector(runes[at]))
        {
            camel.Append(GoText.FromRune(runes[at++]));
        }

        if (at == runes.Count)
        {
            // Where there is nothing else sprig's library writes the last connector twice.
            return camel.Append(at > 0 ? GoText.FromRune(runes[^1]) : "").ToString();
        }

        // A word that begins with several upper case letters is lower case from the second on: HTTP_server is HttpServer.
        var shouts = IsUpper(runes[at]);
        var last = Upper(new Rune(runes[at])).Value;
        for (at++; at < runes.Count; at++)
        {
            var rune = runes[at];
            if (IsConnector(last))
            {
                camel.Append(IsConnector(rune) ? GoText.FromRune(last) : "");
                shouts = IsConnector(rune) ? shouts : IsUpper(rune);
                last = IsConnector(rune) ? rune : Upper(new Rune(rune)).Value;
                continue;
            }

            shouts &= IsUpper(rune);
            camel.Append(GoText.FromRune(last));
            last = shouts ? Lower(new Rune(rune)).Value : rune;
        }

        return camel.Append(GoText.FromRune(last)).ToString();
    }

    private static bool IsUpper(int rune) => Rune.GetUnicodeCategory(new Rune(rune)) == UnicodeCategory.UppercaseLetter;
}
