using System.Collections.Frozen;
using GitOpsToolkit.Kustomize.Transformers;

namespace GitOpsToolkit.Kustomize.Configuration;

/// <summary>The order of kinds that kustomize sorts by: what others need first, webhooks last, the rest by group, version and kind.</summary>
internal static class KindOrder
{
    internal static readonly IReadOnlyList<string> First =
    [
        "Namespace", "ResourceQuota", "StorageClass", "CustomResourceDefinition", "ServiceAccount", "PodSecurityPolicy", "Role", "ClusterRole",
        "RoleBinding", "ClusterRoleBinding", "ConfigMap", "Secret", "Endpoints", "Service", "LimitRange", "PriorityClass", "PersistentVolume",
        "PersistentVolumeClaim", "Deployment", "StatefulSet", "CronJob", "PodDisruptionBudget",
    ];

    internal static readonly IReadOnlyList<string> Last = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];

    internal static readonly IComparer<FieldSpec> BySpec = Comparer<FieldSpec>.Create((a, b) =>
        Compare(a.Group, a.Version, a.Kind, b.Group, b.Version, b.Kind));

    private static readonly FrozenDictionary<string, int> Ranks = RanksOf(First, Last);

    /// <summary>Negative for kinds that come first, positive for those that come last; others have none.</summary>
    internal static FrozenDictionary<string, int> RanksOf(IReadOnlyList<string> first, IReadOnlyList<string> last)
    {
        var ranks = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < first.Count; i++)
        {
            ranks[first[i]] = i - first.Count;
        }

        for (var i = 0; i < last.Count; i++)
        {
            ranks[last[i]] = i + 1;
        }

        return ranks.ToFrozenDictionary(StringComparer.Ordinal);
    }

    internal static int Compare(string? groupA, string? versionA, string? kindA, string? groupB, string? versionB, string? kindB)
    {
        var rank = Ranks.GetValueOrDefault(kindA ?? "").CompareTo(Ranks.GetValueOrDefault(kindB ?? ""));
        return rank != 0 ? rank : string.CompareOrdinal(SortText(groupA, versionA, kindA), SortText(groupB, versionB, kindB));
    }

    /// <summary>A tilde sorts behind letters: what is not given comes last.</summary>
    internal static string SortText(string? group, string? version, string? kind) =>
        $"{(string.IsNullOrEmpty(group) ? "~G" : group)}_{(string.IsNullOrEmpty(version) ? "~V" : version)}_{(string.IsNullOrEmpty(kind) ? "~K" : kind)}";
}
