using System.Text.Json.Nodes;
using GitOpsToolkit.Kustomize.Loader;
using GitOpsToolkit.Kustomize.Resources;
using GitOpsToolkit.Yaml;

namespace GitOpsToolkit.Kustomize.Patches;

/// <summary>Reads the text of a patch, inline or from its file, and finds out which of the two forms it has.</summary>
internal static class PatchLoader
{
    /// <exception cref="BuildException">The patch cannot be read, is of neither form, or lacks a target.</exception>
    internal static LoadedPatch Load(LocalFiles files, PatchEntry entry)
    {
        BuildException Fault(string message) => BuildException.At(message, files.Kustomization, entry.Line, entry.Field);

        var (documents, origin) = Documents(files, entry, Fault);
        var selector = Target(entry, Fault);
        if (documents.Count > 0 && documents[0].Root is JsonArray)
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

    /// <summary>A JSON patch of the field <c>patchesJson6902</c>.</summary>
    /// <exception cref="BuildException">As for <see cref="Load"/>, or the target has no name.</exception>
    internal static LoadedPatch LoadJson(LocalFiles files, PatchEntry entry)
    {
        BuildException Fault(string message) => BuildException.At(message, files.Kustomization, entry.Line, entry.Field);

        if (entry.Target is null || entry.Target.Name.Length == 0)
        {
            throw Fault("a JSON patch needs a target with a name");
        }

        var (documents, origin) = Documents(files, entry, Fault);
        if (!JsonPatch.TryRead(documents.Count == 0 ? null : documents[0].Root, out var json, out var fault))
        {
            throw Fault($"the JSON patch is faulty: {fault}");
        }

        return new LoadedPatch([], json, Target(entry, Fault), AllowNameChange: false, AllowKindChange: false, origin, entry.Field)
        {
            KeepsPreviousIds = false,
        };
    }

    /// <summary>Merge patches that name their objects themselves: an entry of <c>patchesStrategicMerge</c> is the text of patches, or else a path.</summary>
    /// <exception cref="BuildException">It is neither.</exception>
    internal static LoadedPatch LoadMerge(LocalFiles files, Located entry, string field)
    {
        BuildException Fault(string message) => BuildException.At(message, files.Kustomization, entry.Line, field);

        var (merges, origin) = Inline(files.Kustomization, entry) is { } inline
            ? (inline, new Origin(files.Kustomization, entry.Line))
            : (ResourceReader.Read(files.Documents(entry.Text, Fault)), new Origin(files.Resolve(entry.Text, Fault), 1));
        return new LoadedPatch(merges, Json: null, Target: null, AllowNameChange: false, AllowKindChange: false, origin, field);
    }

    /// <summary>Merge patches written right there.</summary>
    /// <exception cref="BuildException">The text holds none.</exception>
    internal static LoadedPatch LoadInlineMerge(LocalFiles files, Located entry, string field)
    {
        var line = Math.Max(entry.Line, 1);
        var merges = ResourceReader.Read(BoundedFiles.Parse(entry.Text, files.Kustomization, line), line);
        return new LoadedPatch(
            merges, Json: null, Target: null, AllowNameChange: false, AllowKindChange: false, new Origin(files.Kustomization, line), field);
    }

    /// <summary>The objects that an entry is the text of; null when it is none.</summary>
    internal static List<Resource>? Inline(string file, Located entry)
    {
        try
        {
            return ResourceReader.Read(BoundedFiles.Parse(entry.Text, file, Math.Max(entry.Line, 1)), Math.Max(entry.Line, 1));
        }
        catch (BuildException e) when (!e.IsLimit)
        {
            return null;
        }
    }

    private static Selector? Target(PatchEntry entry, Func<string, BuildException> fault)
    {
        try
        {
            return entry.Target is null ? null : new Selector(entry.Target);
        }
        catch (FormatException e)
        {
            throw fault(e.Message);
        }
    }

    private static (IReadOnlyList<YamlDocument> Documents, Origin Origin) Documents(
        LocalFiles files, PatchEntry entry, Func<string, BuildException> fault)
    {
        if (entry.Path is null)
        {
            return (BoundedFiles.Parse(entry.Text!, files.Kustomization, Math.Max(entry.Line, 1)),
                new Origin(files.Kustomization, entry.Line));
        }

        return (files.Documents(entry.Path, fault), new Origin(files.Resolve(entry.Path, fault), 1));
    }
}
