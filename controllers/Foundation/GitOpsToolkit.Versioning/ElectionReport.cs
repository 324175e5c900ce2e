using System.Globalization;

namespace GitOpsToolkit.Versioning;

/// <summary>An election with what became of each tag.</summary>
/// <param name="Election">What it gave.</param>
/// <param name="Verdicts">The tags in the order in which they came.</param>
public sealed record ElectionReport(TagElection Election, IReadOnlyList<TagVerdict> Verdicts);

/// <summary>What became of a tag.</summary>
/// <param name="Tag">The tag.</param>
/// <param name="Value">What of it the policy saw.</param>
/// <param name="FirstSeen">When it was first seen; null where that is not known.</param>
/// <param name="IsElected">Whether it was elected.</param>
/// <param name="Reason">One word: <c>Elected</c>, <c>Outranked</c>, or the name of a <see cref="TagRefusal"/>.</param>
/// <param name="Message">The reason for people.</param>
public sealed record TagVerdict(string Tag, string Value, DateTimeOffset? FirstSeen, bool IsElected, string Reason, string Message);

/// <summary>Finds the words for what became of a tag.</summary>
internal sealed class VerdictText(TagElector elector, string? elected)
{
    internal TagVerdict Describe(string tag, DateTimeOffset? firstSeen)
    {
        var refusal = elector.Judge(tag, firstSeen, out var taken, out var rank);
        var value = taken.ToString();
        if (tag == elected)
        {
            return new TagVerdict(tag, value, firstSeen, IsElected: true, "Elected", "elected");
        }

        return refusal is { } refused
            ? new TagVerdict(tag, value, firstSeen, IsElected: false, refused.ToString(), Words(refused, tag, value, firstSeen, rank))
            : new TagVerdict(tag, value, firstSeen, IsElected: false, "Outranked", OutrankedWords(value, firstSeen));
    }

    private string Words(TagRefusal refusal, string tag, string value, DateTimeOffset? firstSeen, in TagRank rank) => refusal switch
    {
        TagRefusal.Filtered => "the pattern of spec.filterTags does not match",
        TagRefusal.NotAVersion => $"'{value}' is no version of three parts",
        TagRefusal.NotANumber => $"'{value}' is no number",
        TagRefusal.Prerelease => $"a prerelease, and no item of the range '{elector.Policy}' names one",
        TagRefusal.OutOfRange => $"not in the range '{elector.Policy}'",
        TagRefusal.Held => HoldWords(elector.Holder(tag, rank)!),
        TagRefusal.TooYoung when firstSeen is { } seen =>
            $"first seen {Time(seen)}: old enough at {Time(seen + elector.Terms.MinAge)}",
        TagRefusal.TooYoung => "not known when it was first seen: counts as too young",
        _ => elector.Terms.Refused[tag].Why,
    };

    private static string HoldWords(TagHold hold)
    {
        var by = hold.Author is { Length: > 0 } author ? $" by {author}" : "";
        var until = hold.Until is { } end ? $" until {Time(end)}" : "";
        var why = hold.Reason is { Length: > 0 } reason ? $": {reason}" : "";
        return $"held back{by}{until}{why}";
    }

    private string OutrankedWords(string value, DateTimeOffset? firstSeen)
    {
        if (elected is null)
        {
            return "could be elected";
        }

        elector.Judge(elected, firstSeen: null, out var best, out _);
        return value == best.ToString() ? $"gives the same value as {elected}"
            : elector.Terms.NewestFirst && firstSeen is not null ? $"{elected} was seen later, or at the same time and ranks higher"
            : $"{elected} ranks higher";
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
