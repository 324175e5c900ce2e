using System.Diagnostics.CodeAnalysis;
using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Versioning;
using Filter = GitOpsToolkit.Versioning.TagFilter;

namespace GitOpsToolkit.Controllers.ImageReflector.Policies;

/// <summary>A policy ready to be used: which tags to consider and how to elect one.</summary>
/// <param name="Policy">Elects.</param>
/// <param name="Filter">Which tags take part; null for all.</param>
public sealed record ElectionRules(TagPolicy Policy, Filter? Filter)
{
    /// <summary>The election by these rules.</summary>
    /// <param name="terms">What else is asked of a tag; null for nothing.</param>
    public TagElector Elector(ElectionTerms? terms = null) => new(Policy, Filter, terms);

    /// <summary>Reads the rules from a spec: the first of semver, alphabetical and numerical that is set.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="rules">The rules, or null.</param>
    /// <param name="error">What is wrong with the spec, or null.</param>
    public static bool TryRead(ImagePolicySpec spec, [NotNullWhen(true)] out ElectionRules? rules, [NotNullWhen(false)] out string? error)
    {
        rules = null;
        Filter? filter = null;
        if (!TryPolicy(spec.Policy, out var policy, out error))
        {
            error = $"invalid policy: {error}";
            return false;
        }

        if (spec.FilterTags is { } given && !Filter.TryCreate(given.Pattern, given.Extract, out filter, out error))
        {
            error = $"invalid policy: {error}";
            return false;
        }

        rules = new ElectionRules(policy, filter);
        error = null;
        return true;
    }

    private static bool TryPolicy(
        ImagePolicyChoice choice, [NotNullWhen(true)] out TagPolicy? policy, [NotNullWhen(false)] out string? error)
    {
        policy = null;
        if (choice.SemVer is { } semver)
        {
            return TagPolicy.TrySemVer(semver.Range, out policy, out error);
        }

        var order = choice.Alphabetical is { } alphabetical ? alphabetical.Order : choice.Numerical?.Order;
        if (choice.Alphabetical is null && choice.Numerical is null)
        {
            error = "spec.policy has none of semver, alphabetical and numerical; set one";
            return false;
        }

        if (!TagPolicy.TryParseOrder(order, out var parsed, out error))
        {
            return false;
        }

        policy = choice.Alphabetical is not null ? TagPolicy.Alphabetical(parsed) : TagPolicy.Numerical(parsed);
        return true;
    }
}
