using GitOpsToolkit.Kustomize.Transformers;

namespace GitOpsToolkit.Kustomize.Configuration;

/// <summary>Which fields the transformers change: kustomize's defaults, what <c>configurations</c> adds, what <c>crds</c> tells. Immutable.</summary>
internal sealed record TransformerConfig
{
    internal static readonly TransformerConfig Empty = new();

    internal IReadOnlyList<FieldSpec> NamePrefix { get; init; } = [];

    internal IReadOnlyList<FieldSpec> NameSuffix { get; init; } = [];

    internal IReadOnlyList<FieldSpec> Namespace { get; init; } = [];

    internal IReadOnlyList<FieldSpec> CommonLabels { get; init; } = [];

    internal IReadOnlyList<FieldSpec> Labels { get; init; } = [];

    internal IReadOnlyList<FieldSpec> TemplateLabels { get; init; } = [];

    internal IReadOnlyList<FieldSpec> CommonAnnotations { get; init; } = [];

    internal IReadOnlyList<NameReference> NameReferences { get; init; } = [];

    internal IReadOnlyList<FieldSpec> VariableReferences { get; init; } = [];

    internal IReadOnlyList<FieldSpec> Images { get; init; } = [];

    internal IReadOnlyList<FieldSpec> Replicas { get; init; } = [];

    /// <summary>Both together, in kustomize's order of kinds.</summary>
    /// <exception cref="BuildException">The two disagree on whether a field is created.</exception>
    internal TransformerConfig Merge(TransformerConfig other)
    {
        if (ReferenceEquals(this, other) || ReferenceEquals(other, Empty))
        {
            return this;
        }

        // Merging into nothing is not idle: of fields for one kind and for all kinds, kustomize keeps the one that is sorted first.
        if (ReferenceEquals(this, Empty) && ReferenceEquals(other, DefaultConfig.Value))
        {
            return other;
        }

        return new TransformerConfig
        {
            NamePrefix = Merge(NamePrefix, other.NamePrefix),
            NameSuffix = Merge(NameSuffix, other.NameSuffix),
            Namespace = Merge(Namespace, other.Namespace),
            CommonLabels = Merge(CommonLabels, other.CommonLabels),
            Labels = Merge(Labels, other.Labels),
            TemplateLabels = Merge(TemplateLabels, other.TemplateLabels),
            CommonAnnotations = Merge(CommonAnnotations, other.CommonAnnotations),
            NameReferences = NameReference.Merge(NameReferences, other.NameReferences),
            VariableReferences = Merge(VariableReferences, other.VariableReferences),
            Images = Merge(Images, other.Images),
            Replicas = Merge(Replicas, other.Replicas),
        };
    }

    private static IReadOnlyList<FieldSpec> Merge(IReadOnlyList<FieldSpec> specs, IReadOnlyList<FieldSpec> more) =>
        more.Count == 0 || ReferenceEquals(specs, more) ? specs : [.. FieldSpec.Merge(specs, more).Order(KindOrder.BySpec)];
}
