using GitOpsToolkit.Kustomize.Transformers;

namespace GitOpsToolkit.Kustomize.Configuration;

/// <summary>Where <c>$(NAME)</c> is replaced in the built-in kinds.</summary>
internal static class VariableFields
{
    private static readonly string[] InContainer = ["args", "command", "env/value", "volumeMounts/mountPath"];

    internal static readonly IReadOnlyList<FieldSpec> All =
    [
        .. Pod("CronJob", "spec/jobTemplate/spec/template/spec", "spec/jobTemplate/spec/template/volumes/nfs/server"),
        .. Pod("DaemonSet", "spec/template/spec"),
        .. Pod("Deployment", "spec/template/spec"),
        new("spec/template/metadata/annotations", Kind: "Deployment"),
        new("spec/rules/host", Kind: "Ingress"),
        new("spec/tls/hosts", Kind: "Ingress"),
        new("spec/tls/secretName", Kind: "Ingress"),
        .. Pod("Job", "spec/template/spec"),
        .. Pod("Pod", "spec"),
        .. Pod("ReplicaSet", "spec/template/spec"),
        new("spec/ports/port", Kind: "Service"),
        new("spec/ports/targetPort", Kind: "Service"),
        .. Pod("StatefulSet", "spec/template/spec", "spec/volumeClaimTemplates/spec/nfs/server"),
        new("spec/nfs/server", Kind: "PersistentVolume"),
        new("metadata/labels"),
        new("metadata/annotations"),
    ];

    private static IEnumerable<FieldSpec> Pod(string kind, string path, string? nfs = null) =>
    [
        .. from containers in (string[])["containers", "initContainers"]
           from field in InContainer
           select new FieldSpec($"{path}/{containers}/{field}", Kind: kind),
        new(nfs ?? $"{path}/volumes/nfs/server", Kind: kind),
    ];
}
