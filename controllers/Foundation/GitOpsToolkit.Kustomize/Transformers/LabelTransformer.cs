using System.Text.Json.Nodes;
using GitOpsToolkit.Kustomize.Resources;
using GitOpsToolkit.Yaml;

namespace GitOpsToolkit.Kustomize.Transformers;

/// <summary>Sets entries of the maps that field specs lead to: labels, selectors, annotations.</summary>
internal sealed class LabelTransformer(IReadOnlyDictionary<string, string> pairs, IReadOnlyList<FieldSpec> fields) : ITransformer
{
    public void Transform(ResourceSet set)
    {
        if (pairs.Count == 0)
        {
            return;
        }

        foreach (var resource in set.Items)
        {
            foreach (var field in fields)
            {
                FieldWalker.Apply(resource, field, () => new JsonObject(), value => SetEntries(resource, field, value));
            }
        }
    }

    private JsonNode? SetEntries(Resource resource, FieldSpec field, JsonNode? value)
    {
        if (value is not JsonObject map)
        {
            throw resource.Fault("labels and annotations can only be set on a map", field.Path);
        }

        foreach (var (key, text) in pairs)
        {
            if (!map.ContainsKey(key) && PlainScalar.Resolve(key).Kind != ScalarKind.String)
            {
                throw resource.Fault($"the key '{key}' would read as another type than text", field.Path);
            }

            map[key] = text;
        }

        return map;
    }
}
