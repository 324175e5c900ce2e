using System.Text;

namespace GitOpsToolkit.Templating.Functions;

/// <summary>sprig's functions on letter case and words.</summary>
internal static class CaseFunctions
{
    internal static IEnumerable<Function> All { get; } =
    [
        new("upper", 1, 1, call => call.Text(0).ToUpperInvariant()),
        new("lower", 1, 1, call => call.Text(0).ToLowerInvariant()),
        new("title", 1, 1, call => EachWord(call.Text(0), char.ToUpperInvariant)),
        new("untitle", 1, 1, call => EachWord(call.Text(0), char.ToLowerInvariant)),
        new("initials", 1, 1, call =>
            string.Concat(call.Text(0).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word[0]))),
        new("snakecase", 1, 1, call => Separate(call.Text(0), '_')),
        new("kebabcase", 1, 1, call => Separate(call.Text(0), '-')),
        new("camelcase", 1, 1, call => Camel(call.Text(0))),
        new("swapcase", 1, 1, call =>
            string.Concat(call.Text(0).Select(c => char.IsUpper(c) ? char.ToLowerInvariant(c) : char.ToUpperInvariant(c)))),
    ];

    private static string EachWord(string text, Func<char, char> change)
    {
        var result = new StringBuilder(text.Length);
        var start = true;
        foreach (var c in text)
        {
            result.Append(start ? change(c) : c);
            start = !(char.IsLetterOrDigit(c) || c is '_' or '\'') || char.IsWhiteSpace(c);
        }

        return result.ToString();
    }

    /// <summary>Lower-case words with a separator: at case changes, at digits after letters, and in place of spaces, - and _.</summary>
    private static string Separate(string text, char separator)
    {
        var result = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c is ' ' or '-' or '_')
            {
                AppendOnce(result, separator);
                continue;
            }

            var endsUpperRun = i > 0 && i + 1 < text.Length && char.IsLower(text[i + 1]) && char.IsUpper(text[i - 1]);
            if (char.IsUpper(c) && i > 0 && (char.IsLower(text[i - 1]) || char.IsDigit(text[i - 1]) || endsUpperRun))
            {
                AppendOnce(result, separator);
            }

            result.Append(char.ToLowerInvariant(c));
        }

        return result.ToString();
    }

    private static void AppendOnce(StringBuilder result, char separator)
    {
        if (result.Length > 0 && result[^1] != separator)
        {
            result.Append(separator);
        }
    }

    private static string Camel(string text) =>
        string.Concat(text.Split([' ', '-', '_'], StringSplitOptions.RemoveEmptyEntries)
            .Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
}
