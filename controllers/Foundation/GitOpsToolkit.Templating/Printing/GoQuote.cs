using System.Globalization;
using System.Text;

namespace GitOpsToolkit.Templating.Printing;

/// <summary>Go's strconv.Quote and its kin.</summary>
internal static class GoQuote
{
    /// <summary>A string constant of Go.</summary>
    internal static string Quote(string bytes, bool ascii = false)
    {
        var quoted = new StringBuilder("\"");
        for (var at = 0; at < bytes.Length;)
        {
            var (rune, size) = GoText.Decode(bytes, at);
            if (rune == GoText.Replacement && size == 1)
            {
                quoted.Append(CultureInfo.InvariantCulture, $"\\x{(int)bytes[at]:x2}");
            }
            else
            {
                Append(quoted, rune, '"', ascii);
            }

            at += size;
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>A character constant of Go.</summary>
    internal static string QuoteRune(long rune, bool ascii = false)
    {
        var valid = rune is >= 0 and <= 0x10FFFF && Rune.IsValid((int)rune) ? (int)rune : GoText.Replacement;
        var quoted = new StringBuilder("'");
        Append(quoted, valid, '\'', ascii);
        return quoted.Append('\'').ToString();
    }

    /// <summary>Whether a string can be written between backquotes.</summary>
    internal static bool CanBackquote(string bytes)
    {
        for (var at = 0; at < bytes.Length;)
        {
            var (rune, size) = GoText.Decode(bytes, at);
            if (size == 1 && (rune == GoText.Replacement || (rune < ' ' && rune != '\t') || rune is '`' or 0x7F))
            {
                return false;
            }

            if (rune == 0xFEFF)
            {
                return false;
            }

            at += size;
        }

        return true;
    }

    /// <summary>Go's unicode.IsPrint: letters, marks, numbers, punctuation, symbols and the ASCII space.</summary>
    internal static bool IsPrint(int rune) => rune == ' ' || (Rune.IsValid(rune)
        && Rune.GetUnicodeCategory(new Rune(rune)) is not (UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
            or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator));

    private static void Append(StringBuilder quoted, int rune, char quote, bool ascii)
    {
        var name = rune switch
        {
            7 => 'a',
            8 => 'b',
            12 => 'f',
            10 => 'n',
            13 => 'r',
            9 => 't',
            11 => 'v',
            '\\' => '\\',
            _ when rune == quote => quote,
            _ => '\0',
        };
        if (name != '\0')
        {
            quoted.Append('\\').Append(name);
        }
        else if (ascii ? rune is >= ' ' and < 0x7F : IsPrint(rune))
        {
            quoted.Append(GoText.FromRune(rune));
        }
        else if (rune is < ' ' or 0x7F)
        {
            quoted.Append(CultureInfo.InvariantCulture, $"\\x{rune:x2}");
        }
        else
        {
            quoted.Append(rune < 0x10000
                ? string.Create(CultureInfo.InvariantCulture, $"\\u{rune:x4}")
                : string.Create(CultureInfo.InvariantCulture, $"\\U{rune:x8}"));
        }
    }
}
