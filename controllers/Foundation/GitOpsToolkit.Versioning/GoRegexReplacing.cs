using System.Text.RegularExpressions;

namespace GitOpsToolkit.Versioning;

/// <summary>Finding, replacing and splitting as Go does: an empty match right behind another match does not count.</summary>
public sealed partial class GoRegex
{
    /// <summary>The texts that match, one behind the other.</summary>
    /// <param name="text">The text to look through.</param>
    /// <param name="most">How many to look for; all if negative.</param>
    public IReadOnlyList<string> Find(string text, int most) => [.. Matches(text, most).Select(match => match.Value)];

    /// <summary>The text with every match replaced, in pieces.</summary>
    /// <param name="text">The text to look through.</param>
    /// <param name="replacement">What is put there: a template as for <see cref="TryExpand"/>.</param>
    /// <param name="isLiteral">Whether the replacement is put there as it is.</param>
    public IEnumerable<string> Replace(string text, string replacement, bool isLiteral)
    {
        var at = 0;
        foreach (var match in Matches(text, most: -1))
        {
            yield return text[at..match.Index];
            yield return isLiteral ? replacement : GoTemplate.Expand(replacement, name => GroupValue(match, name));
            at = match.Index + match.Length;
        }

        yield return text[at..];
    }

    /// <summary>What stands between the matches; null where none is asked for.</summary>
    /// <param name="text">The text to split.</param>
    /// <param name="most">How many parts at most, of which the last is the rest; all if negative.</param>
    public IReadOnlyList<string>? Split(string text, int most)
    {
        if (most == 0)
        {
            return null;
        }

        if (text.Length == 0 && pattern.Length > 0)
        {
            return [""];
        }

        var parts = new List<string>();
        var (begin, end) = (0, 0);
        foreach (var match in Matches(text, most))
        {
            if (most > 0 && parts.Count == most - 1)
            {
                break;
            }

            end = match.Index;
            if (match.Index + match.Length != 0)
            {
                parts.Add(text[begin..end]);
            }

            begin = match.Index + match.Length;
        }

        if (end != text.Length)
        {
            parts.Add(text[begin..]);
        }

        return parts;
    }

    private IEnumerable<Match> Matches(string text, int most)
    {
        var end = -1;
        var count = 0;
        for (var match = regex.Match(text); match.Success && count != most; match = match.NextMatch())
        {
            // .NET also finds nothing between the two halves of one character.
            var isInside = match.Length == 0 && match.Index > 0 && match.Index < text.Length && char.IsLowSurrogate(text[match.Index])
                && char.IsHighSurrogate(text[match.Index - 1]);
            if (!isInside && (match.Length > 0 || match.Index != end))
            {
                count++;
                yield return match;
            }

            end = match.Index + match.Length;
        }
    }
}
