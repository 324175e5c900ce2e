using GitOpsToolkit.Kustomize.Transformers;

namespace GitOpsToolkit.Kustomize.Configuration;

/// <summary>Where labels and annotations stand in the built-in kinds.</summary>
internal static class LabelFields
{
    internal static readonly FieldSpec ObjectLabels = new("metadata/labels", Create: true);

    internal static readonly IReadOnlyList<FieldSpec> VolumeClaims =
        [new("spec/volumeClaimTemplates[]/metadata/labels", Create: true, Group: "apps", Kind: "StatefulSet")];

    internal static readonly IReadOnlyList<FieldSpec> Templates =
        [ObjectLabels, .. PodTemplates("labels", statefulSetGroup: "apps"), .. VolumeClaims];

    internal static readonly IReadOnlyList<FieldSpec> Annotations =
        [new("metadata/annotations", Create: true), .. PodTemplates("annotations", statefulSetGroup: null)];

    internal static readonly IReadOnlyList<FieldSpec> Selectors =
    [
        new("spec/selector", Create: true, Version: "v1", Kind: "Service"),
        new("spec/selector", Create: true, Version: "v1", Kind: "ReplicationController"),
        new("spec/selector/matchLabels", Create: true, Kind: "Deployment"),
        .. Affinity("Deployment"),
        new("spec/selector/matchLabels", Create: true, Kind: "ReplicaSet"),
        new("spec/selector/matchLabels", Create: true, Kind: "DaemonSet"),
        new("spec/selector/matchLabels", Create: true, Group: "apps", Kind: "StatefulSet"),
        .. Affinity("StatefulSet"),
        new("spec/selector/matchLabels", Group: "batch", Kind: "Job"),
        new("spec/jobTemplate/spec/selector/matchLabels", Group: "batch", Kind: "CronJob"),
        new("spec/selector/matchLabels", Group: "policy", Kind: "PodDisruptionBudget"),
        new("spec/podSelector/matchLabels", Group: "networking.k8s.io", Kind: "NetworkPolicy"),
        new("spec/ingress/from/podSelector/matchLabels", Group: "networking.k8s.io", Kind: "NetworkPolicy"),
        new("spec/egress/to/podSelector/matchLabels", Group: "networking.k8s.io", Kind: "NetworkPolicy"),
        .. Templates,
    ];

    private static IEnumerable<FieldSpec> PodTemplates(string field, string? statefulSetGroup) =>
    [
        new($"spec/template/metadata/{field}", Create: true, Version: "v1", Kind: "ReplicationController"),
        new($"spec/template/metadata/{field}", Create: true, Kind: "Deployment"),
        new($"spec/template/metadata/{field}", Create: true, Kind: "ReplicaSet"),
        new($"spec/template/metadata/{field}", Create: true, Kind: "DaemonSet"),
        new($"spec/template/metadata/{field}", Create: true, Group: statefulSetGroup, Kind: "StatefulSet"),
        new($"spec/template/metadata/{field}", Create: true, Group: "batch", Kind: "Job"),
        new($"spec/jobTemplate/metadata/{field}", Create: true, Group: "batch", Kind: "CronJob"),
        new($"spec/jobTemplate/spec/template/metadata/{field}", Create: true, Group: "batch", Kind: "CronJob"),
    ];

    private static IEnumerable<FieldSpec> Affinity(string kind)
    {
        foreach (var affinity in (string[])["podAffinity", "podAntiAffinity"])
        {
            var path = $"spec/template/spec/affinity/{affinity}";
            yield return new FieldSpec(
                $"{path}/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels", Group: "apps", Kind: kind);
            yield return new FieldSpec(
                $"{path}/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels", Group: "apps", Kind: kind);
        }

        yield return new FieldSpec("spec/template/spec/topologySpreadConstraints/labelSelector/matchLabels", Group: "apps", Kind: kind);
    }
}
