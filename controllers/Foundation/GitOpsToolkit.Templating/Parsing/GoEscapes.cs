using System.Globalization;
using System.Text;

namespace GitOpsToolkit.Templating.Parsing;

/// <summary>The escapes of Go's string and character constants.</summary>
internal static class GoEscapes
{
    /// <summary>Reads one escape at a backslash and moves behind it; false if it is none.</summary>
    internal static bool TryRead(string text, ref int at, StringBuilder value)
    {
        if (at + 1 >= text.Length)
        {
            return false;
        }

        var c = text[at + 1];
        var simple = c switch
        {
            'a' => '\a',
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\v',
            '\\' => '\\',
            '\'' => '\'',
            '"' => '"',
            _ => '\0',
        };
        if (simple != '\0')
        {
            value.Append(simple);
            at += 2;
            return true;
        }

        var length = c switch
        {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        if (length == 0 || at + 2 + length > text.Length
            || !int.TryParse(text.AsSpan(at + 2, length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
            || !Rune.IsValid(code))
        {
            return false;
        }

        value.Append(new Rune(code).ToString());
        at += 2 + length;
        return true;
    }
}
