namespace GitOpsToolkit.Yaml;

/// <summary>The caps of the YAML reader: what a hostile text may cost.</summary>
public sealed record YamlReaderOptions
{
    /// <summary>The defaults.</summary>
    public static YamlReaderOptions Default { get; } = new();

    /// <summary>How deep collections may nest, aliases expanded.</summary>
    /// <value>Default 100.</value>
    public int MaxDepth { get; init; } = 100;

    /// <summary>How many nodes one text may have, aliases expanded: the guard against alias bombs.</summary>
    /// <value>Default 2,000,000.</value>
    public int MaxNodes { get; init; } = 2_000_000;

    /// <summary>How many characters a text may have.</summary>
    /// <value>Default 67,108,864 (64 Mi).</value>
    public int MaxLength { get; init; } = 64 * 1024 * 1024;

    /// <summary>
    /// Whether the last of several equal keys wins, as in kustomization files (sigs.k8s.io/yaml), instead of being an error, as in
    /// resources (kyaml).
    /// </summary>
    /// <value>Default false: an error.</value>
    public bool LastKeyWins { get; init; }
}
