namespace GitOpsToolkit.Versioning;

/// <summary>An election that goes on: takes tags one by one and holds only the best so far.</summary>
public sealed class TagBallot
{
    private readonly TagElector elector;
    private readonly TagCounts counts = new();
    private string? bestTag;
    private string bestValue = "";
    private TagRank bestRank;
    private DateTimeOffset bestSeen;
    private string? badNumber;
    private DateTimeOffset? nextOfAge;
    private bool hasOnlyFloating = true;

    internal TagBallot(TagElector elector) => this.elector = elector;

    /// <summary>Takes a tag into account.</summary>
    /// <param name="tag">The tag.</param>
    /// <param name="firstSeen">When it was first seen; null where that is not known.</param>
    public void Add(ReadOnlySpan<char> tag, DateTimeOffset? firstSeen = null)
    {
        counts.Considered++;
        var refused = elector.Judge(tag, firstSeen, out var value, out var rank);
        hasOnlyFloating &= refused < TagRefusal.Held || !tag.ContainsAnyInRange('0', '9');
        if (refused is { } refusal)
        {
            Refuse(refusal, value, firstSeen);
            return;
        }

        var seen = firstSeen ?? DateTimeOffset.MinValue;
        if (bestTag is null || Leads(value, rank, seen))
        {
            // One value of several tags stands for the last of them, as with Flux: in descending order that is the smallest.
            bestTag = tag.ToString();
            bestValue = value.SequenceEqual(tag) ? bestTag : value.ToString();
            bestRank = rank;
            bestSeen = seen;
        }
    }

    /// <summary>Ends the election.</summary>
    public TagElection Close() => FindError() is { } error
        ? new TagElection(Tag: null, error, counts, nextOfAge)
        : new TagElection(bestTag, Error: null, counts, nextOfAge) { IsFloating = hasOnlyFloating };

    private void Refuse(TagRefusal refusal, ReadOnlySpan<char> value, DateTimeOffset? firstSeen)
    {
        counts[refusal]++;
        if (refusal == TagRefusal.NotANumber)
        {
            badNumber ??= value.ToString();
        }
        else if (refusal == TagRefusal.TooYoung && firstSeen is { } seen)
        {
            var ofAge = seen + elector.Terms.MinAge;
            nextOfAge = nextOfAge is null || ofAge < nextOfAge ? ofAge : nextOfAge;
        }
    }

    private bool Leads(ReadOnlySpan<char> value, in TagRank rank, DateTimeOffset seen)
    {
        if (elector.Terms.NewestFirst && seen != bestSeen)
        {
            return seen > bestSeen;
        }

        return value.SequenceEqual(bestValue) || elector.Policy.Beats(value, rank, bestValue, bestRank);
    }

    private string? FindError()
    {
        if (badNumber is not null && elector.Terms.FailOnBadNumber)
        {
            return $"failed to parse invalid numeric value '{badNumber}'";
        }

        if (bestTag is not null)
        {
            return null;
        }

        if (counts.Considered == counts[TagRefusal.Filtered])
        {
            return "version list argument cannot be empty";
        }

        var held = counts.Refused.Where(refused => refused.Key >= TagRefusal.Held).Select(refused => $"{refused.Value} {refused.Key}").ToArray();
        return held.Length > 0 ? $"no tag that the policy admits may be used: {string.Join(", ", held)}"
            : badNumber is not null ? $"no tag is a number, for example '{badNumber}'"
            : "unable to determine latest version from provided list";
    }
}
