using System.Diagnostics.CodeAnalysis;

namespace GitOpsToolkit.Versioning;

/// <summary>Keeps the tags that match a pattern, and takes from each the part that a policy is to compare.</summary>
public sealed class TagFilter
{
    private readonly GoRegex pattern;
    private readonly string extract;

    private TagFilter(GoRegex pattern, string extract)
    {
        this.pattern = pattern;
        this.extract = extract;
    }

    /// <summary>Makes a filter.</summary>
    /// <param name="pattern">A Go regular expression, searched anywhere in the tag; empty keeps all.</param>
    /// <param name="extract">A Go template of the pattern's groups; null or empty takes the whole tag.</param>
    /// <param name="filter">The filter, or null.</param>
    /// <param name="error">What is wrong with the pattern, or null.</param>
    public static bool TryCreate(
        string? pattern, string? extract, [NotNullWhen(true)] out TagFilter? filter, [NotNullWhen(false)] out string? error)
    {
        filter = GoRegex.TryCompile(pattern ?? "", out var regex, out var reason) ? new TagFilter(regex, extract ?? "") : null;
        error = filter is null ? $"invalid regular expression pattern '{pattern}': error parsing regexp: {reason}" : null;
        return filter is not null;
    }

    /// <summary>
    /// The values to compare, each with the tag it came from, in the order of the list. Where several tags give one value the last of
    /// them stands, as in Flux: with tags in descending order that is the smallest.
    /// </summary>
    public FilteredTags Apply(IEnumerable<string> tags)
    {
        var values = new List<string>();
        var origins = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var tag in tags)
        {
            if (!TryTake(tag, out var taken))
            {
                continue;
            }

            var value = taken.ToString();

            if (!origins.ContainsKey(value))
            {
                values.Add(value);
            }

            origins[value] = tag;
        }

        return new FilteredTags(values, origins);
    }

    /// <summary>What of a tag is to be compared; false where the pattern does not match.</summary>
    internal bool TryTake(ReadOnlySpan<char> tag, out ReadOnlySpan<char> value)
    {
        value = tag;
        if (extract.Length == 0)
        {
            return pattern.IsMatch(tag);
        }

        var isMatch = pattern.TryExpand(tag.ToString(), extract, out var expanded);
        value = isMatch ? expanded : tag;
        return isMatch;
    }
}

/// <summary>What a filter left: the values to compare, and the way back to the tags.</summary>
public sealed class FilteredTags
{
    private readonly Dictionary<string, string> origins;

    internal FilteredTags(IReadOnlyList<string> values, Dictionary<string, string> origins)
    {
        Values = values;
        this.origins = origins;
    }

    /// <summary>The distinct values, in the order in which the tags gave them.</summary>
    public IReadOnlyList<string> Values { get; }

    /// <summary>The tag that gave a value.</summary>
    /// <exception cref="KeyNotFoundException">The value is not one of <see cref="Values"/>.</exception>
    public string TagOf(string value) => origins[value];
}
