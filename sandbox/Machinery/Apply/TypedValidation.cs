using System.Text.Json;
using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.Machinery.Types;

namespace GitOpsToolkit.Sandbox.Machinery.Apply;

/// <summary>Checks that an applied configuration fits its type.</summary>
internal sealed class TypedValidation
{
    private readonly List<string> faults = [];

    private TypedValidation()
    {
    }

    /// <summary>The faults, worded as the server does; null if there are none.</summary>
    public static string? Check(JsonObject config, SchemaType type)
    {
        var validation = new TypedValidation();
        validation.Value(config, type, "");
        return validation.faults.Count switch
        {
            0 => null,
            1 => validation.faults[0],
            _ => $"errors:\n  {string.Join("\n  ", validation.faults)}",
        };
    }

    private void Value(JsonNode? value, SchemaType type, string path)
    {
        if (value is null || type.Kind == SchemaKind.Any)
        {
            return;
        }

        switch (type.Kind)
        {
            case SchemaKind.List when value is JsonArray list:
                Items(list, type, path);
                break;
            case SchemaKind.List:
                faults.Add($"{path}: expected list, got &{{{GoText.Value(value)}}}");
                break;
            case SchemaKind.Map when value is JsonObject map:
                Members(map, type, path);
                break;
            case SchemaKind.Map:
                faults.Add($"{path}: expected map, got &{{{GoText.Value(value)}}}");
                break;
            default:
                Scalar(value, type.Kind, path);
                break;
        }
    }

    private void Members(JsonObject map, SchemaType type, string path)
    {
        foreach (var (name, child) in map)
        {
            if (type.FieldType(name) is { } member)
            {
                Value(child, member, $"{path}.{name}");
            }
            else
            {
                // The server looks no further in this map.
                faults.Add($"{path}.{name}: field not declared in schema");
                return;
            }
        }
    }

    private void Items(JsonArray list, SchemaType type, string path)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < list.Count; i++)
        {
            var at = $"{path}[{i}]";
            if (type.Relation != ListRelation.Atomic)
            {
                try
                {
                    var step = PathElements.Item(type, list[i]);
                    at = path + PathElements.Display([step]);
                    if (!seen.Add(step))
                    {
                        faults.Add($"{path}: duplicate entries for key {PathElements.Display([step])}");
                    }
                }
                catch (FormatException fault)
                {
                    faults.Add($"{path}: element {i}: {fault.Message}");
                    continue;
                }
            }

            Value(list[i], type.Element!, at);
        }
    }

    private void Scalar(JsonNode value, SchemaKind kind, string path)
    {
        var actual = value.GetValueKind();
        var fault = kind switch
        {
            SchemaKind.Boolean => actual is JsonValueKind.True or JsonValueKind.False ? null : $"boolean, got &{{{GoText.Value(value)}}}",
            SchemaKind.Int32 or SchemaKind.Int64 or SchemaKind.Number =>
                actual == JsonValueKind.Number ? null : $"numeric (int or float), got {GoText.TypeName(value)}",
            SchemaKind.Quantity or SchemaKind.IntOrString =>
                actual is not (JsonValueKind.Object or JsonValueKind.Array) ? null : $"any scalar, got &{{{GoText.Value(value)}}}",
            _ => actual == JsonValueKind.String ? null : $"string, got &value.valueUnstructured{{Value:{GoText.Literal(value)}}}",
        };
        if (fault is not null)
        {
            faults.Add($"{path}: expected {fault}");
        }
    }
}
