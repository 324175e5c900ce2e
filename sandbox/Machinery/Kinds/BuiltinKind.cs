using System.Collections.Frozen;
using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.Machinery.Builtins;
using GitOpsToolkit.Sandbox.Machinery.Types;

namespace GitOpsToolkit.Sandbox.Machinery;

/// <summary>A kind that is built into the server.</summary>
public sealed class BuiltinKind : KindRules
{
    private static readonly FrozenDictionary<string, BuiltinKind> Known = Load();

    private BuiltinKind(string group, string version, string kind, string type)
        : base(group, version, kind, TypeTable.Get(type))
    {
    }

    /// <summary>Every built-in kind.</summary>
    public static IReadOnlyCollection<BuiltinKind> All => Known.Values;

    /// <inheritdoc/>
    public override bool IsCustom => false;

    /// <inheritdoc/>
    internal override JsonObject Skeleton => TypeDecoder.Skeleton(Type);

    /// <summary>The built-in kind of that name, or null.</summary>
    public static BuiltinKind? Find(string group, string version, string kind) => Known.GetValueOrDefault($"{group}/{version}/{kind}");

    /// <inheritdoc/>
    public override IReadOnlyList<string> Decode(JsonObject obj)
    {
        var decoder = new TypeDecoder();
        try
        {
            decoder.Decode(obj, Type);
        }
        catch (FormatException fault)
        {
            throw Undecodable(fault.Message);
        }

        return decoder.Unknown;
    }

    /// <inheritdoc/>
    public override void Default(JsonObject obj) => BuiltinDefaults.Apply(Group, Kind, obj);

    /// <inheritdoc/>
    public override IReadOnlyList<FieldError> Validate(JsonObject obj, JsonObject? old, string subresource = "")
    {
        var errors = new List<FieldError>();
        BuiltinRules.Validate(this, obj, old, subresource, errors);
        return errors;
    }

    private static FrozenDictionary<string, BuiltinKind> Load()
    {
        (string Group, string Version, string Kinds)[] groups =
        [
            ("", "v1", "Pod PodTemplate ReplicationController Service ServiceAccount ConfigMap Secret Namespace Node Endpoints PersistentVolume "
                + "PersistentVolumeClaim LimitRange ResourceQuota Binding Event:corev1.Event Status"),
            ("apps", "v1", "Deployment ReplicaSet StatefulSet DaemonSet ControllerRevision"),
            ("batch", "v1", "Job CronJob"),
            ("rbac.authorization.k8s.io", "v1", "Role RoleBinding ClusterRole ClusterRoleBinding"),
            ("networking.k8s.io", "v1", "Ingress IngressClass NetworkPolicy"),
            ("policy", "v1", "PodDisruptionBudget Eviction"),
            ("autoscaling", "v2", "HorizontalPodAutoscaler:autoscalingv2.HorizontalPodAutoscaler"),
            ("autoscaling", "v1", "HorizontalPodAutoscaler:autoscalingv1.HorizontalPodAutoscaler Scale"),
            ("coordination.k8s.io", "v1", "Lease"),
            ("storage.k8s.io", "v1", "StorageClass"),
            ("scheduling.k8s.io", "v1", "PriorityClass"),
            ("node.k8s.io", "v1", "RuntimeClass"),
            ("discovery.k8s.io", "v1", "EndpointSlice"),
            ("events.k8s.io", "v1", "Event:eventsv1.Event"),
            ("authentication.k8s.io", "v1", "TokenReview TokenRequest:authenticationv1.TokenRequest SelfSubjectReview"),
            ("authorization.k8s.io", "v1", "SubjectAccessReview SelfSubjectAccessReview LocalSubjectAccessReview SelfSubjectRulesReview"),
            ("admissionregistration.k8s.io", "v1", "ValidatingWebhookConfiguration MutatingWebhookConfiguration"),
            ("apiextensions.k8s.io", "v1", "CustomResourceDefinition"),
        ];
        var known = new Dictionary<string, BuiltinKind>(StringComparer.Ordinal);
        foreach (var (group, version, kinds) in groups)
        {
            foreach (var entry in kinds.Split(' '))
            {
                var parts = entry.Split(':');
                known.Add($"{group}/{version}/{parts[0]}", new BuiltinKind(group, version, parts[0], parts[^1]));
            }
        }

        return known.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
