using System.Text.Json.Nodes;

namespace GitOpsToolkit.Versioning.Tests;

/// <summary>Runs the policy and filter of an ImagePolicy's spec, given as JSON.</summary>
internal static class PolicySpec
{
    internal static TagElection Elect(JsonObject spec, IReadOnlyList<string> tags)
    {
        var (policy, error) = Policy(spec["policy"]!.AsObject());
        TagFilter? filter = null;
        if (policy is null || (spec["filterTags"] is JsonObject filterTags
            && !TagFilter.TryCreate(Text(filterTags, "pattern"), Text(filterTags, "extract"), out filter, out error)))
        {
            return new TagElection(null, error, new TagCounts(), NextOfAge: null);
        }

        return new TagElector(policy, filter, new ElectionTerms { FailOnBadNumber = true }).Elect(tags);
    }

    internal static string? Text(JsonObject parent, string name) => parent[name]?.GetValue<string>();

    private static (TagPolicy? Policy, string? Error) Policy(JsonObject spec)
    {
        if (spec["semver"] is JsonObject semver)
        {
            return (TagPolicy.TrySemVer(Text(semver, "range") ?? "", out var policy, out var reason) ? policy : null, reason);
        }

        var alphabetical = spec["alphabetical"] as JsonObject;
        if (!TagPolicy.TryParseOrder(Text(alphabetical ?? spec["numerical"]!.AsObject(), "order"), out var order, out var error))
        {
            return (null, error);
        }

        return (alphabetical is not null ? TagPolicy.Alphabetical(order) : TagPolicy.Numerical(order), null);
    }
}
