using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Machinery.Structural;

/// <summary>Checks values against a structural schema and words the faults as the API server does.</summary>
public sealed class SchemaValidator
{
    // Some errors carry no path of their own in the server's answers.
    private const string NoPath = "<nil>";

    private readonly List<FieldError> errors = [];

    private SchemaValidator()
    {
    }

    /// <summary>All faults of a value, in document order of the schema.</summary>
    /// <param name="value">The value.</param>
    /// <param name="schema">Its schema.</param>
    /// <param name="path">Where it stands.</param>
    /// <param name="old">What it replaces, or null: parts that stay as they were are not judged again.</param>
    public static IReadOnlyList<FieldError> Validate(JsonNode? value, StructuralSchema schema, string path = "", JsonNode? old = null)
    {
        var validator = new SchemaValidator();
        validator.Check(value, schema, path, old);
        return validator.errors;
    }

    private void Check(JsonNode? value, StructuralSchema schema, string path, JsonNode? old = null)
    {
        if (old is not null && Json.Same(value, old))
        {
            return;
        }

        CheckType(value, schema, path);
        if (value is null)
        {
            CheckEnum(value, schema, path);
            return;
        }

        CheckJunctors(value, schema, path);
        switch (value)
        {
            case JsonObject map:
                CheckEnum(value, schema, path);
                CheckObject(map, schema, path, old as JsonObject);
                break;
            case JsonArray list:
                CheckList(list, schema, path, old as JsonArray);
                CheckEnum(value, schema, path);
                break;
            case JsonValue when Json.IsText(value):
                CheckText(value.GetValue<string>(), schema, path);
                CheckEnum(value, schema, path);
                break;
            case JsonValue when Json.IsNumber(value):
                CheckNumber(value, schema, path);
                CheckEnum(value, schema, path);
                break;
            default:
                CheckEnum(value, schema, path);
                break;
        }
    }

    private void CheckType(JsonNode? value, StructuralSchema schema, string path)
    {
        var wanted = schema.IntOrString ? "integer,string" : schema.Type;
        if (wanted.Length == 0 || (value is null && schema.Nullable))
        {
            return;
        }

        var actual = TypeName(value);
        var fits = wanted.Split(',').Contains(actual) || (wanted == "number" && actual == "integer");
        if (!fits)
        {
            // An absent path is the object itself; the server leaves the name empty there.
            errors.Add(FieldError.TypeInvalid(At(path), value, $"{path} in body must be of type {wanted}: \"{actual}\""));
        }
    }

    private void CheckEnum(JsonNode? value, StructuralSchema schema, string path)
    {
        if (schema.Enum is null || (value is null && schema.Nullable) || schema.Enum.Any(allowed => Json.Same(allowed, value)))
        {
            return;
        }

        var supported = schema.Enum.Select(allowed => Json.Text(allowed) ?? GoText.Json(allowed));
        errors.Add(FieldError.NotSupported(At(path), value, supported));
    }

    private void CheckText(string text, StructuralSchema schema, string path)
    {
        var length = new StringInfo(text).LengthInTextElements;
        if (!text.All(char.IsAscii))
        {
            length = text.EnumerateRunes().Count();
        }

        if (schema.Bounds.MaxLength is { } longest && length > longest)
        {
            errors.Add(FieldError.TooLong(At(path), (int)longest));
        }

        if (schema.Bounds.MinLength is { } shortest && length < shortest)
        {
            Invalid(path, JsonValue.Create(text), $"{path} in body should be at least {shortest} chars long");
        }

        if (schema.Pattern is not null && schema.CompiledPattern?.IsMatch(text) != true)
        {
            Invalid(path, JsonValue.Create(text), $"{path} in body should match '{schema.Pattern}'");
        }

        if (schema.Format.Length > 0 && schema.Type is "string" or "" && !SchemaFormats.IsValid(schema.Format, text))
        {
            errors.Add(new FieldError(FieldErrorType.TypeInvalid, At(path), GoText.Quote(text),
                $"{path} in body must be of type {schema.Format}: {GoText.Quote(text)}"));
        }
    }

    private void CheckNumber(JsonNode value, StructuralSchema schema, string path)
    {
        CheckRange(value, schema, path);
        var number = Json.Number(value) ?? 0;
        var bounds = schema.Bounds;
        if (bounds.MultipleOf is { } factor && Json.Number(factor) is { } divisor and > 0 && Math.IEEERemainder(number, divisor) != 0)
        {
            Invalid(path, value, $"{path} in body should be a multiple of {GoText.Json(factor)}");
        }

        if (Json.Number(bounds.Maximum) is { } highest && (number > highest || (bounds.ExclusiveMaximum && number == highest)))
        {
            var relation = bounds.ExclusiveMaximum ? "less than" : "less than or equal to";
            Invalid(path, value, $"{path} in body should be {relation} {GoText.Json(bounds.Maximum)}");
        }

        if (Json.Number(bounds.Minimum) is { } lowest && (number < lowest || (bounds.ExclusiveMinimum && number == lowest)))
        {
            var relation = bounds.ExclusiveMinimum ? "greater than" : "greater than or equal to";
            Invalid(path, value, $"{path} in body should be {relation} {GoText.Json(bounds.Minimum)}");
        }

    }

    private void CheckRange(JsonNode value, StructuralSchema schema, string path)
    {
        var whole = Json.Integer(value);
        var fits = (schema.Type, schema.Format) switch
        {
            ("integer", "int32") => whole is >= int.MinValue and <= int.MaxValue,
            ("integer", "uint32") => whole is >= uint.MinValue and <= uint.MaxValue,
            ("integer", "uint64") => whole is >= 0,
            ("integer", _) => whole is not null,
            _ => true,
        };
        if (!fits)
        {
            var format = schema.Format.Length == 0 ? "(default format)" : $"with format {schema.Format}";
            Unplaced($"Checked value must be of type integer {format} in {path}");
        }
    }

    private void CheckList(JsonArray list, StructuralSchema schema, string path, JsonArray? old)
    {
        if (schema.Items is not null)
        {
            for (var i = 0; i < list.Count; i++)
            {
                Check(list[i], schema.Items, $"{path}[{i}]", schema.Predecessor(list[i], old));
            }
        }

        if (schema.Bounds.MaxItems is { } most && list.Count > most)
        {
            errors.Add(FieldError.TooMany(At(path), list.Count, (int)most));
        }

        if (schema.Bounds.MinItems is { } fewest && list.Count < fewest)
        {
            Invalid(path, JsonValue.Create(list.Count), $"{path} in body should have at least {fewest} items");
        }
    }

    private void CheckObject(JsonObject map, StructuralSchema schema, string path, JsonObject? old)
    {
        if (schema.Bounds.MinProperties is { } fewest && map.Count < fewest)
        {
            Invalid(path, JsonValue.Create(map.Count), $"{path} in body should have at least {fewest} properties");
        }

        if (schema.Bounds.MaxProperties is { } most && map.Count > most)
        {
            errors.Add(FieldError.TooMany(At(path), map.Count, (int)most));
        }

        foreach (var (name, child) in map)
        {
            var childPath = path.Length == 0 ? name : $"{path}.{name}";
            if (schema.Member(name) is { } member)
            {
                Check(child, member, childPath, old?[name]);
            }
            else if (schema.AdditionalForbidden)
            {
                Invalid(childPath, null, $"{childPath} in body is a forbidden property");
            }
        }

        foreach (var name in schema.Required.Where(name => !map.ContainsKey(name)))
        {
            errors.Add(FieldError.Required(path.Length == 0 ? name : $"{path}.{name}"));
        }
    }

    private void CheckJunctors(JsonNode value, StructuralSchema schema, string path)
    {
        if (schema.AnyOf.Count > 0)
        {
            var failures = schema.AnyOf.Select(s => Validate(value, s, path)).ToList();
            if (failures.TrueForAll(f => f.Count > 0))
            {
                Unplaced($"{GoText.Quote(path)} must validate at least one schema (anyOf)");
                errors.AddRange(failures.MinBy(f => f.Count)!);
            }
        }

        if (schema.OneOf.Count > 0)
        {
            var failures = schema.OneOf.Select(s => Validate(value, s, path)).ToList();
            var valid = failures.Count(f => f.Count == 0);
            if (valid != 1)
            {
                var found = valid == 0 ? "Found none valid" : $"Found {valid} valid alternatives";
                Unplaced($"{GoText.Quote(path)} must validate one and only one schema (oneOf). {found}");
                errors.AddRange(valid == 0 ? failures.MinBy(f => f.Count)! : []);
            }
        }

        if (schema.AllOf.Count > 0)
        {
            var failures = schema.AllOf.Select(s => Validate(value, s, path)).ToList();
            errors.AddRange(failures.SelectMany(f => f));
            if (failures.Exists(f => f.Count > 0))
            {
                var none = failures.TrueForAll(f => f.Count > 0) ? ". None validated" : "";
                Unplaced($"{GoText.Quote(path)} must validate all the schemas (allOf){none}");
            }
        }

        if (schema.Not is not null && Validate(value, schema.Not, path).Count == 0)
        {
            Unplaced($"{GoText.Quote(path)} must not validate the schema (not)");
        }
    }

    private void Unplaced(string message) => errors.Add(new FieldError(FieldErrorType.Invalid, NoPath, "\"\"", message));

    private void Invalid(string path, JsonNode? value, string detail) => errors.Add(FieldError.Invalid(At(path), value, detail));

    private static string At(string path) => path.Length == 0 ? NoPath : path;

    private static string TypeName(JsonNode? value) => value?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "null",
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => Json.IsInteger(value) ? "integer" : "number",
        _ => "boolean",
    };
}
