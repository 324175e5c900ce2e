using System.IO.Enumeration;
using System.Text;

namespace GitOpsToolkit.ApiServerFidelity.Tests.Comparing;

/// <summary>
/// A place in an answer: <c>code</c>, <c>headers.NAME</c>, or <c>$</c> for the body with <c>.name</c>, <c>['na.me']</c>, <c>[0]</c>,
/// <c>*</c> for any one part (<c>['na.*']</c>: that looks so) and <c>..</c> for any number of them. It covers everything under it.
/// </summary>
internal sealed class PathPattern
{
    private const string AnyNumber = "..";
    private readonly string text;

    private PathPattern(string text, IReadOnlyList<string> parts) => (this.text, Parts) = (text, parts);

    /// <exception cref="InvalidDataException">A bracket is not closed.</exception>
    public static PathPattern Parse(string text)
    {
        var parts = new List<string>();
        for (var i = 0; i < text.Length;)
        {
            var next = text[i];
            if (text.AsSpan(i).StartsWith(AnyNumber))
            {
                parts.Add(AnyNumber);
                i += 2;
            }
            else if (next == '.')
            {
                i++;
            }
            else if (next == '[')
            {
                var quoted = text.AsSpan(i).StartsWith("['");
                var end = text.IndexOf(quoted ? "']" : "]", i, StringComparison.Ordinal);
                if (end < 0)
                {
                    throw new InvalidDataException($"{text}: a bracket is not closed");
                }

                parts.Add(quoted ? text[(i + 2)..end] : text[(i + 1)..end]);
                i = end + (quoted ? 2 : 1);
            }
            else
            {
                var end = text.IndexOfAny(['.', '['], i);
                end = end < 0 ? text.Length : end;
                parts.Add(text[i..end]);
                i = end;
            }
        }

        return new(text, parts);
    }

    /// <summary>Its parts, without dots and brackets.</summary>
    public IReadOnlyList<string> Parts { get; }

    /// <summary>Whether the place is this one or under it.</summary>
    public bool Covers(IReadOnlyList<string> path) => Covers(0, path, 0);

    public override string ToString() => text;

    /// <summary>The text of a place.</summary>
    public static string Text(IReadOnlyList<string> path)
    {
        var output = new StringBuilder(path.Count > 0 ? path[0] : "");
        foreach (var part in path.Skip(1))
        {
            output.Append(int.TryParse(part, out _) ? $"[{part}]" : part.AsSpan().ContainsAny("./[:") ? $"['{part}']" : "." + part);
        }

        return output.ToString();
    }

    private static bool Matches(string wanted, string part) =>
        wanted == part || (wanted.Contains('*') && FileSystemName.MatchesSimpleExpression(wanted, part, ignoreCase: false));

    private bool Covers(int part, IReadOnlyList<string> path, int at)
    {
        if (part == Parts.Count)
        {
            return true;
        }

        if (Parts[part] == AnyNumber)
        {
            return Enumerable.Range(at, path.Count - at + 1).Any(i => Covers(part + 1, path, i));
        }

        return at < path.Count && Matches(Parts[part], path[at]) && Covers(part + 1, path, at + 1);
    }
}
