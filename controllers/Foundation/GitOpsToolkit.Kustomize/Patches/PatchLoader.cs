using GitOpsToolkit.Kustomize.Loader;
using GitOpsToolkit.Kustomize.Resources;
using GitOpsToolkit.Yaml;

namespace GitOpsToolkit.Kustomize.Patches;

/// <summary>Reads the text of a patch, inline or from its file, and finds out which of the two forms it has.</summary>
internal static class PatchLoader
{
    /// <exception cref="BuildException">The patch cannot be read, is of neither form, or lacks a target.</exception>
    internal static LoadedPatch Load(BoundedFiles files, KustomizationFile kustomization, PatchEntry entry, bool filesBelowKustomization)
    {
        BuildException Fault(string message) => BuildException.At(message, kustomization.File, entry.Line, entry.Field);

        var (documents, origin) = Documents(files, kustomization, entry, filesBelowKustomization, Fault);
        Selector? selector;
        try
        {
            selector = entry.Target is null ? null : new Selector(entry.Target);
        }
        catch (FormatException e)
        {
            throw Fault(e.Message);
        }

        if (documents.Count > 0 && documents[0].Root is System.Text.Json.Nodes.JsonArray)
        {
            if (!JsonPatch.TryRead(documents[0].Root, out var json, out var fault))
            {
                throw Fault($"the JSON patch is faulty: {fault}");
            }

            return selector is not null
                ? new LoadedPatch([], json, selector, entry.AllowNameChange, entry.AllowKindChange, origin, entry.Field)
                : throw Fault("a JSON patch needs a target");
        }

        var merges = ResourceReader.Read(documents, entry.Path is null ? Math.Max(entry.Line, 1) : 1);
        return merges.Count switch
        {
            0 when entry.Path is null => throw Fault("the patch is empty"),
            > 1 when selector is not null => throw Fault("several merge patches in one entry cannot share a target"),
            _ => new LoadedPatch(merges, Json: null, selector, entry.AllowNameChange, entry.AllowKindChange, origin, entry.Field),
        };
    }

    private static (IReadOnlyList<YamlDocument> Documents, Origin Origin) Documents(
        BoundedFiles files, KustomizationFile kustomization, PatchEntry entry, bool filesBelowKustomization,
        Func<string, BuildException> fault)
    {
        if (entry.Path is null)
        {
            return (BoundedFiles.Parse(entry.Text!, kustomization.File, Math.Max(entry.Line, 1)),
                new Origin(kustomization.File, entry.Line));
        }

        if (!SourcePath.TryResolve(kustomization.Directory, entry.Path, out var path, out var refusal))
        {
            throw fault(refusal);
        }

        if (!files.FileExists(path))
        {
            throw fault($"the source has no file '{path}' (links are not followed)");
        }

        if (filesBelowKustomization && kustomization.Directory.Length > 0
            && !path.StartsWith(kustomization.Directory + "/", StringComparison.Ordinal))
        {
            throw fault($"'{entry.Path}' is not below the directory of the kustomization");
        }

        return (files.Documents(path), new Origin(path, 1));
    }
}
