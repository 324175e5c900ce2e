using GitOpsToolkit.Kustomize.Configuration;
using GitOpsToolkit.Kustomize.Generators;
using GitOpsToolkit.Kustomize.Loader;
using GitOpsToolkit.Kustomize.Patches;
using GitOpsToolkit.Kustomize.Replacements;
using GitOpsToolkit.Kustomize.Resources;
using GitOpsToolkit.Kustomize.Transformers;

namespace GitOpsToolkit.Kustomize;

/// <summary>A step, and what the annotations about transformations say of it; null when nobody asked for them.</summary>
internal readonly record struct Step<T>(T Runs, SourceNote? Note);

/// <summary>The generators and transformers that the fields of one kustomization ask for, in kustomize's fixed order.</summary>
/// <param name="file">The kustomization.</param>
/// <param name="files">The files that it may read.</param>
/// <param name="schema">What merges by which keys.</param>
/// <param name="note">Makes the note on a built-in step of a kind.</param>
internal sealed class Pipeline(KustomizationFile file, LocalFiles files, IMergeSchema schema, Func<string, SourceNote?> note)
{
    internal IEnumerable<Step<IGenerator>> Generators() => file.Data.Select(arguments => new Step<IGenerator>(
        new DataGenerator(files, arguments), note(arguments.IsSecret ? "SecretGenerator" : "ConfigMapGenerator")));

    internal IReadOnlyList<Step<ITransformer>> Transformers(TransformerConfig config)
    {
        List<Step<ITransformer>> steps = [];
        void Add(string kind, params IEnumerable<ITransformer> transformers) =>
            steps.AddRange(transformers.Select(transformer => new Step<ITransformer>(transformer, note(kind))));

        if (file.PatchesStrategicMerge.Count > 0)
        {
            Add("PatchStrategicMergeTransformer", new Plugins.TransformerChain([.. file.PatchesStrategicMerge.Select(patch =>
                new PatchTransformer(PatchLoader.LoadMerge(files, patch, "patchesStrategicMerge"), schema))]));
        }

        Add("PatchTransformer", file.Patches.Select(patch => new PatchTransformer(PatchLoader.Load(files, patch), schema)));
        if (file.Namespace.Length > 0)
        {
            Add("NamespaceTransformer", new NamespaceTransformer(file.Namespace, config.Namespace));
        }

        AddNames(config, Add);
        Add("LabelTransformer", file.Labels.Select(entry => new LabelTransformer(entry.Pairs, FieldsOf(entry, config))));
        if (file.CommonLabels.Count > 0 || file.Labels.Count > 0)
        {
            Add("LabelTransformer", new LabelTransformer(file.CommonLabels, config.CommonLabels));
        }

        if (file.CommonAnnotations.Count > 0)
        {
            Add("AnnotationsTransformer", new LabelTransformer(file.CommonAnnotations, config.CommonAnnotations));
        }

        Add("PatchJson6902Transformer", file.PatchesJson6902.Select(patch => new PatchTransformer(PatchLoader.LoadJson(files, patch), schema)));
        Add("ReplicaCountTransformer", file.Replicas.Select(entry => new ReplicaTransformer(
            entry.Name, entry.Count, config.Replicas, message => BuildException.At(message, file.File, entry.Line, entry.Field))));
        Add("ImageTagTransformer", file.Images.Select(image => new ImageTransformer(image, config.Images)));
        if (file.Replacements.Count > 0)
        {
            Add("ReplacementTransformer", new ReplacementTransformer(ReplacementReader.Load(files, file.Replacements)));
        }

        return steps;
    }

    private void AddNames(TransformerConfig config, Action<string, IEnumerable<ITransformer>> add)
    {
        if (file.NamePrefix.Length > 0)
        {
            add("PrefixTransformer", [new NameTransformer(file.NamePrefix, isSuffix: false, config.NamePrefix)]);
        }

        if (file.NameSuffix.Length > 0)
        {
            add("SuffixTransformer", [new NameTransformer(file.NameSuffix, isSuffix: true, config.NameSuffix)]);
        }
    }

    private static List<FieldSpec> FieldsOf(LabelEntry entry, TransformerConfig config)
    {
        var fields = FieldSpec.Merge(entry.Fields, config.Labels);
        if (entry.IncludeSelectors)
        {
            return FieldSpec.Merge(fields, config.CommonLabels);
        }

        fields = entry.IncludeTemplates ? FieldSpec.Merge(fields, config.TemplateLabels) : fields;
        return FieldSpec.Merge(fields, [LabelFields.ObjectLabels]);
    }
}
