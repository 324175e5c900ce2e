namespace GitOpsToolkit.Api.Meta;

/// <summary>The annotations, labels and finalizers that the toolkit reads or writes.</summary>
public static class WellKnown
{
    /// <summary>Annotation: a new value asks for a reconcile now.</summary>
    public const string RequestedAtAnnotation = "reconcile.fluxcd.io/requestedAt";

    /// <summary>Prefix of the annotations that are copied into emitted events.</summary>
    public const string EventAnnotationPrefix = "event.toolkit.fluxcd.io/";

    /// <summary>Annotations with this prefix ask for what goes beyond Flux.</summary>
    public const string ToolkitAnnotationPrefix = "gitopstoolkit.dev/";

    /// <summary>Label of ConfigMaps and Secrets whose change wakes the objects that refer to them; its value is Enabled.</summary>
    public const string WatchLabel = "reconcile.fluxcd.io/watch";

    /// <summary>Label by which the objects of a kind are divided among instances of a controller.</summary>
    public const string ShardLabel = "sharding.fluxcd.io/key";

    /// <summary>The finalizer of all reconciled kinds.</summary>
    public const string Finalizer = "finalizers.fluxcd.io";

    /// <summary>Label on applied objects: the name of the Kustomization that owns them.</summary>
    public const string KustomizationNameLabel = "kustomize.toolkit.fluxcd.io/name";

    /// <summary>Label on applied objects: the namespace of the Kustomization that owns them.</summary>
    public const string KustomizationNamespaceLabel = "kustomize.toolkit.fluxcd.io/namespace";

    /// <summary>Label or annotation on managed objects: Override, Merge, IfNotPresent or Ignore.</summary>
    public const string SsaAnnotation = "kustomize.toolkit.fluxcd.io/ssa";

    /// <summary>Label or annotation on managed objects: Enabled recreates them when an immutable field changes.</summary>
    public const string ForceAnnotation = "kustomize.toolkit.fluxcd.io/force";

    /// <summary>Label or annotation on managed objects: Disabled keeps them when they leave the source.</summary>
    public const string PruneAnnotation = "kustomize.toolkit.fluxcd.io/prune";

    /// <summary>Label or annotation on managed objects: Disabled leaves them alone.</summary>
    public const string ReconcileAnnotation = "kustomize.toolkit.fluxcd.io/reconcile";

    /// <summary>Label or annotation on manifests: disabled (exactly so) keeps variable substitution away.</summary>
    public const string SubstituteAnnotation = "kustomize.toolkit.fluxcd.io/substitute";

    /// <summary>Annotation on manifests: Disabled keeps decryption away.</summary>
    public const string DecryptAnnotation = "kustomize.toolkit.fluxcd.io/decrypt";

    /// <summary>Standard label: the product an object belongs to; <see cref="PartOfValue"/> on everything that is installed.</summary>
    public const string PartOfLabel = "app.kubernetes.io/part-of";

    /// <summary>The value of <see cref="PartOfLabel"/> by which the flux CLI finds the installation.</summary>
    public const string PartOfValue = "flux";

    /// <summary>Standard label: the controller an object belongs to.</summary>
    public const string ComponentLabel = "app.kubernetes.io/component";

    /// <summary>Standard label: the installed version.</summary>
    public const string VersionLabel = "app.kubernetes.io/version";

    /// <summary>Standard label: the instance an object belongs to, which is the namespace of the installation.</summary>
    public const string InstanceLabel = "app.kubernetes.io/instance";
}
