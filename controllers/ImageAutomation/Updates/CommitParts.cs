using GitOpsToolkit.Controllers.ImageAutomation.Setters;

namespace GitOpsToolkit.Controllers.ImageAutomation.Updates;

/// <summary>How the changes of a run are spread over commits.</summary>
internal static class CommitParts
{
    /// <summary>The policies of each commit, in the order in which the commits are made: by name.</summary>
    /// <param name="scope">What is put into one commit.</param>
    /// <param name="update">All changes of the run; policies without one make no commit.</param>
    /// <param name="groups">The group of each policy that has one, by <c>namespace:policy</c>.</param>
    internal static IReadOnlyList<IReadOnlySet<string>> Of(
        CommitScope scope, TreeUpdate update, IReadOnlyDictionary<string, string> groups)
    {
        var policies = update.Changes.Select(change => SetterValues.PolicyOf(change.Setter)).ToHashSet(StringComparer.Ordinal);
        if (scope == CommitScope.Run)
        {
            return [policies];
        }

        // A policy's own name has a colon, a group's cannot be mistaken for it.
        string NameOf(string policy) =>
            scope == CommitScope.Group && groups.TryGetValue(policy, out var group) ? "group " + group : policy;
        return
        [
            .. policies.GroupBy(NameOf, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => group.ToHashSet(StringComparer.Ordinal)),
        ];
    }
}
