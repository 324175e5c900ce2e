using System.Text.Json.Nodes;
using GitOpsToolkit.Kustomize.Replacements;
using GitOpsToolkit.Kustomize.Resources;
using GitOpsToolkit.Kustomize.Transformers;

namespace GitOpsToolkit.Kustomize.Variables;

/// <summary>Puts the values of variables into the fields that may hold them, after all names are final.</summary>
internal sealed class VariableTransformer(VariableSet variables, IReadOnlyList<FieldSpec> fields, Action<string> warn) : ITransformer
{
    public void Transform(ResourceSet set)
    {
        if (variables.All.Count == 0)
        {
            return;
        }

        var values = Values(set);
        var text = new VariableText(values);
        foreach (var resource in set.Items)
        {
            foreach (var field in fields)
            {
                FieldWalker.Apply(resource, field, newLeaf: null, value => Expand(text, resource, field, value));
            }
        }

        string[] unused = [.. values.Keys.Where(name => !text.Used.Contains(name))];
        if (unused.Length > 0)
        {
            warn($"well-defined vars that were never replaced: {string.Join(",", unused)}");
        }
    }

    private Dictionary<string, JsonNode?> Values(ResourceSet set)
    {
        var owners = new Dictionary<string, Resource>(StringComparer.Ordinal);
        foreach (var resource in set.Items)
        {
            foreach (var name in resource.VariableNames)
            {
                owners.TryAdd(name, resource);
            }
        }

        var values = new Dictionary<string, JsonNode?>(StringComparer.Ordinal);
        foreach (var variable in variables.All)
        {
            if (!owners.TryGetValue(variable.Name, out var owner))
            {
                throw variable.Fault($"no object gives the variable '{variable.Name}' its value: there is no {variable.Target}");
            }

            if (!FieldPath.TryGet(owner.Body, FieldPath.Split(variable.FieldPath, indexesInSteps: true), out var value))
            {
                throw variable.Fault($"{owner.Id} has no field '{variable.FieldPath}' for the variable '{variable.Name}'");
            }

            values[variable.Name] = value;
        }

        return values;
    }

    private static JsonNode? Expand(VariableText text, Resource resource, FieldSpec field, JsonNode? value)
    {
        switch (value)
        {
            case JsonObject map:
                foreach (var (key, entry) in map.ToArray())
                {
                    if (JsonNodes.IsString(entry))
                    {
                        map[key] = text.Expand(entry!.GetValue<string>());
                    }
                }

                return map;
            case JsonArray list:
                for (var i = 0; i < list.Count; i++)
                {
                    list[i] = JsonNodes.IsString(list[i])
                        ? text.Expand(list[i]!.GetValue<string>())
                        : throw resource.Fault("a list in which variables may stand holds something that is no text", field.Path);
                }

                return list;
            default:
                return JsonNodes.IsString(value) ? text.Expand(value!.GetValue<string>()) : value;
        }
    }
}
