using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.Machinery.Cel;

namespace GitOpsToolkit.Sandbox.Machinery.Builtins;

/// <summary>The form of the CEL rules in a schema. Their types are not checked, and their cost is not estimated.</summary>
internal static class DefinitionCelRules
{
    private static readonly string[] Reasons = ["FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"];

    public static void Validate(JsonObject schema, string path, List<FieldError> errors)
    {
        var index = 0;
        foreach (var rule in BuiltinDefaults.Objects(schema["x-kubernetes-validations"]))
        {
            Check(rule, schema, $"{path}.x-kubernetes-validations[{index++}]", errors);
        }
    }

    private static void Check(JsonObject rule, JsonObject schema, string path, List<FieldError> errors)
    {
        var text = Json.Text(rule, "rule") ?? "";
        if (text.Trim().Length == 0)
        {
            errors.Add(FieldError.Required($"{path}.rule", "rule is not specified"));
        }
        else if (Fault(text) is { } fault)
        {
            errors.Add(FieldError.Invalid($"{path}.rule", Shown(rule), $"compilation failed: ERROR: {fault}"));
        }

        if (Json.Text(rule, "message") is { } message && message.Trim().Contains('\n'))
        {
            errors.Add(FieldError.InvalidText($"{path}.message", message, "must not contain line breaks"));
        }

        if (Json.Text(rule, "messageExpression") is { Length: > 0 } expression && Fault(expression) is { } wrong)
        {
            errors.Add(FieldError.Invalid($"{path}.messageExpression", Shown(rule), $"messageExpression compilation failed: ERROR: {wrong}"));
        }

        if (Json.Text(rule, "fieldPath") is { Length: > 0 } field && !Leads(schema, field))
        {
            errors.Add(FieldError.InvalidText($"{path}.fieldPath", field, "must be a valid path"));
        }

        if (Json.Text(rule, "reason") is { } reason && !Reasons.Contains(reason))
        {
            errors.Add(FieldError.NotSupported($"{path}.reason", reason, Reasons));
        }
    }

    private static string? Fault(string text)
    {
        try
        {
            _ = CelParser.Parse(text);
            return null;
        }
        catch (CelException fault)
        {
            return fault.Message;
        }
    }

    private static bool Leads(JsonObject schema, string path)
    {
        if (path[0] is not ('.' or '['))
        {
            return false;
        }

        JsonNode? level = schema;
        foreach (var part in path.Split(['.', '[', ']', '\''], StringSplitOptions.RemoveEmptyEntries))
        {
            level = Json.Object(level, "properties", part) ?? Json.Object(level, "additionalProperties");
        }

        return level is not null;
    }

    // The server shows its own form of a rule.
    private static JsonObject Shown(JsonObject rule) => new()
    {
        ["Rule"] = rule["rule"]?.DeepClone() ?? "",
        ["Message"] = rule["message"]?.DeepClone() ?? "",
        ["MessageExpression"] = rule["messageExpression"]?.DeepClone() ?? "",
        ["Reason"] = rule["reason"]?.DeepClone(),
        ["FieldPath"] = rule["fieldPath"]?.DeepClone() ?? "",
        ["OptionalOldSelf"] = rule["optionalOldSelf"]?.DeepClone(),
    };
}
