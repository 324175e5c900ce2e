using GitOpsToolkit.Kustomize.Generators;
using GitOpsToolkit.Kustomize.Loader;
using GitOpsToolkit.Kustomize.Patches;
using GitOpsToolkit.Kustomize.Replacements;
using GitOpsToolkit.Kustomize.Resources;
using GitOpsToolkit.Kustomize.Transformers;

namespace GitOpsToolkit.Kustomize.Plugins;

/// <summary>Makes the built-in transformers that <c>transformers</c> and <c>validators</c> configure by objects of <c>apiVersion: builtin</c>.</summary>
internal static class BuiltinTransformers
{
    /// <exception cref="BuildException">The kind is unknown, not built in, or wrongly configured.</exception>
    internal static ITransformer Make(Resource config, LocalFiles files, IMergeSchema schema)
    {
        PluginConfig.RefuseForeign(config);
        var reader = PluginConfig.Reader(config);
        return config.Kind switch
        {
            "AnnotationsTransformer" => new LabelTransformer(reader.TextMap("annotations"), EntryReader.FieldSpecs(reader, "fieldSpecs")),
            "LabelTransformer" => new LabelTransformer(reader.TextMap("labels"), EntryReader.FieldSpecs(reader, "fieldSpecs")),
            "HashTransformer" => new ContentHash(),
            "ImageTagTransformer" => new ImageTransformer(
                reader.Map("imageTag") is { } image ? EntryReader.Image(image) : new ImageOverride(""),
                EntryReader.FieldSpecs(reader, "fieldSpecs")),
            "NamespaceTransformer" => Namespace(reader),
            "PatchTransformer" => new PatchTransformer(PatchLoader.Load(files, EntryReader.Patch(reader, "patch")), schema),
            "PatchJson6902Transformer" => new PatchTransformer(PatchLoader.LoadJson(files, EntryReader.Patch(reader, "jsonOp")), schema),
            "PatchStrategicMergeTransformer" => Merges(reader, files, schema),
            "PrefixTransformer" => Affix(reader, isSuffix: false),
            "SuffixTransformer" => Affix(reader, isSuffix: true),
            "PrefixSuffixTransformer" => new TransformerChain([Affix(reader, isSuffix: false), Affix(reader, isSuffix: true)]),
            "ReplacementTransformer" => new ReplacementTransformer(
                ReplacementReader.Load(files, [.. reader.Maps("replacements").Select(ReplacementReader.Entry)])),
            "ReplicaCountTransformer" => Replicas(reader),
            "ValueAddTransformer" => ValueAddReader.Read(reader, files),
            _ => throw config.Fault($"there is no built-in transformer '{config.Kind}'", "kind"),
        };
    }

    private static NamespaceTransformer Namespace(FieldReader reader)
    {
        var subjects = reader.Text("setRoleBindingSubjects") switch
        {
            "" or "defaultOnly" => SubjectMode.DefaultOnly,
            "allServiceAccounts" => SubjectMode.AllServiceAccounts,
            "none" => SubjectMode.None,
            _ => throw reader.Fault("setRoleBindingSubjects", "must be defaultOnly, allServiceAccounts or none"),
        };
        return new NamespaceTransformer(
            reader.Map("metadata")?.Text("namespace") ?? "", EntryReader.FieldSpecs(reader, "fieldSpecs"), subjects, reader.Bool("unsetOnly"));
    }

    private static TransformerChain Merges(FieldReader reader, LocalFiles files, IMergeSchema schema)
    {
        List<ITransformer> patches = [.. reader.Texts("paths").Select(path =>
            new PatchTransformer(PatchLoader.LoadMerge(files, path, reader.Path("paths")), schema))];
        if (reader.Text("patches") is { Length: > 0 } inline)
        {
            patches.Add(new PatchTransformer(PatchLoader.LoadInlineMerge(files, new Located(inline, reader.Line), reader.Path("patches")), schema));
        }

        return patches.Count > 0 ? new TransformerChain(patches) : throw reader.Fault("paths", "'paths' or 'patches' is expected");
    }

    private static NameTransformer Affix(FieldReader reader, bool isSuffix) => reader.Has("fieldSpecs")
        ? new NameTransformer(reader.Text(isSuffix ? "suffix" : "prefix"), isSuffix, EntryReader.FieldSpecs(reader, "fieldSpecs"))
        : throw reader.Fault("fieldSpecs", "is required");

    private static ReplicaTransformer Replicas(FieldReader reader)
    {
        var replica = reader.Map("replica") is { } entry ? EntryReader.Replica(entry) : new ReplicaEntry("", 0, reader.Line, "replica");
        return new ReplicaTransformer(
            replica.Name, replica.Count, EntryReader.FieldSpecs(reader, "fieldSpecs"), message => reader.Fault("replica", message));
    }
}
