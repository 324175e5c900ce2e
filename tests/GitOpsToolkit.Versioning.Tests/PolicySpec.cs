using System.Text.Json.Nodes;

namespace GitOpsToolkit.Versioning.Tests;

/// <summary>Runs the policy and filter of an ImagePolicy's spec, given as JSON.</summary>
internal static class PolicySpec
{
    internal static TagElection Elect(JsonObject spec, IReadOnlyList<string> tags)
    {
        var (policy, error) = Policy(spec["policy"]!.AsObject());
        if (policy is null)
        {
            return new TagElection(null, error);
        }

        if (spec["filterTags"] is not JsonObject filterTags)
        {
            return policy.Elect(tags);
        }

        if (!TagFilter.TryCreate(Text(filterTags, "pattern"), Text(filterTags, "extract"), out var filter, out error))
        {
            return new TagElection(null, error);
        }

        var filtered = filter.Apply(tags);
        var election = policy.Elect(filtered.Values);
        return election.Value is { } value ? new TagElection(filtered.TagOf(value), null) : election;
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
