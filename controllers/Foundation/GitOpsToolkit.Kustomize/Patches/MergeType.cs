namespace GitOpsToolkit.Kustomize.Patches;

/// <summary>What a strategic merge must know about the fields of a type: which lists are merged by key, and what lies below.</summary>
internal abstract class MergeType
{
    /// <summary>The type of a field that holds a map; null when nothing is known of it.</summary>
    internal abstract MergeType? Field(string name);

    /// <summary>How a list is merged; null when it is replaced.</summary>
    internal abstract MergeList? List(string name);
}

/// <summary>A list that is merged element by element.</summary>
/// <param name="Keys">The fields that identify an element; empty when the elements are scalars.</param>
/// <param name="Element">The type of the elements, or null when nothing below is merged by key.</param>
internal sealed record MergeList(string[] Keys, MergeType? Element);

/// <summary>Where the rules of kinds come from.</summary>
internal interface IMergeSchema
{
    /// <summary>The rules for a kind; null for kinds that are unknown, whose lists are always replaced.</summary>
    MergeType? For(string apiVersion, string kind);
}

/// <summary>
/// The schema of a build: that of the first kustomization which names one with <c>openapi</c>, for everything that is built after it was read.
/// </summary>
internal sealed class MergeSchema : IMergeSchema
{
    private IMergeSchema? _own;

    internal bool IsSet => _own is not null;

    internal void Use(IMergeSchema schema) => _own ??= schema;

    public MergeType? For(string apiVersion, string kind) => (_own ?? MergeRules.BuiltIn).For(apiVersion, kind);
}
