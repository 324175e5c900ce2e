using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Machinery.Structural;

/// <summary>Checks that lists declared as sets or maps have no repeated entries.</summary>
internal static class ListTypeChecker
{
    public static void Check(JsonNode? value, StructuralSchema schema, string path, List<FieldError> errors)
    {
        switch (value)
        {
            case JsonObject map:
                foreach (var (name, child) in map)
                {
                    if (schema.Member(name) is { } member)
                    {
                        Check(child, member, path.Length == 0 ? name : $"{path}.{name}", errors);
                    }
                }

                break;
            case JsonArray list:
                CheckList(list, schema, path, errors);
                break;
        }
    }

    private static void CheckList(JsonArray list, StructuralSchema schema, string path, List<FieldError> errors)
    {
        if (schema.ListType is "set" or "map")
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            for (var i = 0; i < list.Count; i++)
            {
                var key = schema.ListType == "set" ? list[i]?.DeepClone() : Key(list[i], schema.ListMapKeys);
                if (!seen.Add(GoText.Json(key)))
                {
                    errors.Add(FieldError.Duplicate($"{path}[{i}]", key));
                }
            }
        }

        for (var i = 0; schema.Items is not null && i < list.Count; i++)
        {
            Check(list[i], schema.Items, $"{path}[{i}]", errors);
        }
    }

    private static JsonObject Key(JsonNode? item, IReadOnlyList<string> keys)
    {
        var key = new JsonObject();
        foreach (var name in keys.Order(StringComparer.Ordinal))
        {
            if (Json.At(item, name) is { } part)
            {
                key[name] = part.DeepClone();
            }
        }

        return key;
    }
}
