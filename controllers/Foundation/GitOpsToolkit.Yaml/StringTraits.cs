namespace GitOpsToolkit.Yaml;

internal enum StringStyle
{
    Plain,
    Single,
    Double,
    Literal,
}

/// <summary>What a string allows as its YAML style: go-yaml v2's analysis.</summary>
internal readonly record struct StringTraits(bool Multiline, bool PlainAllowed, bool SingleAllowed, bool BlockAllowed)
{
    /// <summary>The style in which go-yaml writes the string.</summary>
    internal StringStyle Style(string value, bool asKey)
    {
        if (value.Contains('\n'))
        {
            return BlockAllowed && !asKey ? StringStyle.Literal : StringStyle.Double;
        }

        // go-yaml would write the key << bare, and read it back as a merge.
        if (asKey && value == "<<")
        {
            return StringStyle.Double;
        }

        if (value.Length == 0 || PlainScalar.ReadsAsNonString(value) || (asKey && Multiline))
        {
            return StringStyle.Double;
        }

        if (PlainAllowed)
        {
            return StringStyle.Plain;
        }

        return SingleAllowed ? StringStyle.Single : StringStyle.Double;
    }

    internal static StringTraits Of(string value)
    {
        if (value.Length == 0)
        {
            return new StringTraits(false, true, true, false);
        }

        var indicators = value.StartsWith("---", StringComparison.Ordinal) || value.StartsWith("...", StringComparison.Ordinal);
        bool breaks = false, special = false, breakSpace = false, spaceBreak = false, previousSpace = false, previousBreak = false;
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            indicators |= IsIndicator(value, i);
            special |= !IsPrintable(c);
            breaks |= IsBreak(c);
            breakSpace |= c == ' ' && previousBreak;
            spaceBreak |= IsBreak(c) && previousSpace;
            previousSpace = c == ' ';
            previousBreak = IsBreak(c);
        }

        var edge = IsBlankOrBreak(value[0]) || IsBlankOrBreak(value[^1]);
        return new StringTraits(
            breaks,
            PlainAllowed: !edge && !breakSpace && !spaceBreak && !special && !breaks && !indicators,
            SingleAllowed: !breakSpace && !spaceBreak && !special,
            BlockAllowed: value[^1] != ' ' && !spaceBreak && !special);
    }

    internal static bool IsBreak(char c) => c is '\r' or '\n' or '\u0085' or '\u2028' or '\u2029';

    internal static bool IsPrintable(char c) =>
        c is '\n' or (>= ' ' and <= '~') or (>= '\u00A0' and <= '\uD7FF') or (>= '\uE000' and <= '\uFFFD' and not '\uFEFF');

    private static bool IsIndicator(string value, int at)
    {
        var c = value[at];
        var spaceFollows = at + 1 >= value.Length || value[at + 1] is ' ' or '\t';
        if (c == ':')
        {
            return spaceFollows;
        }

        if (at > 0)
        {
            return c == '#' && (value[at - 1] is ' ' or '\t' || IsBreak(value[at - 1]));
        }

        return c switch
        {
            '#' or ',' or '[' or ']' or '{' or '}' or '&' or '*' or '!' or '|' or '>' or '\'' or '"' or '%' or '@' or '`' => true,
            '?' or '-' => spaceFollows,
            _ => false,
        };
    }

    private static bool IsBlankOrBreak(char c) => c == ' ' || IsBreak(c);
}
