using GitOpsToolkit.Kustomize.Patches;
using GitOpsToolkit.Kustomize.Resources;

namespace GitOpsToolkit.Kustomize.Replacements;

/// <summary>Options of a source or a target.</summary>
/// <param name="Delimiter">Cuts the text into parts; empty takes it whole.</param>
/// <param name="Index">Which part.</param>
/// <param name="Create">Whether a missing field is created.</param>
internal sealed record ReplacementOptions(string Delimiter, int Index, bool Create)
{
    internal static readonly ReplacementOptions None = new("", 0, Create: false);
}

/// <summary>The object and field that give the value. Empty parts of the id match everything.</summary>
internal sealed record ReplacementSource(ResourceId Object, string FieldPath, ReplacementOptions Options);

/// <summary>The objects and fields that take the value.</summary>
internal sealed record ReplacementTarget(
    Selector? Select, IReadOnlyList<Selector> Reject, IReadOnlyList<string> FieldPaths, ReplacementOptions Options);

/// <summary>One replacement.</summary>
/// <param name="Value">The value, when it is written right there.</param>
/// <param name="Source">Else where it comes from.</param>
/// <param name="Targets">Where it goes; null when nothing is said.</param>
/// <param name="Fault">Makes errors that name the place where the replacement is written.</param>
internal sealed record Replacement(
    string? Value, ReplacementSource? Source, IReadOnlyList<ReplacementTarget>? Targets, Func<string, BuildException> Fault);
