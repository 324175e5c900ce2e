using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.Machinery.Structural;

namespace GitOpsToolkit.Sandbox.Machinery.Cel;

/// <summary>The CEL rules of a schema, compiled; they run over an object and what it replaces.</summary>
internal sealed class RuleSet
{
    private readonly StructuralSchema root;
    private readonly Dictionary<ValidationRule, Compiled> compiled = [];

    private RuleSet(StructuralSchema root)
    {
        this.root = root;
        CompileLevel(root);
    }

    public static RuleSet Compile(StructuralSchema schema) => new(schema);

    /// <summary>Adds the faults of the rules that do not hold.</summary>
    /// <param name="value">The object, valid by its schema.</param>
    /// <param name="old">What it replaces, or null.</param>
    /// <param name="errors">Receives the faults.</param>
    public void Validate(JsonObject value, JsonObject? old, List<FieldError> errors)
    {
        if (root.HasRules)
        {
            var budget = CelEvaluator.DefaultBudget;
            Level(value, old, root, "", ref budget, errors);
        }
    }

    private sealed record Compiled(CelNode? Rule, string? Fault, CelNode? Message)
    {
        public bool UsesOldSelf { get; } = Rule?.Uses("oldSelf") == true;
    }

    private void CompileLevel(StructuralSchema schema)
    {
        if (!schema.HasRules)
        {
            return;
        }

        foreach (var rule in schema.Rules)
        {
            try
            {
                var message = rule.MessageExpression is { Length: > 0 } text ? CelParser.Parse(text) : null;
                compiled[rule] = new Compiled(CelParser.Parse(rule.Rule), null, message);
            }
            catch (CelException fault)
            {
                compiled[rule] = new Compiled(null, fault.Message, null);
            }
        }

        foreach (var child in schema.Properties.Values)
        {
            CompileLevel(child);
        }

        foreach (var child in new[] { schema.Items, schema.AdditionalProperties })
        {
            if (child is not null)
            {
                CompileLevel(child);
            }
        }
    }

    private void Level(JsonNode? value, JsonNode? old, StructuralSchema schema, string path, ref long budget, List<FieldError> errors)
    {
        if (value is null || !schema.HasRules)
        {
            return;
        }

        foreach (var rule in schema.Rules)
        {
            if (budget < 0)
            {
                return;
            }

            Run(rule, value, old, schema, path, ref budget, errors);
        }

        switch (value)
        {
            case JsonObject map:
                foreach (var (name, child) in map)
                {
                    if (schema.Member(name) is { } member)
                    {
                        Level(child, Json.At(old, name), member, path.Length == 0 ? name : $"{path}.{name}", ref budget, errors);
                    }
                }

                break;
            case JsonArray list when schema.Items is not null:
                for (var i = 0; i < list.Count; i++)
                {
                    Level(list[i], schema.Predecessor(list[i], old as JsonArray), schema.Items, $"{path}[{i}]", ref budget, errors);
                }

                break;
        }
    }

    private void Run(
        ValidationRule rule, JsonNode value, JsonNode? old, StructuralSchema schema, string path, ref long budget, List<FieldError> errors)
    {
        var program = compiled[rule];
        var at = path.Length == 0 ? "<nil>" : path;
        FieldError Fault(string detail) => new(FieldErrorType.Invalid, at, GoText.Quote(schema.Type), detail);
        if (program.Rule is null)
        {
            errors.Add(Fault($"rule compile error: {program.Fault}"));
            return;
        }

        // What stays as it was is not judged again, but by rules about the change itself.
        if (!program.UsesOldSelf && old is not null && Json.Same(value, old))
        {
            return;
        }

        if (program.UsesOldSelf && old is null && !rule.OptionalOldSelf)
        {
            return;
        }

        var self = CelValues.FromJson(value, schema);
        var before = old is null ? null : CelValues.FromJson(old, schema);
        object? oldSelf = rule.OptionalOldSelf ? (old is null ? CelOptional.None : new CelOptional(true, before)) : before;
        var variables = new Dictionary<string, object?>(StringComparer.Ordinal) { ["self"] = self, ["oldSelf"] = oldSelf };
        var evaluator = new CelEvaluator(variables, budget);
        var told = rule.Message is { Length: > 0 } ? rule.Message.Trim() : rule.Rule.Trim();
        try
        {
            if (evaluator.Test(program.Rule))
            {
                budget = evaluator.Remaining;
                return;
            }

            errors.Add(Broken(rule, schema, value, at, Message(rule, program, evaluator, told)));
        }
        catch (CelException fault) when (fault.Message.StartsWith("no such overload"))
        {
            errors.Add(Fault($"'{fault.Message}': call arguments did not match a supported operator, function or macro signature for rule: {told}"));
        }
        catch (CelException fault) when (evaluator.Remaining < 0)
        {
            errors.Add(Fault($"'{fault.Message}': no further validation rules will be run due to call cost exceeds limit for rule: {told}"));
        }
        catch (CelException fault)
        {
            errors.Add(Fault($"{fault.Message} evaluating rule: {told}"));
        }

        budget = evaluator.Remaining;
    }

    private static string Message(ValidationRule rule, Compiled program, CelEvaluator evaluator, string told)
    {
        if (program.Message is not null)
        {
            try
            {
                if (evaluator.Evaluate(program.Message) is string text && text.Trim() is { Length: > 0 } message && !message.Contains('\n'))
                {
                    return message;
                }
            }
            catch (CelException)
            {
                // The plain message stands in.
            }
        }

        return rule.Message is { Length: > 0 } ? told : $"failed rule: {told}";
    }

    private static FieldError Broken(ValidationRule rule, StructuralSchema schema, JsonNode value, string path, string detail)
    {
        if (rule.FieldPath is { Length: > 0 } below)
        {
            path = path == "<nil>" ? below.TrimStart('.') : path + (below[0] is '.' or '[' ? below : $".{below}");
        }

        return rule.Reason switch
        {
            "FieldValueRequired" => FieldError.Required(path, detail),
            "FieldValueForbidden" => FieldError.Forbidden(path, detail),
            // The server says no more of these.
            "FieldValueDuplicate" => new FieldError(FieldErrorType.Duplicate, path, null, ""),
            _ when schema.Type is "object" or "array" => new FieldError(FieldErrorType.Invalid, path, null, detail),
            _ => FieldError.Invalid(path, value, detail),
        };
    }
}
