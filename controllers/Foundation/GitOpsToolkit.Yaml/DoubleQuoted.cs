using System.Globalization;
using System.Text;

namespace GitOpsToolkit.Yaml;

/// <summary>The double-quoted style, on one line.</summary>
internal static class DoubleQuoted
{
    internal static string Write(string value)
    {
        var text = new StringBuilder(value.Length + 2).Append('"');
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            if (c is '"' or '\\')
            {
                text.Append('\\').Append(c);
            }
            else if (StringTraits.IsBreak(c) || !StringTraits.IsPrintable(c))
            {
                text.Append(Escape(value, ref i));
            }
            else
            {
                text.Append(c);
            }
        }

        return text.Append('"').ToString();
    }

    /// <summary>The escape of the character at an index, which moves on over the second half of a surrogate pair.</summary>
    internal static string Escape(string value, ref int at)
    {
        var rune = Rune.TryGetRuneAt(value, at, out var whole) ? whole.Value : '\uFFFD';
        at += rune > 0xFFFF ? 1 : 0;
        return rune switch
        {
            0 => "\\0",
            7 => "\\a",
            8 => "\\b",
            9 => "\\t",
            10 => "\\n",
            11 => "\\v",
            12 => "\\f",
            13 => "\\r",
            0x1b => "\\e",
            '"' => "\\\"",
            '\\' => "\\\\",
            0x85 => "\\N",
            0xA0 => "\\_",
            0x2028 => "\\L",
            0x2029 => "\\P",
            <= 0xFF => "\\x" + rune.ToString("X2", CultureInfo.InvariantCulture),
            <= 0xFFFF => "\\u" + rune.ToString("X4", CultureInfo.InvariantCulture),
            _ => "\\U" + rune.ToString("X8", CultureInfo.InvariantCulture),
        };
    }
}
