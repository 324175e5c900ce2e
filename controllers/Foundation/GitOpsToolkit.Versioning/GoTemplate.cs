using System.Text;

namespace GitOpsToolkit.Versioning;

/// <summary>Go's regexp.Expand.</summary>
internal static class GoTemplate
{
    internal static string Expand(string template, Func<string, string> group)
    {
        var result = new StringBuilder();
        var rest = template.AsSpan();
        while (rest.IndexOf('$') is var at and >= 0)
        {
            result.Append(rest[..at]);
            rest = rest[at..];
            if (rest.Length > 1 && rest[1] == '$')
            {
                result.Append('$');
                rest = rest[2..];
                continue;
            }

            if (!TryTakeName(ref rest, out var name))
            {
                // Malformed: the dollar stands for itself.
                result.Append('$');
                rest = rest[1..];
                continue;
            }

            result.Append(group(name));
        }

        return result.Append(rest).ToString();
    }

    private static bool TryTakeName(scoped ref ReadOnlySpan<char> rest, out string name)
    {
        var braced = rest.Length > 1 && rest[1] == '{';
        var start = braced ? 2 : 1;
        var length = SemVerParser.RunLength(rest[start..], static c => char.IsLetterOrDigit(c) || c == '_');
        var end = start + length + (braced ? 1 : 0);
        name = rest.Slice(start, length).ToString();
        if (length == 0 || end > rest.Length || (braced && rest[end - 1] != '}'))
        {
            return false;
        }

        rest = rest[end..];
        return true;
    }
}
