using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Machinery.Structural;

/// <summary>Fills in the defaults of a structural schema.</summary>
public static class SchemaDefaulter
{
    /// <summary>
    /// Sets absent members to their defaults, in place. A null that is not allowed counts as absent: it is replaced by the default,
    /// or removed if there is none.
    /// </summary>
    public static void Apply(JsonNode? value, StructuralSchema schema)
    {
        PruneNulls(value, schema);
        Fill(value, schema);
    }

    private static void Fill(JsonNode? value, StructuralSchema schema)
    {
        switch (value)
        {
            case JsonObject map:
                foreach (var (name, property) in schema.Properties)
                {
                    if (property.Default is not null && (!map.TryGetPropertyValue(name, out var current) || (current is null && !property.Nullable)))
                    {
                        map[name] = property.Default.DeepClone();
                    }
                }

                foreach (var (name, child) in map.ToList())
                {
                    if (schema.Member(name) is not { } member)
                    {
                        continue;
                    }

                    if (child is null && !member.Nullable && member.Default is not null)
                    {
                        map[name] = member.Default.DeepClone();
                    }

                    Fill(map[name], member);
                }

                break;
            case JsonArray list when schema.Items is not null:
                for (var i = 0; i < list.Count; i++)
                {
                    if (list[i] is null && !schema.Items.Nullable && schema.Items.Default is not null)
                    {
                        list[i] = schema.Items.Default.DeepClone();
                    }

                    Fill(list[i], schema.Items);
                }

                break;
        }
    }

    private static void PruneNulls(JsonNode? value, StructuralSchema schema)
    {
        switch (value)
        {
            case JsonObject map:
                foreach (var (name, child) in map.ToList())
                {
                    if (schema.Member(name) is not { } member)
                    {
                        continue;
                    }

                    if (child is null && !member.Nullable && member.Default is null && schema.Properties.ContainsKey(name))
                    {
                        map.Remove(name);
                    }
                    else
                    {
                        PruneNulls(child, member);
                    }
                }

                break;
            case JsonArray list when schema.Items is not null:
                foreach (var item in list)
                {
                    PruneNulls(item, schema.Items);
                }

                break;
        }
    }
}
