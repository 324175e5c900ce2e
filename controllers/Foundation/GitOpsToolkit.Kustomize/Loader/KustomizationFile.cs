using GitOpsToolkit.Kustomize.Patches;
using GitOpsToolkit.Kustomize.Transformers;

namespace GitOpsToolkit.Kustomize.Loader;

/// <summary>A text of a kustomization and the line it stands on.</summary>
internal readonly record struct Located(string Text, int Line);

/// <summary>One entry of <c>labels</c>.</summary>
internal sealed record LabelEntry(
    IReadOnlyDictionary<string, string> Pairs, bool IncludeSelectors, bool IncludeTemplates, bool IncludeVolumeClaimTemplates,
    IReadOnlyList<FieldSpec> Fields);

/// <summary>One entry of <c>patches</c> as written: a path or an inline text.</summary>
internal sealed record PatchEntry(
    string? Path, string? Text, PatchTarget? Target, bool AllowNameChange, bool AllowKindChange, int Line, string Field);

/// <summary>A kustomization.yaml, read and checked but with nothing loaded yet.</summary>
internal sealed record KustomizationFile
{
    /// <summary>The file, relative to the root; for a generated one the name it would have.</summary>
    internal required string File { get; init; }

    internal string Directory => SourcePath.Parent(File);

    internal bool IsComponent { get; init; }

    internal IReadOnlyList<Located> Resources { get; init; } = [];

    internal IReadOnlyList<Located> Components { get; init; } = [];

    internal string Namespace { get; init; } = "";

    internal string NamePrefix { get; init; } = "";

    internal string NameSuffix { get; init; } = "";

    internal IReadOnlyList<LabelEntry> Labels { get; init; } = [];

    internal IReadOnlyDictionary<string, string> CommonLabels { get; init; } = new Dictionary<string, string>();

    internal IReadOnlyDictionary<string, string> CommonAnnotations { get; init; } = new Dictionary<string, string>();

    internal IReadOnlyList<ImageOverride> Images { get; init; } = [];

    internal IReadOnlyList<PatchEntry> Patches { get; init; } = [];

    /// <summary>Whether it asks for nothing at all, which kustomize refuses.</summary>
    internal bool IsEmpty { get; init; }
}
