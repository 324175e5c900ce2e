using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Api.Schema;

namespace GitOpsToolkit.Api.Kustomize.V1;

/// <summary>Labels and annotations for every object.</summary>
public sealed record CommonMetadata : Extensible
{
    private static readonly Dictionary<string, string> NoEntries = [];

    /// <summary>Annotations by key.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get => field ?? NoEntries; init; }

    /// <summary>Labels by key.</summary>
    public IReadOnlyDictionary<string, string> Labels { get => field ?? NoEntries; init; }
}

/// <summary>A Kustomization that must be ready first.</summary>
public sealed record DependencyReference : Extensible
{
    /// <summary>Name of the Kustomization.</summary>
    [Required]
    public string Name { get => field ?? ""; init; }

    /// <summary>Its namespace; when absent, that of the Kustomization which depends on it.</summary>
    public string? Namespace { get; init; }

    /// <summary>Expression over self and dep which tells readiness in place of the built-in test.</summary>
    public string? ReadyExpr { get; init; }
}

/// <summary>How to decrypt manifests.</summary>
public sealed record Decryption : Extensible
{
    /// <summary>The decryption engine.</summary>
    [Required, Enum("sops")]
    public string Provider { get => field ?? ""; init; }

    /// <summary>ServiceAccount whose workload identity authenticates with key management services.</summary>
    public string? ServiceAccountName { get; init; }

    /// <summary>Secret with the private keys, in the same namespace.</summary>
    public LocalObjectReference? SecretRef { get; init; }
}

/// <summary>How to reach another cluster: by a kubeconfig in a Secret, or by the workload identity that a ConfigMap describes.</summary>
[CelRule(
    "has(self.configMapRef) || has(self.secretRef)",
    "exactly one of spec.kubeConfig.configMapRef or spec.kubeConfig.secretRef must be specified")]
[CelRule(
    "!has(self.configMapRef) || !has(self.secretRef)",
    "exactly one of spec.kubeConfig.configMapRef or spec.kubeConfig.secretRef must be specified")]
public sealed record KubeConfigReference : Extensible
{
    /// <summary>ConfigMap with provider, cluster, address, ca.crt, audiences and serviceAccountName, in the same namespace.</summary>
    public LocalObjectReference? ConfigMapRef { get; init; }

    /// <summary>Secret with a kubeconfig, in the same namespace, under the key value or value.yaml unless another is named.</summary>
    public SecretKeyReference? SecretRef { get; init; }
}

/// <summary>What to do to the manifests after they are built.</summary>
public sealed record PostBuild : Extensible
{
    private static readonly Dictionary<string, string> NoEntries = [];

    /// <summary>When to substitute variables: WithVariables, which is implied, if there is at least one; Always also without any, for their defaults.</summary>
    [Enum("WithVariables", "Always")]
    public string? SubstituteStrategy { get; init; }

    /// <summary>Values by the name of the variable; they win over those of substituteFrom.</summary>
    public IReadOnlyDictionary<string, string> Substitute { get => field ?? NoEntries; init; }

    /// <summary>ConfigMaps and Secrets with more variables; later ones win over earlier ones.</summary>
    public IReadOnlyList<SubstituteReference> SubstituteFrom { get => field ?? []; init; }
}

/// <summary>A ConfigMap or Secret whose keys are variables.</summary>
public sealed record SubstituteReference : Extensible
{
    /// <summary>Secret or ConfigMap.</summary>
    [Required, Enum("Secret", "ConfigMap")]
    public string Kind { get => field ?? ""; init; }

    /// <summary>Its name, in the same namespace.</summary>
    [Required, Length(Min = 1, Max = 253)]
    public string Name { get => field ?? ""; init; }

    /// <summary>Whether it may be missing.</summary>
    [Default("false")]
    public bool Optional { get; init; }
}

/// <summary>An inline patch with the objects that it is for.</summary>
public sealed record Patch : Extensible
{
    /// <summary>A strategic merge patch, or a list of JSON patch operations, as YAML.</summary>
    [Required]
    [System.Text.Json.Serialization.JsonPropertyName("patch")]
    public string Content { get => field ?? ""; init; }

    /// <summary>The objects to patch; when absent, a strategic merge patch is for the object that it names.</summary>
    public Selector? Target { get; init; }
}

/// <summary>Selects objects; all of the given fields must match.</summary>
public sealed record Selector : Extensible
{
    /// <summary>API group, as an anchored regular expression.</summary>
    public string? Group { get; init; }

    /// <summary>API version, as an anchored regular expression.</summary>
    public string? Version { get; init; }

    /// <summary>Kind, as an anchored regular expression.</summary>
    public string? Kind { get; init; }

    /// <summary>Namespace, as an anchored regular expression.</summary>
    public string? Namespace { get; init; }

    /// <summary>Name, as an anchored regular expression.</summary>
    public string? Name { get; init; }

    /// <summary>Annotations, in the syntax of label selectors.</summary>
    public string? AnnotationSelector { get; init; }

    /// <summary>Labels, in the syntax of label selectors.</summary>
    public string? LabelSelector { get; init; }
}

/// <summary>What to put in place of the parts of a container image.</summary>
public sealed record ImageOverride : Extensible
{
    /// <summary>The image as the manifests name it, without tag.</summary>
    [Required]
    public string Name { get => field ?? ""; init; }

    /// <summary>The name to put in its place.</summary>
    public string? NewName { get; init; }

    /// <summary>The tag to put in place of the original one.</summary>
    public string? NewTag { get; init; }

    /// <summary>The digest to put in place of the original tag; newTag is then ignored.</summary>
    public string? Digest { get; init; }
}

/// <summary>The source of the manifests, optionally in another namespace.</summary>
public sealed record KustomizationSourceReference : Extensible
{
    /// <summary>Group and version of the source; it does not take part in the lookup.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>Kind of the source.</summary>
    [Required, Enum("OCIRepository", "GitRepository", "Bucket", "ExternalArtifact")]
    public string Kind { get => field ?? ""; init; }

    /// <summary>Name of the source.</summary>
    [Required]
    public string Name { get => field ?? ""; init; }

    /// <summary>Namespace of the source; when absent, that of the Kustomization.</summary>
    public string? Namespace { get; init; }
}

/// <summary>Expressions that tell the health of the objects of a group or kind from their fields.</summary>
public sealed record CustomHealthCheck : Extensible
{
    /// <summary>Group and version of the objects; only the group is compared.</summary>
    [Required]
    public string ApiVersion { get => field ?? ""; init; }

    /// <summary>Kind of the objects; all kinds of the group when absent.</summary>
    public string? Kind { get; init; }

    /// <summary>Holds when the object is healthy.</summary>
    [Required]
    public string Current { get => field ?? ""; init; }

    /// <summary>Holds while the object is on its way; evaluated first.</summary>
    public string? InProgress { get; init; }

    /// <summary>Holds when the object has failed.</summary>
    public string? Failed { get; init; }
}

/// <summary>Fields that are neither compared nor applied.</summary>
public sealed record IgnoreRule : Extensible
{
    /// <summary>JSON pointers (RFC 6901) of the fields.</summary>
    [Required]
    public IReadOnlyList<string> Paths { get => field ?? []; init; }

    /// <summary>The objects which the rule is for; all of the Kustomization when absent.</summary>
    public Selector? Target { get; init; }
}
