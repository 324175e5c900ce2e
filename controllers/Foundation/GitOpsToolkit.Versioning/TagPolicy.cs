using System.Diagnostics.CodeAnalysis;

namespace GitOpsToolkit.Versioning;

/// <summary>Which end of an order a policy takes.</summary>
public enum TagOrder
{
    /// <summary>The last of the ascending order: the largest.</summary>
    Ascending,

    /// <summary>The last of the descending order: the smallest.</summary>
    Descending,
}

/// <summary>What a policy reads in a value; which of the parts is set depends on the policy.</summary>
internal readonly record struct TagRank(SemVer? Version = null, double Number = 0);

/// <summary>
/// Which values can be elected, and which of two is the better one. Every policy is deterministic for a given list of tags; give them in
/// descending byte order, as the tag store keeps them, to make it so for a given set.
/// </summary>
public abstract class TagPolicy
{
    private protected TagPolicy()
    {
    }

    /// <summary>The highest version in a range; of versions of equal precedence the first of the list.</summary>
    /// <param name="range">The range in the syntax of <see cref="SemVerRange"/>.</param>
    /// <param name="policy">The policy, or null.</param>
    /// <param name="error">What is wrong with the range, or null.</param>
    public static bool TrySemVer(string range, [NotNullWhen(true)] out TagPolicy? policy, [NotNullWhen(false)] out string? error)
    {
        policy = SemVerRange.TryParse(range, out var parsed, out error) ? new SemVerPolicy(parsed) : null;
        return policy is not null;
    }

    /// <summary>The last or first in the order of the characters' codes.</summary>
    public static TagPolicy Alphabetical(TagOrder order) => new AlphabeticalPolicy(order);

    /// <summary>The largest or smallest number, read as Go reads floating-point numbers; of equal ones the last of the list.</summary>
    public static TagPolicy Numerical(TagOrder order) => new NumericalPolicy(order);

    /// <summary>Reads <c>asc</c> or <c>desc</c>; null or empty text is the default, ascending.</summary>
    public static bool TryParseOrder(string? text, out TagOrder order, [NotNullWhen(false)] out string? error)
    {
        order = text is "desc" or "DESC" ? TagOrder.Descending : TagOrder.Ascending;
        error = text is null or "" or "asc" or "ASC" or "desc" or "DESC"
            ? null
            : $"invalid order argument provided: '{text}', must be one of: asc, desc";
        return error is null;
    }

    /// <summary>Why the value cannot be elected, or null where it can.</summary>
    internal abstract TagRefusal? Judge(ReadOnlySpan<char> value, out TagRank rank);

    /// <summary>Whether a value that comes later in the list takes the place of the best one so far, which is another text.</summary>
    internal abstract bool Beats(ReadOnlySpan<char> value, in TagRank rank, ReadOnlySpan<char> best, in TagRank bestRank);
}

internal sealed class SemVerPolicy(SemVerRange range) : TagPolicy
{
    public override string ToString() => range.ToString();

    internal override TagRefusal? Judge(ReadOnlySpan<char> value, out TagRank rank)
    {
        if (!SemVer.TryReadThreeParts(value, out var version))
        {
            rank = default;
            return TagRefusal.NotAVersion;
        }

        rank = new TagRank(version);
        return range.Contains(version) ? null
            : version.IsPrerelease && range.Contains(version, includePrerelease: true) ? TagRefusal.Prerelease
            : TagRefusal.OutOfRange;
    }

    internal override bool Beats(ReadOnlySpan<char> value, in TagRank rank, ReadOnlySpan<char> best, in TagRank bestRank) =>
        rank.Version!.Value > bestRank.Version!.Value;
}

internal sealed class AlphabeticalPolicy(TagOrder order) : TagPolicy
{
    internal override TagRefusal? Judge(ReadOnlySpan<char> value, out TagRank rank)
    {
        rank = default;
        return null;
    }

    internal override bool Beats(ReadOnlySpan<char> value, in TagRank rank, ReadOnlySpan<char> best, in TagRank bestRank) =>
        value.SequenceCompareTo(best) is var compared && (order == TagOrder.Ascending ? compared > 0 : compared < 0);
}

internal sealed class NumericalPolicy(TagOrder order) : TagPolicy
{
    internal override TagRefusal? Judge(ReadOnlySpan<char> value, out TagRank rank)
    {
        var isNumber = GoFloat.TryParse(value, out var number);
        rank = new TagRank(Number: number);
        return isNumber ? null : TagRefusal.NotANumber;
    }

    // Written so that a NaN, which compares with nothing, replaces and is replaced: Flux's answer, whatever one thinks of it.
    internal override bool Beats(ReadOnlySpan<char> value, in TagRank rank, ReadOnlySpan<char> best, in TagRank bestRank) =>
        !(order == TagOrder.Ascending ? rank.Number < bestRank.Number : rank.Number > bestRank.Number);
}
