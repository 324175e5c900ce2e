using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace GitOpsToolkit.Versioning;

/// <summary>
/// A regular expression in Go's syntax (RE2), matched in time linear in the input. Patterns that Go refuses, such as look-around and
/// back-references, are refused with the reason; so are the few of Go's that cannot be carried over exactly (see the decision record).
/// </summary>
public sealed partial class GoRegex
{
    /// <summary>Longer patterns are refused.</summary>
    public const int MaxPatternLength = 4096;

    private readonly Regex regex;
    private readonly string pattern;
    private readonly IReadOnlyList<string> groupNames;

    private GoRegex(string pattern, Regex regex, IReadOnlyList<string> groupNames)
    {
        this.pattern = pattern;
        this.regex = regex;
        this.groupNames = groupNames;
    }

    /// <summary>Compiles a pattern.</summary>
    /// <param name="pattern">The pattern in Go's syntax.</param>
    /// <param name="regex">The compiled pattern, or null.</param>
    /// <param name="error">Why it was refused, with the pattern; or null.</param>
    public static bool TryCompile(string pattern, [NotNullWhen(true)] out GoRegex? regex, [NotNullWhen(false)] out string? error)
    {
        regex = null;
        if (pattern.Length > MaxPatternLength)
        {
            error = $"longer than {MaxPatternLength} characters";
            return false;
        }

        try
        {
            var translation = new GoRegexTranslator(pattern).Translate();
            var options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;
            regex = new GoRegex(pattern, new Regex(translation.Pattern, options), translation.GroupNames);
            error = null;
            return true;
        }
        catch (GoRegexException refused)
        {
            error = refused.Message;
        }
        catch (NotSupportedException)
        {
            error = "the pattern needs too many states; use smaller repetition counts";
        }
        catch (ArgumentException refused)
        {
            error = refused.Message;
        }

        return false;
    }

    /// <summary>Whether the pattern matches anywhere in the text.</summary>
    public bool IsMatch(ReadOnlySpan<char> text) => regex.IsMatch(text);

    /// <summary>
    /// Matches the text and expands a template in Go's syntax from the first match: <c>$1</c>, <c>$name</c>, <c>${name}</c>, <c>$$</c>. A
    /// name is the longest run of letters, digits and <c>_</c> (<c>$1x</c> is the group named 1x); an unknown group is empty.
    /// </summary>
    /// <param name="text">The text to match.</param>
    /// <param name="template">The template.</param>
    /// <param name="expanded">The expansion; empty where the text does not match.</param>
    public bool TryExpand(string text, string template, out string expanded)
    {
        var match = regex.Match(text);
        expanded = match.Success ? GoTemplate.Expand(template, name => GroupValue(match, name)) : "";
        return match.Success;
    }

    /// <summary>The pattern as it was given.</summary>
    public override string ToString() => pattern;

    private string GroupValue(Match match, string name)
    {
        if (int.TryParse(name, System.Globalization.NumberStyles.None, provider: null, out var number))
        {
            return number <= groupNames.Count ? match.Groups[number].Value : "";
        }

        for (var i = 0; i < groupNames.Count; i++)
        {
            if (groupNames[i] == name)
            {
                return match.Groups[i + 1].Value;
            }
        }

        return "";
    }
}

/// <summary>A pattern that Go would refuse or that cannot be carried over; the message is Go's where Go has one.</summary>
internal sealed class GoRegexException(string message) : Exception(message);
