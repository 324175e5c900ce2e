using GitOpsToolkit.Kustomize.Generators;
using GitOpsToolkit.Kustomize.Patches;
using GitOpsToolkit.Kustomize.Replacements;
using GitOpsToolkit.Kustomize.Transformers;
using GitOpsToolkit.Kustomize.Variables;

namespace GitOpsToolkit.Kustomize.Loader;

/// <summary>A text of a kustomization and the line it stands on.</summary>
internal readonly record struct Located(string Text, int Line);

/// <summary>One entry of <c>labels</c>.</summary>
internal sealed record LabelEntry(
    IReadOnlyDictionary<string, string> Pairs, bool IncludeSelectors, bool IncludeTemplates,
    IReadOnlyList<FieldSpec> Fields);

/// <summary>One entry of <c>patches</c> as written: a path or an inline text.</summary>
internal sealed record PatchEntry(
    string? Path, string? Text, PatchTarget? Target, bool AllowNameChange, bool AllowKindChange, int Line, string Field);

/// <summary>One entry of <c>replicas</c>.</summary>
internal sealed record ReplicaEntry(string Name, long Count, int Line, string Field);

/// <summary>One entry of <c>replacements</c>: a file of replacements, or one written right there.</summary>
internal sealed record ReplacementEntry(string? Path, Replacement? Inline, Func<string, BuildException> Fault);

/// <summary>The field <c>sortOptions</c>.</summary>
/// <param name="IsLegacy">Whether objects are sorted by kind; otherwise they stay in the order in which they were added.</param>
/// <param name="First">Kinds that come first; null for kustomize's own.</param>
/// <param name="Last">Kinds that come last; null for kustomize's own.</param>
internal sealed record SortOptions(bool IsLegacy, IReadOnlyList<string>? First, IReadOnlyList<string>? Last);

/// <summary>A kustomization.yaml, read and checked but with nothing loaded yet.</summary>
internal sealed record KustomizationFile
{
    /// <summary>The file, relative to the root; for a generated one the name it would have.</summary>
    internal required string File { get; init; }

    internal string Directory => SourcePath.Parent(File);

    internal bool IsComponent { get; init; }

    internal IReadOnlyList<Located> Resources { get; init; } = [];

    /// <summary>The old field for directories among the resources.</summary>
    internal IReadOnlyList<Located> Bases { get; init; } = [];

    internal IReadOnlyList<Located> Components { get; init; } = [];

    internal string Namespace { get; init; } = "";

    internal string NamePrefix { get; init; } = "";

    internal string NameSuffix { get; init; } = "";

    internal IReadOnlyList<LabelEntry> Labels { get; init; } = [];

    internal IReadOnlyDictionary<string, string> CommonLabels { get; init; } = new Dictionary<string, string>();

    internal IReadOnlyDictionary<string, string> CommonAnnotations { get; init; } = new Dictionary<string, string>();

    internal IReadOnlyList<ImageOverride> Images { get; init; } = [];

    internal IReadOnlyList<PatchEntry> Patches { get; init; } = [];

    internal IReadOnlyList<Located> PatchesStrategicMerge { get; init; } = [];

    internal IReadOnlyList<PatchEntry> PatchesJson6902 { get; init; } = [];

    internal IReadOnlyList<ReplacementEntry> Replacements { get; init; } = [];

    internal IReadOnlyList<ReplicaEntry> Replicas { get; init; } = [];

    internal IReadOnlyList<Variable> Variables { get; init; } = [];

    /// <summary>The entries of <c>configMapGenerator</c> and then of <c>secretGenerator</c>, the options of the kustomization merged in.</summary>
    internal IReadOnlyList<DataArguments> Data { get; init; } = [];

    internal IReadOnlyList<Located> Generators { get; init; } = [];

    internal IReadOnlyList<Located> Transformers { get; init; } = [];

    internal IReadOnlyList<Located> Validators { get; init; } = [];

    internal IReadOnlyList<Located> Configurations { get; init; } = [];

    internal IReadOnlyList<Located> Crds { get; init; } = [];

    /// <summary>The file of <c>openapi.path</c>; null when not given.</summary>
    internal string? OpenApiPath { get; init; }

    /// <summary>Whether <c>openapi.version</c> asks for the built-in schema, whatever the bases name.</summary>
    internal bool UsesBuiltInSchema { get; init; }

    internal IReadOnlyList<string> BuildMetadata { get; init; } = [];

    internal SortOptions? Sort { get; init; }

    /// <summary>What its author should change, such as deprecated fields.</summary>
    internal IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Whether it asks for nothing at all, which kustomize refuses.</summary>
    internal bool IsEmpty { get; init; }
}
