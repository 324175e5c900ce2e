using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Resources;

namespace GitOpsToolkit.Sandbox.ApiServer.Objects;

/// <summary>Owner references that say the same twice.</summary>
internal static class OwnerReferences
{
    /// <summary>Keeps one of equal references, and warns of them.</summary>
    public static void Deduplicate(JsonObject meta, Action<string> warn)
    {
        if (meta.List("ownerReferences") is not { Count: > 1 } owners)
        {
            return;
        }

        var repeated = owners.Where((owner, at) => owners.Take(at).Any(earlier => JsonNode.DeepEquals(earlier, owner))).ToList();
        if (repeated.Count == 0)
        {
            return;
        }

        var uids = string.Join(", ", repeated.Select(owner => owner.Text("uid")).Distinct(StringComparer.Ordinal));
        repeated.ForEach(owner => owners.RemoveAt(owners.ToList().FindLastIndex(o => ReferenceEquals(o, owner))));
        warn(".metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, "
            + $"and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: {uids}");
    }
}
