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

/// <summary>What an election gave: a value, or the reason why there is none. Exactly one of the two is set.</summary>
/// <param name="Value">The elected value.</param>
/// <param name="Error">Why none could be elected.</param>
public readonly record struct TagElection(string? Value, string? Error)
{
    internal static TagElection Of(string value) => new(value, Error: null);

    internal static TagElection Failed(string error) => new(Value: null, error);
}

/// <summary>
/// Elects one of a list of tags in one pass. Every policy is deterministic for a given list; give tags in descending byte order, as the
/// tag store keeps them, to make it so for a given set.
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

    /// <summary>Elects one of the candidates.</summary>
    /// <param name="candidates">The tags, or what a filter extracted from them.</param>
    public TagElection Elect(IReadOnlyCollection<string> candidates) =>
        candidates.Count == 0 ? TagElection.Failed("version list argument cannot be empty") : ElectAny(candidates);

    private protected abstract TagElection ElectAny(IReadOnlyCollection<string> candidates);
}

internal sealed class SemVerPolicy(SemVerRange range) : TagPolicy
{
    private protected override TagElection ElectAny(IReadOnlyCollection<string> candidates) => range.Highest(candidates) is { } highest
        ? TagElection.Of(highest)
        : TagElection.Failed("unable to determine latest version from provided list");
}

internal sealed class AlphabeticalPolicy(TagOrder order) : TagPolicy
{
    private protected override TagElection ElectAny(IReadOnlyCollection<string> candidates) => TagElection.Of(
        order == TagOrder.Ascending ? candidates.Max(StringComparer.Ordinal)! : candidates.Min(StringComparer.Ordinal)!);
}

internal sealed class NumericalPolicy(TagOrder order) : TagPolicy
{
    private protected override TagElection ElectAny(IReadOnlyCollection<string> candidates)
    {
        string? best = null;
        var bestNumber = 0d;
        foreach (var candidate in candidates)
        {
            if (!GoFloat.TryParse(candidate, out var number))
            {
                return TagElection.Failed($"failed to parse invalid numeric value '{candidate}'");
            }

            // Written so that a NaN, which compares with nothing, replaces and is replaced: Flux's answer, whatever one thinks of it.
            if (best is null || !(order == TagOrder.Ascending ? number < bestNumber : number > bestNumber))
            {
                best = candidate;
                bestNumber = number;
            }
        }

        return TagElection.Of(best!);
    }
}
