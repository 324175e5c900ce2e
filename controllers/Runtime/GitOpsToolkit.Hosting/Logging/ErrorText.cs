namespace GitOpsToolkit.Hosting.Logging;

/// <summary>An exception in one line: the chain of messages, with the type where a message alone says little.</summary>
internal static class ErrorText
{
    private const int MaxDepth = 8;

    public static string Of(Exception error)
    {
        var parts = new List<string>();
        for (var current = error; current is not null && parts.Count < MaxDepth; current = current.InnerException)
        {
            var text = current.Message.ReplaceLineEndings(" ");
            if (parts.Count == 0 || !parts[^1].Contains(text, StringComparison.Ordinal))
            {
                parts.Add(text);
            }
        }

        return $"{error.GetType().Name}: {string.Join(": ", parts)}";
    }
}
