using GitOpsToolkit.Kustomize.Resources;

namespace GitOpsToolkit.Kustomize.Generators;

/// <summary>Options of a generator (<c>options</c>, <c>generatorOptions</c>).</summary>
internal sealed record GeneratorOptions
{
    internal IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    internal IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    internal bool DisableNameSuffixHash { get; init; }

    internal bool Immutable { get; init; }

    /// <summary>The options of one generator with those of the kustomization behind them.</summary>
    internal GeneratorOptions With(GeneratorOptions global) => new()
    {
        Labels = Merge(Labels, global.Labels),
        Annotations = Merge(Annotations, global.Annotations),
        DisableNameSuffixHash = DisableNameSuffixHash || global.DisableNameSuffixHash,
        Immutable = Immutable || global.Immutable,
    };

    private static SortedDictionary<string, string> Merge(IReadOnlyDictionary<string, string> own, IReadOnlyDictionary<string, string> global)
    {
        var merged = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in global.Concat(own))
        {
            merged[key] = value;
        }

        return merged;
    }
}

/// <summary>One entry of <c>configMapGenerator</c> or <c>secretGenerator</c>, or the configuration of such a generator.</summary>
internal sealed record DataArguments
{
    /// <summary>Whether it makes a Secret, not a ConfigMap.</summary>
    internal required bool IsSecret { get; init; }

    internal required string Name { get; init; }

    internal string Namespace { get; init; } = "";

    internal GenerationBehavior Behavior { get; init; }

    internal IReadOnlyList<string> Literals { get; init; } = [];

    internal IReadOnlyList<string> Files { get; init; } = [];

    internal IReadOnlyList<string> Envs { get; init; } = [];

    /// <summary>The type of a Secret; empty for <c>Opaque</c>.</summary>
    internal string Type { get; init; } = "";

    internal GeneratorOptions Options { get; init; } = new();

    /// <summary>Where it is written.</summary>
    internal required Origin Origin { get; init; }

    internal required string Field { get; init; }

    internal BuildException Fault(string message) => BuildException.At(message, Origin.File, Origin.Line, Field);
}
