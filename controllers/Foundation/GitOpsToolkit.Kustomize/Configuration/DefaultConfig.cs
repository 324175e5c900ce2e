using GitOpsToolkit.Kustomize.Transformers;

namespace GitOpsToolkit.Kustomize.Configuration;

/// <summary>The fields that kustomize's transformers change when nothing is configured.</summary>
internal static class DefaultConfig
{
    private static readonly IReadOnlyList<FieldSpec> Name = [new("metadata/name")];

    private static readonly IReadOnlyList<FieldSpec> Namespaces =
    [
        new("metadata/name", Create: true, Kind: "Namespace"),
        new("spec/service/namespace", Create: true, Group: "apiregistration.k8s.io", Kind: "APIService"),
        new("spec/conversion/webhook/clientConfig/service/namespace", Group: "apiextensions.k8s.io", Kind: "CustomResourceDefinition"),
    ];

    private static readonly IReadOnlyList<FieldSpec> ContainerImages =
    [
        new("spec/containers[]/image", Create: true),
        new("spec/initContainers[]/image", Create: true),
        new("spec/volumes[]/image/reference", Create: true),
        new("spec/template/spec/containers[]/image", Create: true),
        new("spec/template/spec/initContainers[]/image", Create: true),
        new("spec/template/spec/volumes[]/image/reference", Create: true),
    ];

    private static readonly IReadOnlyList<FieldSpec> ReplicaCounts =
    [
        new("spec/replicas", Create: true, Kind: "Deployment"),
        new("spec/replicas", Create: true, Kind: "ReplicationController"),
        new("spec/replicas", Create: true, Kind: "ReplicaSet"),
        new("spec/replicas", Create: true, Kind: "StatefulSet"),
    ];

    internal static TransformerConfig Value { get; } = new()
    {
        NamePrefix = Name,
        NameSuffix = Name,
        Namespace = Sorted(Namespaces),
        CommonLabels = Sorted(LabelFields.Selectors),
        TemplateLabels = Sorted(LabelFields.Templates),
        CommonAnnotations = Sorted(LabelFields.Annotations),
        NameReferences = NameReferences.All,
        VariableReferences = Sorted(VariableFields.All),
        Images = ContainerImages,
        Replicas = Sorted(ReplicaCounts),
    };

    private static IReadOnlyList<FieldSpec> Sorted(IEnumerable<FieldSpec> specs) => [.. specs.Order(KindOrder.BySpec)];
}
