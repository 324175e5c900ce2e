using GitOpsToolkit.Kustomize.Transformers;

namespace GitOpsToolkit.Kustomize.Configuration;

/// <summary>Which fields of the built-in kinds name other objects: the default rules of kustomize.</summary>
internal static class NameReferences
{
    private const string Rbac = "rbac.authorization.k8s.io";
    private const string Admission = "admissionregistration.k8s.io";

    /// <summary>Kinds with a pod, and the path to its spec. PodTemplate stands without <c>spec</c>, as kustomize has it.</summary>
    private static readonly (string Kind, string Path)[] Workloads =
    [
        ("Pod", "spec"), ("PodTemplate", "template/spec"), ("Deployment", "spec/template/spec"), ("ReplicaSet", "spec/template/spec"),
        ("DaemonSet", "spec/template/spec"), ("StatefulSet", "spec/template/spec"), ("Job", "spec/template/spec"),
        ("CronJob", "spec/jobTemplate/spec/template/spec"),
    ];

    private static readonly (string Kind, string Path)[] Controllers =
    [
        ("Pod", "spec"), ("StatefulSet", "spec/template/spec"), ("Deployment", "spec/template/spec"),
        ("ReplicationController", "spec/template/spec"), ("CronJob", "spec/jobTemplate/spec/template/spec"),
        ("Job", "spec/template/spec"), ("DaemonSet", "spec/template/spec"),
    ];

    /// <summary>All of them, in kustomize's order of the kinds that are named.</summary>
    internal static IReadOnlyList<NameReference> All { get; } = NameReference.Sort(
        [.. ScaleTargets(), .. ConfigMaps(), .. Secrets(), .. Services(), .. Roles(), .. PodFields(), .. Storage()]);

    private static NameReference Rule(string kind, string path, string targetKind, string? targetGroup = null,
        string? targetVersion = null, string? group = null) =>
        new(new FieldSpec(path, Group: group, Kind: kind), targetGroup, targetVersion, targetKind);

    private static IEnumerable<NameReference> ScaleTargets() =>
        from target in (string[])["Deployment", "ReplicationController", "ReplicaSet", "StatefulSet"]
        select Rule("HorizontalPodAutoscaler", "spec/scaleTargetRef/name", target);

    private static IEnumerable<NameReference> ConfigMaps()
    {
        foreach (var (kind, pod) in Workloads)
        {
            foreach (var path in (string[])
            [
                "volumes/configMap/name", "containers/env/valueFrom/configMapKeyRef/name",
                "initContainers/env/valueFrom/configMapKeyRef/name",
                "containers/envFrom/configMapRef/name", "initContainers/envFrom/configMapRef/name",
                "volumes/projected/sources/configMap/name",
            ])
            {
                yield return Rule(kind, $"{pod}/{path}", "ConfigMap", targetVersion: "v1");
            }
        }

        yield return Rule("Node", "spec/configSource/configMap", "ConfigMap", targetVersion: "v1");
        yield return Rule("Role", "rules/resourceNames", "ConfigMap", targetVersion: "v1");
        yield return Rule("ClusterRole", "rules/resourceNames", "ConfigMap", targetVersion: "v1");
        yield return Rule("Ingress", "metadata/annotations/nginx.ingress.kubernetes.io\\/fastcgi-params-configmap", "ConfigMap",
            targetVersion: "v1");
    }

    private static IEnumerable<NameReference> Secrets()
    {
        foreach (var (kind, pod) in Workloads)
        {
            foreach (var path in (string[])
            [
                "volumes/secret/secretName", "containers/env/valueFrom/secretKeyRef/name", "initContainers/env/valueFrom/secretKeyRef/name",
                "containers/envFrom/secretRef/name", "initContainers/envFrom/secretRef/name", "imagePullSecrets/name",
                "volumes/projected/sources/secret/name",
            ])
            {
                yield return Rule(kind, $"{pod}/{path}", "Secret", targetVersion: "v1");
            }
        }

        foreach (var (kind, path) in ((string, string)[])
        [
            ("Ingress", "spec/tls/secretName"),
            ("Ingress", "metadata/annotations/ingress.kubernetes.io\\/auth-secret"),
            ("Ingress", "metadata/annotations/nginx.ingress.kubernetes.io\\/auth-secret"),
            ("Ingress", "metadata/annotations/nginx.ingress.kubernetes.io\\/auth-tls-secret"),
            ("ServiceAccount", "imagePullSecrets/name"),
            ("StorageClass", "parameters/secretName"), ("StorageClass", "parameters/adminSecretName"),
            ("StorageClass", "parameters/userSecretName"), ("StorageClass", "parameters/secretRef"),
            ("Role", "rules/resourceNames"), ("ClusterRole", "rules/resourceNames"),
            ("PersistentVolume", "spec/azureFile/secretName"),
        ])
        {
            yield return Rule(kind, path, "Secret", targetVersion: "v1");
        }

        yield return Rule(
            "Service", "spec/template/spec/containers/env/valueFrom/secretKeyRef/name", "Secret", targetVersion: "v1",
            group: "serving.knative.dev");
    }

    private static IEnumerable<NameReference> Services() =>
    [
        Rule("StatefulSet", "spec/serviceName", "Service", targetVersion: "v1", group: "apps"),
        Rule("Ingress", "spec/rules/http/paths/backend/serviceName", "Service", targetVersion: "v1"),
        Rule("Ingress", "spec/backend/serviceName", "Service", targetVersion: "v1"),
        Rule("Ingress", "spec/rules/http/paths/backend/service/name", "Service", targetVersion: "v1"),
        Rule("Ingress", "spec/defaultBackend/service/name", "Service", targetVersion: "v1"),
        Rule("APIService", "spec/service/name", "Service", targetVersion: "v1", group: "apiregistration.k8s.io"),
        Rule("ValidatingWebhookConfiguration", "webhooks/clientConfig/service", "Service", targetVersion: "v1", group: Admission),
        Rule("MutatingWebhookConfiguration", "webhooks/clientConfig/service", "Service", targetVersion: "v1", group: Admission),
    ];

    private static IEnumerable<NameReference> Roles() =>
    [
        Rule("RoleBinding", "roleRef/name", "Role", targetGroup: Rbac, group: Rbac),
        Rule("RoleBinding", "roleRef/name", "ClusterRole", targetGroup: Rbac, group: Rbac),
        Rule("ClusterRoleBinding", "roleRef/name", "ClusterRole", targetGroup: Rbac, group: Rbac),
        Rule("RoleBinding", "subjects", "ServiceAccount", targetVersion: "v1", group: Rbac),
        Rule("ClusterRoleBinding", "subjects", "ServiceAccount", targetVersion: "v1", group: Rbac),
        Rule("ValidatingAdmissionPolicyBinding", "spec/policyName", "ValidatingAdmissionPolicy", targetGroup: Admission, group: Admission),
    ];

    private static IEnumerable<NameReference> PodFields()
    {
        foreach (var (kind, pod) in Controllers)
        {
            yield return Rule(kind, $"{pod}/serviceAccountName", "ServiceAccount", targetVersion: "v1");
            yield return Rule(kind, $"{pod}/volumes/persistentVolumeClaim/claimName", "PersistentVolumeClaim", targetVersion: "v1");
            yield return Rule(kind, $"{pod}/priorityClassName", "PriorityClass", "scheduling.k8s.io", "v1");
        }
    }

    private static IEnumerable<NameReference> Storage() =>
    [
        Rule("PersistentVolumeClaim", "spec/volumeName", "PersistentVolume", targetVersion: "v1"),
        Rule("ClusterRole", "rules/resourceNames", "PersistentVolume", targetVersion: "v1"),
        Rule("PersistentVolume", "spec/storageClassName", "StorageClass", "storage.k8s.io", "v1"),
        Rule("PersistentVolumeClaim", "spec/storageClassName", "StorageClass", "storage.k8s.io", "v1"),
        Rule("StatefulSet", "spec/volumeClaimTemplates/spec/storageClassName", "StorageClass", "storage.k8s.io", "v1"),
    ];
}
