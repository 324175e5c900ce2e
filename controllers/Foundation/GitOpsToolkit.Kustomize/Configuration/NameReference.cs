using GitOpsToolkit.Kustomize.Resources;
using GitOpsToolkit.Kustomize.Transformers;

namespace GitOpsToolkit.Kustomize.Configuration;

/// <summary>A field that holds the name of another object.</summary>
/// <param name="Field">The field in the referring kind.</param>
/// <param name="TargetGroup">The group of the object named; null for any.</param>
/// <param name="TargetVersion">Its version; null for any.</param>
/// <param name="TargetKind">Its kind; empty for any.</param>
internal sealed record NameReference(FieldSpec Field, string? TargetGroup, string? TargetVersion, string TargetKind)
{
    internal bool Names(ResourceId id) =>
        (string.IsNullOrEmpty(TargetKind) || id.Kind == TargetKind)
        && (string.IsNullOrEmpty(TargetGroup) || TargetGroup == id.Group)
        && (string.IsNullOrEmpty(TargetVersion) || TargetVersion == id.Version);

    /// <summary>Both together; a field counts once per kind that it may name.</summary>
    internal static IReadOnlyList<NameReference> Merge(IReadOnlyList<NameReference> references, IReadOnlyList<NameReference> more)
    {
        if (more.Count == 0 || ReferenceEquals(references, more))
        {
            return references;
        }

        var added = more.ToLookup(reference => reference.Target);
        var known = references.ToLookup(reference => reference.Target);
        return Sort(references.Concat(more).Select(reference => reference.Target).Distinct().SelectMany(target =>
            FieldSpec.Merge(known[target].Select(reference => reference.Field), added[target].Select(reference => reference.Field))
                .Select(field => new NameReference(field, target.Group, target.Version, target.Kind))));
    }

    internal static IReadOnlyList<NameReference> Sort(IEnumerable<NameReference> references) =>
        [.. references.Order(Comparer<NameReference>.Create((a, b) => KindOrder.Compare(
            a.TargetGroup, a.TargetVersion, a.TargetKind, b.TargetGroup, b.TargetVersion, b.TargetKind)))];

    private (string? Group, string? Version, string Kind) Target => (TargetGroup, TargetVersion, TargetKind);
}
