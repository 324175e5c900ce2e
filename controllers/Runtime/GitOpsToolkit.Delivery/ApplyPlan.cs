namespace GitOpsToolkit.Delivery;

/// <summary>The order in which objects are applied; deletion goes the other way round.</summary>
public sealed class ApplyOrder : IComparer<ObjectRef>
{
    private static readonly string[] First =
    [
        "CustomResourceDefinition", "Namespace", "ClusterRole", "ClusterClass", "RuntimeClass", "PriorityClass", "StorageClass",
        "VolumeSnapshotClass", "IngressClass", "GatewayClass", "ClusterRoleBinding", "ResourceQuota", "ServiceAccount", "Role",
        "RoleBinding",
        "ConfigMap", "Secret", "Service", "LimitRange", "Deployment", "StatefulSet", "CronJob", "PodDisruptionBudget",
    ];

    private static readonly string[] Last = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];

    private static readonly Dictionary<string, int> Ranks = First.Select((kind, i) => (kind, rank: i - First.Length))
        .Concat(Last.Select((kind, i) => (kind, rank: i + 1)))
        .ToDictionary(entry => entry.kind, entry => entry.rank, StringComparer.Ordinal);

    /// <summary>The only instance.</summary>
    public static ApplyOrder Instance { get; } = new();

    /// <inheritdoc/>
    public int Compare(ObjectRef x, ObjectRef y)
    {
        var byRank = Ranks.GetValueOrDefault(x.Kind.Kind).CompareTo(Ranks.GetValueOrDefault(y.Kind.Kind));
        if (byRank != 0)
        {
            return byRank;
        }

        var byGroup = string.CompareOrdinal(x.Kind.Group, y.Kind.Group);
        if (byGroup != 0)
        {
            return byGroup;
        }

        var byKind = string.CompareOrdinal(x.Kind.Kind, y.Kind.Kind);
        return byKind != 0 ? byKind : x.Key.CompareTo(y.Key);
    }
}

/// <summary>Objects that are applied together.</summary>
/// <param name="Objects">The objects, in <see cref="ApplyOrder"/>.</param>
/// <param name="WaitUntilCurrent">Whether the next stage begins only when all of these are current.</param>
public sealed record ApplyStage(IReadOnlyList<DesiredObject> Objects, bool WaitUntilCurrent);

/// <summary>Divides objects into stages: definitions, then classes, then kinds the operator names, then everything else.</summary>
public static class ApplyPlan
{
    /// <summary>Makes the plan; stages without objects are left out.</summary>
    /// <param name="objects">The objects in any order.</param>
    /// <param name="customStageKinds">Kinds as <c>group/Kind</c> (core: <c>Kind</c>) that go before the rest.</param>
    public static IReadOnlyList<ApplyStage> Of(IEnumerable<DesiredObject> objects, IReadOnlySet<string>? customStageKinds = null)
    {
        ArgumentNullException.ThrowIfNull(objects);
        var stages = new List<DesiredObject>[] { [], [], [], [] };
        foreach (var desired in objects)
        {
            stages[StageOf(desired.Ref, customStageKinds)].Add(desired);
        }

        return [.. stages
            .Select((stage, i) => new ApplyStage([.. stage.OrderBy(desired => desired.Ref, ApplyOrder.Instance)], WaitUntilCurrent: i < 2))
            .Where(stage => stage.Objects.Count > 0)];
    }

    private static int StageOf(ObjectRef target, IReadOnlySet<string>? customStageKinds)
    {
        var kind = target.Kind;
        if (kind is { Group: "apiextensions.k8s.io", Kind: "CustomResourceDefinition" }
            or { Group: "", Version: "v1", Kind: "Namespace" }
            or { Group: "rbac.authorization.k8s.io", Kind: "ClusterRole" })
        {
            return 0;
        }

        if (kind.Kind.EndsWith("Class", StringComparison.Ordinal))
        {
            return 1;
        }

        var name = kind.Group.Length == 0 ? kind.Kind : $"{kind.Group}/{kind.Kind}";
        return customStageKinds?.Contains(name) == true ? 2 : 3;
    }
}
