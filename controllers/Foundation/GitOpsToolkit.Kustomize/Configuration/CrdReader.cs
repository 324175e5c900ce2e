using System.Text.Json.Nodes;
using GitOpsToolkit.Kustomize.Loader;
using GitOpsToolkit.Kustomize.Resources;
using GitOpsToolkit.Kustomize.Transformers;

namespace GitOpsToolkit.Kustomize.Configuration;

/// <summary>
/// Reads the files of <c>crds</c>: OpenAPI definitions whose extensions tell which fields are labels, annotations, names of other objects, or
/// take the name prefix.
/// </summary>
internal static class CrdReader
{
    private const string Extension = "x-kubernetes-";

    /// <exception cref="BuildException">A file cannot be read.</exception>
    internal static TransformerConfig Read(LocalFiles files, IReadOnlyList<Located> paths)
    {
        var config = TransformerConfig.Empty;
        foreach (var path in paths)
        {
            var documents = files.Documents(path.Text, message => BuildException.At(message, files.Kustomization, path.Line, "crds"));
            if (documents.Count > 0 && documents[0].Root is JsonObject definitions)
            {
                foreach (var (name, _) in definitions)
                {
                    config = config.Merge(OfType(definitions, name));
                }
            }
        }

        return config;
    }

    private static TransformerConfig OfType(JsonObject definitions, string name)
    {
        if (Properties(definitions, name) is not { } properties
            || !properties.ContainsKey("kind") || !properties.ContainsKey("apiVersion") || !properties.ContainsKey("metadata"))
        {
            return TransformerConfig.Empty;
        }

        var found = new Found(name[(name.LastIndexOf('.') + 1)..]);
        found.Walk(definitions, name, [], []);
        return new TransformerConfig
        {
            CommonAnnotations = found.Annotations,
            CommonLabels = found.Labels,
            NamePrefix = found.Names,
            NameReferences = NameReference.Sort(found.References),
        };
    }

    private static JsonObject? Properties(JsonObject definitions, string name) =>
        ((definitions[name] as JsonObject)?["Schema"] as JsonObject ?? (definitions[name] as JsonObject)?["schema"] as JsonObject)
            ?["properties"] as JsonObject;

    private sealed record Found(string Kind)
    {
        internal List<FieldSpec> Annotations { get; } = [];

        internal List<FieldSpec> Labels { get; } = [];

        internal List<FieldSpec> Names { get; } = [];

        internal List<NameReference> References { get; } = [];

        /// <summary>Types may refer to each other in circles: a type is not entered below itself.</summary>
        internal void Walk(JsonObject definitions, string type, IReadOnlyList<string> path, IReadOnlyList<string> above)
        {
            if (above.Contains(type) || Properties(definitions, type) is not { } properties)
            {
                return;
            }

            foreach (var (name, value) in properties)
            {
                if (value is JsonObject property)
                {
                    Add(property, [.. path, name]);
                    Walk(definitions, property.Text("$ref"), [.. path, name], [.. above, type]);
                }
            }
        }

        private void Add(JsonObject property, IReadOnlyList<string> path)
        {
            var spec = new FieldSpec(string.Join('/', path), Kind: Kind);
            if (property.ContainsKey($"{Extension}annotation"))
            {
                Annotations.Add(spec);
            }

            if (property.ContainsKey($"{Extension}label-selector"))
            {
                Labels.Add(spec);
            }

            if (property.ContainsKey($"{Extension}identity"))
            {
                Names.Add(spec);
            }

            if (property.ContainsKey($"{Extension}object-ref-api-version") && property.ContainsKey($"{Extension}object-ref-kind"))
            {
                var key = property.Text($"{Extension}object-ref-name-key");
                References.Add(new NameReference(
                    spec with { Path = $"{spec.Path}/{(key.Length > 0 ? key : "name")}" },
                    null, property.Text($"{Extension}object-ref-api-version"), property.Text($"{Extension}object-ref-kind")));
            }
        }
    }
}
