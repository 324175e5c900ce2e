using GitOpsToolkit.Kustomize.Generators;
using GitOpsToolkit.Kustomize.Patches;
using GitOpsToolkit.Kustomize.Resources;
using GitOpsToolkit.Kustomize.Transformers;
using GitOpsToolkit.Kustomize.Variables;

namespace GitOpsToolkit.Kustomize.Loader;

/// <summary>Reads the parts that a kustomization and the configurations of built-in transformers share.</summary>
internal static class EntryReader
{
    internal static LabelEntry Labels(FieldReader entry)
    {
        entry.RefuseUnknown("pairs", "includeSelectors", "includeTemplates", "fields");
        return new LabelEntry(entry.TextMap("pairs"), entry.Bool("includeSelectors"), entry.Bool("includeTemplates"), FieldSpecs(entry, "fields"));
    }

    internal static IReadOnlyList<FieldSpec> FieldSpecs(FieldReader entry, string field) => [.. entry.Maps(field).Select(FieldSpecOf)];

    internal static FieldSpec FieldSpecOf(FieldReader entry)
    {
        entry.RefuseUnknown("path", "create", "group", "version", "kind");
        var path = entry.Text("path");
        return path.Length > 0
            ? new FieldSpec(path, entry.Bool("create"), entry.Text("group"), entry.Text("version"), entry.Text("kind"))
            : throw entry.Fault("path", "is required");
    }

    internal static ImageOverride Image(FieldReader entry)
    {
        entry.RefuseUnknown("name", "newName", "newTag", "tagSuffix", "digest");
        return new ImageOverride(
            entry.Text("name"), entry.Text("newName"), entry.Text("newTag"), entry.Text("digest"), entry.Text("tagSuffix"));
    }

    internal static ReplicaEntry Replica(FieldReader entry)
    {
        entry.RefuseUnknown("name", "count");
        return new ReplicaEntry(entry.Text("name"), entry.Number("count"), entry.Line, entry.PathOfSelf);
    }

    internal static PatchEntry Patch(FieldReader entry)
    {
        entry.RefuseUnknown("path", "patch", "target", "options");
        return Patch(entry, "patch");
    }

    /// <param name="entry">The entry.</param>
    /// <param name="inline">The field with the text of the patch.</param>
    internal static PatchEntry Patch(FieldReader entry, string inline)
    {
        var (path, text) = (entry.Text("path"), entry.Text(inline).Trim());
        if (path.Length == 0 == (text.Length == 0))
        {
            throw BuildException.At($"one of 'path' and '{inline}' is expected", entry.File, entry.Line, entry.PathOfSelf);
        }

        var options = entry.Map("options");
        options?.RefuseUnknown("allowNameChange", "allowKindChange");
        return new PatchEntry(
            path.Length > 0 ? path : null, text.Length > 0 ? text : null, entry.Map("target") is { } target ? Target(target) : null,
            options?.Bool("allowNameChange") ?? false, options?.Bool("allowKindChange") ?? false, entry.Line, entry.PathOfSelf);
    }

    internal static PatchTarget Target(FieldReader target)
    {
        target.RefuseUnknown("group", "version", "kind", "name", "namespace", "labelSelector", "annotationSelector");
        return new PatchTarget
        {
            Group = target.Text("group"),
            Version = target.Text("version"),
            Kind = target.Text("kind"),
            Name = target.Text("name"),
            Namespace = target.Text("namespace"),
            LabelSelector = target.Text("labelSelector"),
            AnnotationSelector = target.Text("annotationSelector"),
        };
    }

    internal static Variable Variable(FieldReader entry)
    {
        entry.RefuseUnknown("name", "objref", "fieldref");
        var target = entry.Map("objref");
        target?.RefuseUnknown("apiVersion", "group", "version", "kind", "name", "namespace");
        var field = entry.Map("fieldref");
        field?.RefuseUnknown("fieldPath");
        var path = field?.Text("fieldPath") ?? "";
        return new Variable(
            entry.Text("name"), target is null ? default : ObjectOf(target), path.Length > 0 ? path : "metadata.name",
            message => BuildException.At(message, entry.File, entry.Line, entry.PathOfSelf));
    }

    internal static DataArguments Data(FieldReader entry, bool isSecret, GeneratorOptions? global)
    {
        entry.RefuseUnknown(isSecret
            ? ["name", "namespace", "behavior", "literals", "files", "envs", "env", "options", "type"]
            : ["name", "namespace", "behavior", "literals", "files", "envs", "env", "options"]);
        IReadOnlyList<string> Texts(string field) => [.. entry.Texts(field).Select(text => text.Text)];
        var env = entry.Text("env");
        var options = entry.Map("options") is { } own ? Options(own) : new GeneratorOptions();
        return new DataArguments
        {
            IsSecret = isSecret,
            Name = entry.Text("name"),
            Namespace = entry.Text("namespace"),
            Behavior = entry.Text("behavior") switch
            {
                "merge" => GenerationBehavior.Merge,
                "replace" => GenerationBehavior.Replace,
                _ => GenerationBehavior.Create,
            },
            Literals = Texts("literals"),
            Files = Texts("files"),
            Envs = env.Length > 0 ? [.. Texts("envs"), env] : Texts("envs"),
            Type = isSecret ? entry.Text("type") : "",
            Options = global is null ? options : options.With(global),
            Origin = new Origin(entry.File, entry.Line),
            Field = entry.PathOfSelf,
        };
    }

    internal static GeneratorOptions Options(FieldReader entry)
    {
        entry.RefuseUnknown("labels", "annotations", "disableNameSuffixHash", "immutable");
        return new GeneratorOptions
        {
            Labels = entry.TextMap("labels"),
            Annotations = entry.TextMap("annotations"),
            DisableNameSuffixHash = entry.Bool("disableNameSuffixHash"),
            Immutable = entry.Bool("immutable"),
        };
    }

    private static ResourceId ObjectOf(FieldReader target)
    {
        var (group, version) = (target.Text("group"), target.Text("version"));
        var parts = target.Text("apiVersion").Split('/');
        (group, version) = parts switch
        {
            [""] => (group, version),
            [var only] => (group, only),
            [var first, var second] => (first, second),
            _ => (group, version),
        };
        return new ResourceId(group, version, target.Text("kind"), target.Text("namespace"), target.Text("name"));
    }
}
