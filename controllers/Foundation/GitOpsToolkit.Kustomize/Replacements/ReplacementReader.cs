using System.Text.Json.Nodes;
using GitOpsToolkit.Kustomize.Loader;
using GitOpsToolkit.Kustomize.Patches;
using GitOpsToolkit.Kustomize.Resources;

namespace GitOpsToolkit.Kustomize.Replacements;

/// <summary>Reads replacements, from a kustomization and from the files that it names.</summary>
internal static class ReplacementReader
{
    internal static ReplacementEntry Entry(FieldReader entry)
    {
        entry.RefuseUnknown("path", "source", "targets", "sourceValue");
        BuildException Fault(string message) => BuildException.At(message, entry.File, entry.Line, entry.PathOfSelf);
        var path = entry.Text("path");
        if (path.Length == 0)
        {
            return new ReplacementEntry(null, Read(entry), Fault);
        }

        return entry.Has("source") || entry.Has("targets")
            ? throw Fault("'path' and an inline replacement exclude each other")
            : new ReplacementEntry(path, null, Fault);
    }

    /// <summary>All replacements in order, those of files read.</summary>
    /// <exception cref="BuildException">A file cannot be read or holds no replacements.</exception>
    internal static IReadOnlyList<Replacement> Load(LocalFiles files, IReadOnlyList<ReplacementEntry> entries) =>
        [.. entries.SelectMany(entry => entry.Inline is { } inline ? [inline] : LoadFile(files, entry))];

    private static IEnumerable<Replacement> LoadFile(LocalFiles files, ReplacementEntry entry)
    {
        var documents = files.Documents(entry.Path!, entry.Fault);
        if (documents.Count == 0)
        {
            throw entry.Fault($"'{entry.Path}' holds no replacement");
        }

        var document = documents[0];
        FieldReader Reader(JsonObject map, string path) => new(document, map, path, strict: false);
        return document.Root switch
        {
            JsonArray list => [.. list.OfType<JsonObject>().Select((map, i) => Read(Reader(map, $"[{i}]")))],
            JsonObject map => [Read(Reader(map, ""))],
            _ => throw entry.Fault($"'{entry.Path}' holds neither a replacement nor a list of them"),
        };
    }

    private static Replacement Read(FieldReader entry)
    {
        BuildException Fault(string message) => BuildException.At(message, entry.File, entry.Line, entry.PathOfSelf);
        var source = entry.Map("source");
        source?.RefuseUnknown("group", "version", "kind", "name", "namespace", "fieldPath", "options");
        return new Replacement(
            entry.OptionalText("sourceValue"),
            source is null ? null : new ReplacementSource(ObjectOf(source), source.Text("fieldPath"), Options(source)),
            entry.Has("targets") ? [.. entry.Maps("targets").Select(Target)] : null,
            Fault);
    }

    private static ReplacementTarget Target(FieldReader target)
    {
        target.RefuseUnknown("select", "reject", "fieldPaths", "options");
        return new ReplacementTarget(
            target.Map("select") is { } select ? SelectorOf(select) : null,
            [.. target.Maps("reject").Select(SelectorOf)],
            [.. target.Texts("fieldPaths").Select(path => path.Text)],
            Options(target));
    }

    private static ReplacementOptions Options(FieldReader owner)
    {
        if (owner.Map("options") is not { } options)
        {
            return ReplacementOptions.None;
        }

        options.RefuseUnknown("delimiter", "index", "encoding", "create");
        return new ReplacementOptions(
            options.Text("delimiter"), (int)Math.Clamp(options.Number("index"), int.MinValue, int.MaxValue), options.Bool("create"));
    }

    private static Selector SelectorOf(FieldReader target)
    {
        try
        {
            return new Selector(EntryReader.Target(target));
        }
        catch (FormatException e)
        {
            throw BuildException.At(e.Message, target.File, target.Line, target.PathOfSelf);
        }
    }

    private static ResourceId ObjectOf(FieldReader source) => new(
        source.Text("group"), source.Text("version"), source.Text("kind"), source.Text("namespace"), source.Text("name"));
}
