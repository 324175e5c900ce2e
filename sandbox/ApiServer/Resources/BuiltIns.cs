namespace GitOpsToolkit.Sandbox.ApiServer.Resources;

/// <summary>The table of the built-in resources.</summary>
internal static class BuiltIns
{
    private static readonly string[] None = [];
    private static readonly string[] All = ["all"];
    private static readonly string[] CreateOnly = ["create"];

    public static IReadOnlyList<ResourceDefinition> Definitions { get; } =
    [
        .. Core(), .. Apps(), .. Policies(), .. Reviews(),
    ];

    private static IEnumerable<ResourceDefinition> Core()
    {
        yield return Of("", "v1", "Namespace", "namespaces", "ns") with
        {
            Namespaced = false,
            HasStatus = true,
            SelectableFields = ["status.phase"],
            Verbs = [.. ResourceDefinition.AllVerbs.Where(v => v != "deletecollection")],
            Others = [new("finalize", "", "", "Namespace", "update")],
        };
        yield return Of("", "v1", "Pod", "pods", "po") with
        {
            HasStatus = true,
            ReturnsDeleted = true,
            Categories = All,
            SelectableFields =
            [
                "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork",
                "status.phase", "status.podIP", "status.nominatedNodeName",
            ],
            Others = [new("binding", "", "", "Binding", "create")],
        };
        yield return Of("", "v1", "Service", "services", "svc") with
        {
            HasStatus = true,
            ReturnsDeleted = true,
            Categories = All,
            SelectableFields = ["spec.clusterIP", "spec.type"]
        };
        yield return Of("", "v1", "ConfigMap", "configmaps", "cm");
        yield return Of("", "v1", "Secret", "secrets") with { SelectableFields = ["type"] };
        yield return Of("", "v1", "ServiceAccount", "serviceaccounts", "sa") with
        {
            ReturnsDeleted = true,
            Others = [new("token", "authentication.k8s.io", "v1", "TokenRequest", "create")],
        };
        yield return Of("", "v1", "Event", "events", "ev") with
        {
            StorageKey = "/events",
            CreateOnUpdate = true,
            SelectableFields = EventFields("involvedObject"),
        };
        yield return Of("", "v1", "Node", "nodes", "no") with { Namespaced = false, HasStatus = true, SelectableFields = ["spec.unschedulable"] };
        yield return Of("", "v1", "PersistentVolume", "persistentvolumes", "pv") with { Namespaced = false, HasStatus = true, ReturnsDeleted = true };
        yield return Of("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", "pvc") with { HasStatus = true, ReturnsDeleted = true };
        yield return Of("", "v1", "Endpoints", "endpoints", "ep") with { CreateOnUpdate = true, Singular = "endpoints" };
        yield return Of("", "v1", "ReplicationController", "replicationcontrollers", "rc") with
        {
            HasStatus = true,
            HasScale = true,
            TracksGeneration = true,
            Categories = All,
            SelectableFields = ["status.replicas"],
        };
        yield return Of("", "v1", "LimitRange", "limitranges", "limits") with { CreateOnUpdate = true };
        yield return Of("", "v1", "ResourceQuota", "resourcequotas", "quota") with { HasStatus = true, ReturnsDeleted = true };
        yield return Of("", "v1", "PodTemplate", "podtemplates") with { ReturnsDeleted = true };
        yield return Of("events.k8s.io", "v1", "Event", "events", "ev") with
        {
            StorageKey = "/events",
            CreateOnUpdate = true,
            SelectableFields = EventFields("regarding"),
        };
        yield return Of("coordination.k8s.io", "v1", "Lease", "leases") with { CreateOnUpdate = true, RequiresVersion = true };
    }

    private static IEnumerable<ResourceDefinition> Apps()
    {
        static ResourceDefinition Workload(string kind, string plural, string shortName) => Of("apps", "v1", kind, plural, shortName) with
        {
            HasStatus = true,
            HasScale = true,
            TracksGeneration = true,
            Categories = All,
        };
        yield return Workload("Deployment", "deployments", "deploy");
        yield return Workload("StatefulSet", "statefulsets", "sts");
        yield return Workload("ReplicaSet", "replicasets", "rs") with { SelectableFields = ["status.replicas"] };
        yield return Workload("DaemonSet", "daemonsets", "ds") with { HasScale = false };
        yield return Of("apps", "v1", "ControllerRevision", "controllerrevisions");
        yield return Of("batch", "v1", "Job", "jobs") with { HasStatus = true, TracksGeneration = true, Categories = All, SelectableFields = ["status.successful"] };
        yield return Of("batch", "v1", "CronJob", "cronjobs", "cj") with { HasStatus = true, TracksGeneration = true, Categories = All };
        yield return Of("autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", "hpa") with { HasStatus = true, Categories = All };
        yield return Of("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices") with { CreateOnUpdate = true, TracksGeneration = true };
        yield return Of("networking.k8s.io", "v1", "Ingress", "ingresses", "ing") with { HasStatus = true, TracksGeneration = true };
        yield return Of("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", "netpol") with { TracksGeneration = true };
        yield return Of("networking.k8s.io", "v1", "IngressClass", "ingressclasses") with { Namespaced = false, TracksGeneration = true };
        yield return Of("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", "pdb") with { HasStatus = true, TracksGeneration = true };
    }

    private static IEnumerable<ResourceDefinition> Policies()
    {
        const string Rbac = "rbac.authorization.k8s.io";
        yield return Of(Rbac, "v1", "Role", "roles") with { CreateOnUpdate = true };
        yield return Of(Rbac, "v1", "RoleBinding", "rolebindings") with { CreateOnUpdate = true };
        yield return Of(Rbac, "v1", "ClusterRole", "clusterroles") with { Namespaced = false, CreateOnUpdate = true };
        yield return Of(Rbac, "v1", "ClusterRoleBinding", "clusterrolebindings") with { Namespaced = false, CreateOnUpdate = true };
        yield return Of("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", "crd", "crds") with
        {
            Namespaced = false,
            HasStatus = true,
            TracksGeneration = true,
            RequiresVersion = true,
            Categories = ["api-extensions"],
        };
        yield return Of("storage.k8s.io", "v1", "StorageClass", "storageclasses", "sc") with { Namespaced = false, ReturnsDeleted = true };
        yield return Of("scheduling.k8s.io", "v1", "PriorityClass", "priorityclasses", "pc") with { Namespaced = false, TracksGeneration = true };
        yield return Of("node.k8s.io", "v1", "RuntimeClass", "runtimeclasses") with { Namespaced = false };
        yield return Of("admissionregistration.k8s.io", "v1", "MutatingWebhookConfiguration", "mutatingwebhookconfigurations") with
        {
            Namespaced = false,
            TracksGeneration = true,
            Categories = ["api-extensions"],
        };
        yield return Of("admissionregistration.k8s.io", "v1", "ValidatingWebhookConfiguration", "validatingwebhookconfigurations") with
        {
            Namespaced = false,
            TracksGeneration = true,
            Categories = ["api-extensions"],
        };
    }

    private static IEnumerable<ResourceDefinition> Reviews()
    {
        static ResourceDefinition Review(string group, string kind) => Of(group, "v1", kind, kind.ToLowerInvariant() + "s") with
        {
            Namespaced = false,
            IsVirtual = true,
            Verbs = CreateOnly,
        };
        const string Authorization = "authorization.k8s.io";
        const string Authentication = "authentication.k8s.io";
        yield return Review(Authorization, "SelfSubjectAccessReview");
        yield return Review(Authorization, "SubjectAccessReview");
        yield return Review(Authorization, "LocalSubjectAccessReview") with { Namespaced = true };
        yield return Review(Authorization, "SelfSubjectRulesReview");
        yield return Review(Authentication, "TokenReview");
        yield return Review(Authentication, "SelfSubjectReview");
    }

    private static ResourceDefinition Of(string group, string version, string kind, string plural, params string[] shortNames) => new()
    {
        Group = group,
        Version = version,
        StorageVersion = version,
        Kind = kind,
        ListKind = kind + "List",
        Plural = plural,
        Singular = kind.ToLowerInvariant(),
        ShortNames = shortNames.Length == 0 ? None : shortNames,
        StorageKey = $"{group}/{plural}",
    };

    private static string[] EventFields(string subject) =>
    [
        $"{subject}.kind", $"{subject}.namespace", $"{subject}.name", $"{subject}.uid", $"{subject}.apiVersion",
        $"{subject}.resourceVersion", $"{subject}.fieldPath", "reason", "reportingComponent", "source", "type",
    ];
}
