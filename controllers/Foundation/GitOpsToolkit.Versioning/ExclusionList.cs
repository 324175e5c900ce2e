using System.Diagnostics.CodeAnalysis;

namespace GitOpsToolkit.Versioning;

/// <summary>Go regular expressions; a tag that any of them matches is not kept.</summary>
public sealed class ExclusionList
{
    /// <summary>The list used where none is given: cosign's signature tags.</summary>
    public static readonly IReadOnlyList<string> Default = ["^.*\\.sig$"];

    private static readonly ExclusionList Standard = new([]);

    private readonly GoRegex[] patterns;

    private ExclusionList(GoRegex[] patterns) => this.patterns = patterns;

    /// <summary>Makes a list.</summary>
    /// <param name="patterns">The expressions.</param>
    /// <param name="list">The list, or null.</param>
    /// <param name="error">Which expression is wrong and why, or null.</param>
    public static bool TryCreate(
        IReadOnlyList<string> patterns, [NotNullWhen(true)] out ExclusionList? list, [NotNullWhen(false)] out string? error)
    {
        if (patterns.SequenceEqual(Default))
        {
            list = Standard;
            error = null;
            return true;
        }

        list = null;
        var compiled = new GoRegex[patterns.Count];
        for (var i = 0; i < patterns.Count; i++)
        {
            if (!GoRegex.TryCompile(patterns[i], out var regex, out var reason))
            {
                error = $"failed to compile regex '{patterns[i]}': error parsing regexp: {reason}";
                return false;
            }

            compiled[i] = regex;
        }

        list = new ExclusionList(compiled);
        error = null;
        return true;
    }

    /// <summary>Whether the tag is to be dropped.</summary>
    public bool Excludes(ReadOnlySpan<char> tag)
    {
        if (ReferenceEquals(this, Standard))
        {
            // What nearly everybody has needs no regular expression: any character but a newline, and the ending.
            return tag.EndsWith(".sig") && !tag.Contains('\n');
        }

        foreach (var pattern in patterns)
        {
            if (pattern.IsMatch(tag))
            {
                return true;
            }
        }

        return false;
    }
}
