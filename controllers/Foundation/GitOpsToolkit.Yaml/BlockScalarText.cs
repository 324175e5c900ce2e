namespace GitOpsToolkit.Yaml;

/// <summary>Edits the content of a block scalar; its header (indicator, chomping, comment) and its final line ends stay.</summary>
internal static class BlockScalarText
{
    internal static (int Start, int End, string Written) Render(string text, YamlScalar scalar, string value)
    {
        var newLine = text.IndexOf('\n', scalar.Start);
        if (newLine < 0 || newLine >= scalar.End)
        {
            throw new ArgumentException($"the block scalar at {scalar.Position} has no content to edit", nameof(scalar));
        }

        var ending = text[newLine - 1] == '\r' ? "\r\n" : "\n";
        var start = newLine + 1;
        while (start < scalar.End && text[start] is ' ' or '\n' or '\r')
        {
            start++;
        }

        var end = Math.Min(scalar.End, text.Length);
        while (end > start && text[end - 1] is ' ' or '\n' or '\r')
        {
            end--;
        }

        if (start >= end)
        {
            throw new ArgumentException($"the block scalar at {scalar.Position} has no content to edit", nameof(scalar));
        }

        // Blanks behind the last line are part of the value, unlike those on lines of their own below it.
        while (end < scalar.End && text[end] == ' ')
        {
            end++;
        }

        var lineStart = text.LastIndexOf('\n', start - 1) + 1;
        var indent = text[lineStart..start];

        // With an indentation indicator, a first line may begin with blanks of its own.
        var own = scalar.Value.AsSpan().TrimStart('\n');
        var ownBlanks = Math.Min(own.Length - own.TrimStart(' ').Length, indent.Length);
        (indent, start) = (indent[ownBlanks..], start - ownBlanks);
        var lead = "";
        if (lineStart > newLine + 1)
        {
            // Empty lines above the text are line ends of the value.
            (start, lead) = (newLine + 1, indent);
        }

        return (start, end, lead + string.Join(ending + indent, value.TrimEnd('\n').Split('\n')));
    }
}
