using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.Machinery.Selectors;

namespace GitOpsToolkit.Sandbox.Machinery.Builtins;

/// <summary>Rules of the workloads of <c>apps</c> and <c>batch</c>.</summary>
internal static class WorkloadRules
{
    private const string PercentRule =
        "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%', or '93%', regex used for validation is '[0-9]+%')";

    private const string StatefulRule =
        "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', "
        + "'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

    private static readonly string[] StatefulMutable =
    [
        "replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit", "persistentVolumeClaimRetentionPolicy", "minReadySeconds",
    ];

    public static void Apps(string kind, JsonObject obj, JsonObject? old, List<FieldError> errors)
    {
        if (kind == "ControllerRevision")
        {
            return;
        }

        foreach (var name in (string[])["replicas", "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"])
        {
            BuiltinRules.NotNegative(obj, ["spec", name], errors);
        }

        Selector(kind.ToLowerInvariant(), obj, errors);
        Template(obj, "spec.template", ["Always"], errors);
        switch (kind)
        {
            case "Deployment":
                Strategy(obj, errors);
                BuiltinRules.Unchanged(obj, old, ["spec", "selector"], errors);
                break;
            case "StatefulSet":
                if (old is not null && !Json.Same(Frozen(obj), Frozen(old)))
                {
                    errors.Add(FieldError.Forbidden("spec", StatefulRule));
                }

                break;
            default:
                BuiltinRules.Unchanged(obj, old, ["spec", "selector"], errors);
                break;
        }
    }

    public static void Batch(string kind, JsonObject obj, JsonObject? old, List<FieldError> errors)
    {
        if (kind == "CronJob")
        {
            CronJob(obj, errors);
            return;
        }

        foreach (var name in (string[])["parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished"])
        {
            BuiltinRules.NotNegative(obj, ["spec", name], errors);
        }

        Template(obj, "spec.template", ["OnFailure", "Never"], errors);
        Selector("job", obj, errors);
        foreach (var name in (string[])["completions", "selector", "completionMode", "podFailurePolicy"])
        {
            BuiltinRules.Unchanged(obj, old, ["spec", name], errors);
        }

        BuiltinRules.Unchanged(obj, old, ["spec", "template"], errors);
    }

    private static void Selector(string kind, JsonObject obj, List<FieldError> errors)
    {
        if (Json.Object(obj, "spec", "selector") is not { } selector)
        {
            // No selector matches nothing, not even the template.
            errors.Add(FieldError.Required("spec.selector"));
            Mismatch(Json.Object(obj, "spec", "template") ?? [], errors);
            return;
        }

        MetadataRules.CheckLabels(selector["matchLabels"], "spec.selector.matchLabels", errors);
        LabelSelector parsed;
        try
        {
            parsed = LabelSelector.FromObject(selector)!;
        }
        catch (StatusException fault)
        {
            errors.Add(FieldError.Invalid("spec.selector", selector, fault.Message));
            return;
        }

        if (parsed.IsEmpty)
        {
            errors.Add(FieldError.Invalid("spec.selector", selector, $"empty selector is invalid for {kind}"));
            return;
        }

        var template = Json.Object(obj, "spec", "template") ?? [];
        if (!parsed.Matches(template))
        {
            Mismatch(template, errors);
        }
    }

    private static void Mismatch(JsonObject template, List<FieldError> errors) => errors.Add(FieldError.Invalid(
        "spec.template.metadata.labels", Json.At(template, "metadata", "labels"), "`selector` does not match template `labels`"));

    private static void Template(JsonObject obj, string path, string[] restartPolicies, List<FieldError> errors)
    {
        var template = Json.Object(obj, path.Split('.')) ?? [];
        MetadataRules.CheckLabels(Json.At(template, "metadata", "labels"), $"{path}.labels", errors);
        var spec = Json.Object(template, "spec") ?? [];
        PodRules.Spec(spec, $"{path}.spec", errors);
        if (spec["restartPolicy"] is { } policy && !restartPolicies.Contains(Json.Text(policy)))
        {
            var field = $"{path}.spec.restartPolicy";
            var isDefault = restartPolicies.Length > 1 && Json.Text(policy) == "Always";
            errors.Add(isDefault
                ? FieldError.Required(field, $"valid values: {string.Join(", ", restartPolicies.Select(GoText.Quote))}")
                : FieldError.NotSupported(field, policy, restartPolicies));
        }
    }

    private static void Strategy(JsonObject obj, List<FieldError> errors)
    {
        const string path = "spec.strategy.rollingUpdate";
        var strategy = Json.Object(obj, "spec", "strategy") ?? [];
        BuiltinRules.OneOf(strategy["type"], "spec.strategy", ["Recreate", "RollingUpdate"], errors);
        var rolling = strategy["rollingUpdate"] as JsonObject;
        if (Json.Text(strategy, "type") == "Recreate" && rolling is not null)
        {
            errors.Add(FieldError.Forbidden(path, "may not be specified when strategy `type` is 'Recreate'"));
        }
        else if (rolling is not null)
        {
            Fraction(rolling["maxUnavailable"], $"{path}.maxUnavailable", errors);
            Fraction(rolling["maxSurge"], $"{path}.maxSurge", errors);
            if (IsZero(rolling["maxUnavailable"]) && IsZero(rolling["maxSurge"]))
            {
                errors.Add(FieldError.Invalid($"{path}.maxUnavailable", rolling["maxUnavailable"], "may not be 0 when `maxSurge` is 0"));
            }
        }

        if (Json.Integer(obj, "spec", "progressDeadlineSeconds") is { } deadline && deadline <= (Json.Integer(obj, "spec", "minReadySeconds") ?? 0))
        {
            errors.Add(FieldError.Invalid("spec.progressDeadlineSeconds", JsonValue.Create(deadline), "must be greater than minReadySeconds"));
        }
    }

    private static void Fraction(JsonNode? value, string path, List<FieldError> errors)
    {
        if (Json.Text(value) is { } text && !(text.Length > 1 && text[^1] == '%' && text[..^1].All(char.IsAsciiDigit)))
        {
            errors.Add(FieldError.InvalidText(path, text, PercentRule));
        }
        else if (Json.Integer(value) is < 0)
        {
            errors.Add(FieldError.Invalid(path, value, "must be greater than or equal to 0"));
        }
    }

    private static bool IsZero(JsonNode? value) => Json.Integer(value) == 0 || Json.Text(value)?.TrimStart('0') == "%";

    private static JsonObject Frozen(JsonObject set)
    {
        var spec = Json.Object(set, "spec")?.DeepClone().AsObject() ?? [];
        foreach (var name in StatefulMutable)
        {
            spec.Remove(name);
        }

        return spec;
    }

    private static void CronJob(JsonObject obj, List<FieldError> errors)
    {
        var name = Json.Text(obj, "metadata", "name") ?? "";
        if (name.Length > 52)
        {
            errors.Add(FieldError.InvalidText("metadata.name", name, "must be no more than 52 characters"));
        }

        var schedule = Json.Text(obj, "spec", "schedule") ?? "";
        if (schedule.Length == 0)
        {
            errors.Add(FieldError.Required("spec.schedule"));
        }
        else if (!schedule.StartsWith('@'))
        {
            var fields = schedule.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length != 5)
            {
                errors.Add(FieldError.InvalidText("spec.schedule", schedule,
                    $"expected exactly 5 fields, found {fields.Length}: {GoText.Slice(fields)}"));
            }
        }

        BuiltinRules.OneOf(Json.At(obj, "spec", "concurrencyPolicy"), "spec.concurrencyPolicy", ["Allow", "Forbid", "Replace"], errors);
        Template(obj, "spec.jobTemplate.spec.template", ["OnFailure", "Never"], errors);
    }
}
