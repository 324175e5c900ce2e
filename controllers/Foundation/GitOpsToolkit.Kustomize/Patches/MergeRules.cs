using System.Collections.Frozen;

namespace GitOpsToolkit.Kustomize.Patches;

/// <summary>What a strategic merge must know about the fields of a type: which lists are merged by key, and what lies below.</summary>
/// <param name="Fields">Fields that hold maps of known types.</param>
/// <param name="Lists">Lists that are merged instead of replaced.</param>
internal sealed record MergeType(FrozenDictionary<string, MergeType> Fields, FrozenDictionary<string, MergeList> Lists);

/// <summary>A list that is merged element by element.</summary>
/// <param name="Keys">The fields that identify an element; empty when the elements are scalars.</param>
/// <param name="Element">The type of the elements, or null when nothing below is merged by key.</param>
internal sealed record MergeList(string[] Keys, MergeType? Element);

/// <summary>The merge keys of the built-in kinds (Kubernetes API conventions, <c>x-kubernetes-patch-merge-key</c>).</summary>
internal static class MergeRules
{
    private static readonly MergeType Meta = Lists(("ownerReferences", new(["uid"], null)), ("finalizers", new([], null)));
    private static readonly MergeList ByName = new(["name"], null);
    private static readonly MergeList ByType = new(["type"], null);

    private static readonly MergeType Conditions = Lists(("conditions", ByType));

    private static readonly MergeType Container = Lists(
        ("ports", new(["containerPort", "protocol"], null)),
        ("env", ByName),
        ("volumeMounts", new(["mountPath"], null)),
        ("volumeDevices", new(["devicePath"], null)));

    private static readonly MergeType PodSpec = Lists(
        ("containers", new(["name"], Container)),
        ("initContainers", new(["name"], Container)),
        ("ephemeralContainers", new(["name"], Container)),
        ("volumes", ByName),
        ("imagePullSecrets", ByName),
        ("hostAliases", new(["ip"], null)),
        ("topologySpreadConstraints", new(["topologyKey", "whenUnsatisfiable"], null)));

    private static readonly MergeType PodTemplate = Fields(("metadata", Meta), ("spec", PodSpec));
    private static readonly MergeType TemplateSpec = Fields(("template", PodTemplate));
    private static readonly MergeType Job = Fields(("metadata", Meta), ("spec", TemplateSpec), ("status", Conditions));
    private static readonly MergeType Workload = Fields(("metadata", Meta), ("spec", TemplateSpec), ("status", Conditions));
    private static readonly MergeType Plain = Fields(("metadata", Meta), ("status", Conditions));

    private static readonly MergeType Webhooks = new(
        new Dictionary<string, MergeType> { ["metadata"] = Meta }.ToFrozenDictionary(),
        new Dictionary<string, MergeList> { ["webhooks"] = ByName }.ToFrozenDictionary());

    private static readonly MergeType ServiceAccount = new(
        new Dictionary<string, MergeType> { ["metadata"] = Meta }.ToFrozenDictionary(),
        new Dictionary<string, MergeList> { ["secrets"] = ByName }.ToFrozenDictionary());

    private static readonly FrozenDictionary<(string ApiVersion, string Kind), MergeType> Known = new Dictionary<(string, string), MergeType>
    {
        [("v1", "Pod")] = Fields(("metadata", Meta), ("spec", PodSpec),
            ("status", Lists(("conditions", ByType), ("podIPs", new(["ip"], null))))),
        [("v1", "PodTemplate")] = Fields(("metadata", Meta), ("template", PodTemplate)),
        [("v1", "ReplicationController")] = Workload,
        [("apps/v1", "Deployment")] = Workload,
        [("apps/v1", "ReplicaSet")] = Workload,
        [("apps/v1", "DaemonSet")] = Workload,
        [("apps/v1", "StatefulSet")] = Workload,
        [("batch/v1", "Job")] = Job,
        [("batch/v1", "CronJob")] = Fields(("metadata", Meta), ("spec", Fields(("jobTemplate", Job)))),
        [("batch/v1beta1", "CronJob")] = Fields(("metadata", Meta), ("spec", Fields(("jobTemplate", Job)))),
        [("v1", "Service")] = Fields(("metadata", Meta), ("spec", Lists(("ports", new(["port", "protocol"], null)))),
            ("status", Conditions)),
        [("v1", "ServiceAccount")] = ServiceAccount,
        [("v1", "Node")] = Fields(
            ("metadata", Meta), ("spec", Lists(("podCIDRs", new([], null)))),
            ("status", Lists(("conditions", ByType), ("addresses", ByType)))),
        [("storage.k8s.io/v1", "CSINode")] = Fields(("metadata", Meta), ("spec", Lists(("drivers", ByName)))),
        [("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration")] = Webhooks,
        [("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration")] = Webhooks,
        [("admissionregistration.k8s.io/v1beta1", "MutatingWebhookConfiguration")] = Webhooks,
        [("admissionregistration.k8s.io/v1beta1", "ValidatingWebhookConfiguration")] = Webhooks,
    }.ToFrozenDictionary();

    private static readonly FrozenSet<string> BuiltInGroups = new HashSet<string>
    {
        "", "admissionregistration.k8s.io", "apiextensions.k8s.io", "apiregistration.k8s.io", "apps", "autoscaling", "batch",
        "certificates.k8s.io", "coordination.k8s.io", "discovery.k8s.io", "events.k8s.io", "flowcontrol.apiserver.k8s.io",
        "networking.k8s.io", "node.k8s.io", "policy", "rbac.authorization.k8s.io", "scheduling.k8s.io", "storage.k8s.io",
    }.ToFrozenSet();

    /// <summary>The rules for a kind; null for custom kinds, whose lists are always replaced.</summary>
    internal static MergeType? For(string apiVersion, string kind)
    {
        if (Known.TryGetValue((apiVersion, kind), out var type))
        {
            return type;
        }

        var slash = apiVersion.IndexOf('/');
        return BuiltInGroups.Contains(slash < 0 ? "" : apiVersion[..slash]) ? Plain : null;
    }

    private static MergeType Fields(params (string Name, MergeType Type)[] fields) =>
        new(fields.ToFrozenDictionary(field => field.Name, field => field.Type), FrozenDictionary<string, MergeList>.Empty);

    private static MergeType Lists(params (string Name, MergeList List)[] lists) =>
        new(FrozenDictionary<string, MergeType>.Empty, lists.ToFrozenDictionary(list => list.Name, list => list.List));
}
