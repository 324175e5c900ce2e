using System.Text;
using GitOpsToolkit.Templating.Execution;

namespace GitOpsToolkit.Templating.Functions;

/// <summary>sprig's functions on texts.</summary>
internal static class StringFunctions
{
    private const int Any = int.MaxValue;
    private static readonly char[] White = [' ', '\t', '\n', '\v', '\f', '\r', '\u0085', '\u00A0'];

    internal static IEnumerable<Function> All { get; } =
    [
        new("trim", 1, 1, call => call.Text(0).Trim(White)),
        new("trimAll", 2, 2, call => call.Text(1).Trim(call.Text(0).ToCharArray())),
        new("trimPrefix", 2, 2, call => call.Text(1).StartsWith(call.Text(0), StringComparison.Ordinal)
            ? call.Text(1)[call.Text(0).Length..] : call.Text(1)),
        new("trimSuffix", 2, 2, call => call.Text(1).EndsWith(call.Text(0), StringComparison.Ordinal)
            ? call.Text(1)[..^call.Text(0).Length] : call.Text(1)),
        new("contains", 2, 2, call => call.Text(1).Contains(call.Text(0), StringComparison.Ordinal)),
        new("hasPrefix", 2, 2, call => call.Text(1).StartsWith(call.Text(0), StringComparison.Ordinal)),
        new("hasSuffix", 2, 2, call => call.Text(1).EndsWith(call.Text(0), StringComparison.Ordinal)),
        new("replace", 3, 3, call => call.Text(0).Length == 0
            ? Spread(call.Text(2), call.Text(1))
            : call.Text(2).Replace(call.Text(0), call.Text(1), StringComparison.Ordinal)),
        new("repeat", 2, 2, Repeat),
        new("nospace", 1, 1, call => string.Concat(call.Text(0).Where(c => !char.IsWhiteSpace(c)))),
        new("trunc", 2, 2, call => Truncate(call.Text(1), call.Count32(0))),
        new("substr", 3, 3, call => Substring(call.Text(2), call.Count32(0), call.Count32(1))),
        new("abbrev", 2, 2, call => Abbreviate(call.Text(1), call.Count32(0))),
        new("quote", 0, Any, call =>
            string.Join(' ', call.All.Where(value => value is not null).Select(value => GoQuote.Double(Print(value))))),
        new("squote", 0, Any, call => string.Join(' ', call.All.Where(value => value is not null).Select(value => $"'{Print(value)}'"))),
        new("cat", 0, Any, call => string.Join(' ', call.All.Where(value => value is not null).Select(Print))),
        new("indent", 2, 2, call => Indent(call.Count32(0), call.Text(1))),
        new("nindent", 2, 2, call => "\n" + Indent(call.Count32(0), call.Text(1))),
        new("plural", 3, 3, call => call.Integer(2) == 1 ? call.Text(0) : call.Text(1)),
        new("toString", 1, 1, call => Print(call[0])),
        new("wrap", 2, 2, call => Wrap(call.Text(1), call.Count32(0))),
    ];

    internal static string Print(object? value) => GoPrint.Text(value);

    private static string Repeat(FunctionArguments call)
    {
        var count = Math.Max(0, call.Count32(0));
        var text = call.Text(1);
        return (long)count * text.Length <= call.MaxOutput
            ? new StringBuilder().Insert(0, text, count).ToString()
            : throw new ValueException($"result is over the cap of {call.MaxOutput} characters");
    }

    /// <summary>Go replaces the empty text before every character and at the end.</summary>
    private static string Spread(string text, string between) =>
        between + string.Concat(text.EnumerateRunes().Select(rune => rune + between));

    private static string Truncate(string text, int count)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (count < 0)
        {
            return bytes.Length + count > 0 ? Encoding.UTF8.GetString(bytes[^-count..]) : text;
        }

        return bytes.Length > count ? Encoding.UTF8.GetString(bytes, 0, count) : text;
    }

    private static string Substring(string text, int start, int end)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var from = Math.Max(0, start);
        var to = end < 0 || end > bytes.Length ? bytes.Length : end;
        return from <= to
            ? Encoding.UTF8.GetString(bytes, from, to - from)
            : throw new ValueException($"bounds out of range: {start} > {end}");
    }

    private static string Abbreviate(string text, int width)
    {
        if (width < 4 || text.Length <= width)
        {
            return text;
        }

        return text[..(width - 3)] + "...";
    }

    private static string Indent(int count, string text)
    {
        var pad = count is >= 0 and <= 1000
            ? new string(' ', count)
            : throw new ValueException($"indent of {count} is not between 0 and 1000");
        return pad + text.Replace("\n", "\n" + pad, StringComparison.Ordinal);
    }

    private static string Wrap(string text, int width)
    {
        var result = new StringBuilder();
        var column = 0;
        foreach (var word in text.Split(' '))
        {
            if (column > 0 && column + 1 + word.Length > Math.Max(1, width))
            {
                result.Append('\n');
                column = 0;
            }
            else if (result.Length > 0)
            {
                result.Append(' ');
                column++;
            }

            result.Append(word);
            column += word.Length;
        }

        return result.ToString();
    }
}
