using System.Text.Json.Nodes;
using GitOpsToolkit.Kustomize.Loader;
using GitOpsToolkit.Kustomize.Transformers;

namespace GitOpsToolkit.Kustomize.Configuration;

/// <summary>Reads the files of <c>configurations</c>.</summary>
internal static class ConfigReader
{
    /// <exception cref="BuildException">A file cannot be read, or holds something unknown.</exception>
    internal static TransformerConfig Read(LocalFiles files, IReadOnlyList<Located> paths)
    {
        var config = TransformerConfig.Empty;
        foreach (var path in paths)
        {
            var documents = files.Documents(
                path.Text, message => BuildException.At(message, files.Kustomization, path.Line, "configurations"));
            if (documents.Count == 0 || documents[0].Root is null)
            {
                continue;
            }

            config = documents[0].Root is JsonObject map
                ? config.Merge(Read(new FieldReader(documents[0], map, "")))
                : throw BuildException.At("a configuration is a map", documents[0].File, documents[0].StartLine);
        }

        return config;
    }

    private static TransformerConfig Read(FieldReader reader)
    {
        reader.RefuseUnknown(
            "namePrefix", "nameSuffix", "namespace", "commonLabels", "labels", "templateLabels", "commonAnnotations", "nameReference",
            "varReference", "images", "replicas");
        IReadOnlyList<FieldSpec> Specs(string field) => [.. EntryReader.FieldSpecs(reader, field).Order(KindOrder.BySpec)];
        return new TransformerConfig
        {
            NamePrefix = Specs("namePrefix"),
            NameSuffix = Specs("nameSuffix"),
            Namespace = Specs("namespace"),
            CommonLabels = Specs("commonLabels"),
            Labels = Specs("labels"),
            TemplateLabels = Specs("templateLabels"),
            CommonAnnotations = Specs("commonAnnotations"),
            NameReferences = NameReference.Sort(reader.Maps("nameReference").SelectMany(References)),
            VariableReferences = Specs("varReference"),
            Images = Specs("images"),
            Replicas = Specs("replicas"),
        };
    }

    private static IEnumerable<NameReference> References(FieldReader entry)
    {
        entry.RefuseUnknown("group", "version", "kind", "fieldSpecs");
        return EntryReader.FieldSpecs(entry, "fieldSpecs").Select(field =>
            new NameReference(field, entry.OptionalText("group"), entry.OptionalText("version"), entry.Text("kind")));
    }
}
