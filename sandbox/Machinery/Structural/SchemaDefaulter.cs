using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Machinery.Structural;

/// <summary>Fills in the defaults of a structural schema.</summary>
public static class SchemaDefaulter
{
    /// <summary>Sets absent members to their defaults, in place. A null that is not allowed counts as absent where there is a default.</summary>
    public static void Apply(JsonNode? value, StructuralSchema schema)
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

                    Apply(map[name], member);
                }

                break;
            case JsonArray list when schema.Items is not null:
                for (var i = 0; i < list.Count; i++)
                {
                    if (list[i] is null && !schema.Items.Nullable && schema.Items.Default is not null)
                    {
                        list[i] = schema.Items.Default.DeepClone();
                    }

                    Apply(list[i], schema.Items);
                }

                break;
        }
    }

    /// <summary>Removes members whose null is not allowed and has no default to stand in for it, in place: a part of reading a body.</summary>
    public static void PruneNulls(JsonNode? value, StructuralSchema schema)
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

                    if (child is null && !member.Nullable && member.Default is null)
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
