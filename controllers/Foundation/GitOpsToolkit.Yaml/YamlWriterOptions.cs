namespace GitOpsToolkit.Yaml;

/// <summary>How JSON is written as YAML.</summary>
public sealed record YamlWriterOptions
{
    /// <summary>Keys in the order they have.</summary>
    public static YamlWriterOptions Default { get; } = new();

    /// <summary>As <c>kustomize build</c> and sigs.k8s.io/yaml write: keys sorted.</summary>
    public static YamlWriterOptions Sorted { get; } = new() { SortKeys = true };

    /// <summary>Whether the keys of maps are sorted, in go-yaml's natural order (<c>a2</c> before <c>a10</c>).</summary>
    /// <value>Default false.</value>
    public bool SortKeys { get; init; }

    /// <summary>The column after which long plain and quoted scalars are folded at a space.</summary>
    /// <value>Default 80, as go-yaml v2.</value>
    public int Width { get; init; } = 80;
}
