namespace GitOpsToolkit.Versioning;

/// <summary>What an election gave: a tag, or the reason why there is none. Exactly one of the two is set.</summary>
/// <param name="Tag">The elected tag.</param>
/// <param name="Error">Why none could be elected.</param>
/// <param name="Counts">How many tags took part and were refused.</param>
/// <param name="NextOfAge">When the next tag that is too young will be old enough; null where there is none.</param>
public sealed record TagElection(string? Tag, string? Error, TagCounts Counts, DateTimeOffset? NextOfAge)
{
    /// <summary>
    /// A tag was elected, and every tag that filter and policy admit is one without a digit, such as <c>latest</c>: names that are moved from
    /// image to image, by which nothing new is ever elected.
    /// </summary>
    public bool IsFloating { get; init; }
}

/// <summary>Elects one of a list of tags in one pass, without sorting and, for most tags, without allocating.</summary>
/// <param name="policy">Which values it admits, and which of two is the better one.</param>
/// <param name="filter">Which tags take part, and what of them the policy sees; null for all, whole.</param>
/// <param name="terms">What else is asked of a tag.</param>
public sealed class TagElector(TagPolicy policy, TagFilter? filter = null, ElectionTerms? terms = null)
{
    internal ElectionTerms Terms { get; } = terms ?? ElectionTerms.None;

    internal TagPolicy Policy => policy;

    /// <summary>Begins an election; give it the tags in descending byte order, as the tag store keeps them.</summary>
    public TagBallot Open() => new(this);

    /// <summary>Elects one of the tags.</summary>
    /// <param name="tags">The tags, in descending byte order.</param>
    /// <param name="firstSeen">When a tag was first seen, or null where that is not known; only asked where the terms need it.</param>
    public TagElection Elect(IEnumerable<string> tags, Func<string, DateTimeOffset?>? firstSeen = null)
    {
        var ballot = Open();
        foreach (var tag in tags)
        {
            ballot.Add(tag, firstSeen?.Invoke(tag));
        }

        return ballot.Close();
    }

    /// <summary>Elects one of the tags and tells of each why it was elected or not.</summary>
    /// <param name="tags">The tags, in descending byte order, each with when it was first seen where that is known.</param>
    public ElectionReport Explain(IReadOnlyList<KeyValuePair<string, DateTimeOffset?>> tags)
    {
        var ballot = Open();
        foreach (var (tag, firstSeen) in tags)
        {
            ballot.Add(tag, firstSeen);
        }

        var election = ballot.Close();
        var reasons = new VerdictText(this, election.Tag);
        return new ElectionReport(election, [.. tags.Select(entry => reasons.Describe(entry.Key, entry.Value))]);
    }

    /// <summary>Why the tag cannot be elected, or null where it can; then its value and rank are set.</summary>
    internal TagRefusal? Judge(ReadOnlySpan<char> tag, DateTimeOffset? firstSeen, out ReadOnlySpan<char> value, out TagRank rank)
    {
        value = tag;
        rank = default;
        if (filter is not null && !filter.TryTake(tag, out value))
        {
            return TagRefusal.Filtered;
        }

        if (policy.Judge(value, out rank) is { } refusal)
        {
            return refusal;
        }

        if (Holder(tag, rank) is not null)
        {
            return TagRefusal.Held;
        }

        if (Terms.MinAge > TimeSpan.Zero && !IsOfAge(tag, firstSeen))
        {
            return TagRefusal.TooYoung;
        }

        return Terms.Refused.Count > 0 && Terms.Refused.TryGetValue(tag.ToString(), out var found) ? found.Reason : null;
    }

    /// <summary>The hold that is on a tag, or null.</summary>
    internal TagHold? Holder(ReadOnlySpan<char> tag, in TagRank rank)
    {
        foreach (var hold in Terms.Holds)
        {
            if (hold.IsOn(Terms.Now) && hold.Holds(tag, rank.Version))
            {
                return hold;
            }
        }

        return null;
    }

    private bool IsOfAge(ReadOnlySpan<char> tag, DateTimeOffset? firstSeen) =>
        tag.SequenceEqual(Terms.Incumbent) || (firstSeen is { } seen && Terms.Now - seen >= Terms.MinAge);
}
