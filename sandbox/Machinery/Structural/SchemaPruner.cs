using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Machinery.Structural;

/// <summary>Removes what a structural schema does not know.</summary>
public static class SchemaPruner
{
    /// <summary>Prunes in place.</summary>
    /// <param name="value">The object or a value inside.</param>
    /// <param name="schema">Its schema.</param>
    /// <param name="isRoot">Whether the value is a whole object, whose apiVersion, kind and metadata are always known.</param>
    /// <returns>The paths that were removed, such as <c>spec.list[0].foo</c>.</returns>
    public static IReadOnlyList<string> Prune(JsonNode? value, StructuralSchema schema, bool isRoot = true)
    {
        var removed = new List<string>();
        Prune(value, schema, isRoot || schema.EmbeddedResource, "", removed);
        return removed;
    }

    private static void Prune(JsonNode? value, StructuralSchema schema, bool isResource, string path, List<string> removed)
    {
        switch (value)
        {
            case JsonObject map:
                foreach (var (name, child) in map.ToList())
                {
                    if (isResource && name is "apiVersion" or "kind" or "metadata")
                    {
                        continue;
                    }

                    var childPath = path.Length == 0 ? name : $"{path}.{name}";
                    if (schema.Member(name) is { } member)
                    {
                        Prune(child, member, member.EmbeddedResource, childPath, removed);
                    }
                    else if (!schema.KeepsUnknown)
                    {
                        map.Remove(name);
                        removed.Add(childPath);
                    }
                }

                break;
            case JsonArray list when schema.Items is not null:
                for (var i = 0; i < list.Count; i++)
                {
                    Prune(list[i], schema.Items, schema.Items.EmbeddedResource, $"{path}[{i}]", removed);
                }

                break;
        }
    }
}
