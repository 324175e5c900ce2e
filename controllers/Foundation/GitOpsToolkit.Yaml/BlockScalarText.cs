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

        var lineStart = text.LastIndexOf('\n', start - 1) + 1;
        var indent = text[lineStart..start];
        return (start, end, string.Join(ending + indent, value.TrimEnd('\n').Split('\n')));
    }
}
