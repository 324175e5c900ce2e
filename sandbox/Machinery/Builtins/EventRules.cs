using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Machinery.Builtins;

/// <summary>Rules of Events. One with an eventTime is of the newer kind; only the newer group insists on that.</summary>
internal static class EventRules
{
    private const int NameLimit = 128;
    private const int NoteLimit = 1024;

    /// <summary>What the newer group does not let change, by its names and by those that messages use.</summary>
    private static readonly (string Field, string Shown)[] Fixed =
    [
        ("regarding", "involvedObject"), ("reason", "reason"), ("note", "message"), ("deprecatedSource", "source"),
        ("deprecatedFirstTimestamp", "firstTimestamp"), ("deprecatedLastTimestamp", "lastTimestamp"), ("deprecatedCount", "count"),
        ("type", "type"), ("eventTime", "eventTime"), ("action", "action"), ("related", "related"),
        ("reportingController", "reportingController"), ("reportingInstance", "reportingInstance"),
    ];

    public static void Validate(string group, JsonObject obj, JsonObject? old, List<FieldError> errors)
    {
        var isNew = group.Length > 0;
        var subject = Json.Text(obj, isNew ? "regarding" : "involvedObject", "namespace") ?? "";
        var own = Json.Text(obj, "metadata", "namespace") ?? "";
        if (obj["eventTime"] is null)
        {
            Belongs(subject, own, subject.Length == 0 ? own.Length == 0 || own == "default" : subject == own, errors);
        }
        else
        {
            Belongs(subject, own, subject.Length > 0 || own == "kube-system", errors);
            Reporter(obj, isNew, errors);
        }

        if (isNew && old is null)
        {
            Create(obj, errors);
        }
        else if (isNew)
        {
            errors.AddRange(Fixed.Where(f => !Json.Same(obj[f.Field], old![f.Field]))
                .Select(f => FieldError.Invalid(f.Shown, obj[f.Field], "field is immutable")));
        }
    }

    private static void Belongs(string subject, string own, bool does, List<FieldError> errors)
    {
        if (!does)
        {
            errors.Add(FieldError.InvalidText("involvedObject.namespace", subject, "does not match event.namespace"));
        }
    }

    private static void Reporter(JsonObject obj, bool isNew, List<FieldError> errors)
    {
        var controller = Json.Text(obj, isNew ? "reportingController" : "reportingComponent") ?? "";
        if (controller.Length == 0)
        {
            errors.Add(FieldError.Required("reportingController"));
        }

        errors.AddRange(Names.QualifiedName(controller).Select(fault => FieldError.InvalidText("reportingController", controller, fault)));
        foreach (var field in (string[])["reportingInstance", "action", "reason"])
        {
            var text = Json.Text(obj, field) ?? "";
            if (text.Length == 0)
            {
                errors.Add(FieldError.Required(field));
            }

            AtMost(field, text, NameLimit, errors);
        }

        AtMost("message", Json.Text(obj, isNew ? "note" : "message") ?? "", NoteLimit, errors);
    }

    private static void AtMost(string field, string text, int limit, List<FieldError> errors)
    {
        if (text.Length > limit)
        {
            errors.Add(FieldError.InvalidText(field, "", $"can have at most {limit} characters"));
        }
    }

    private static void Create(JsonObject obj, List<FieldError> errors)
    {
        if (obj["series"] is JsonObject series)
        {
            if ((Json.Integer(series, "count") ?? 0) < 2)
            {
                errors.Add(FieldError.InvalidText("series.count", "", "should be at least 2"));
            }

            if (series["lastObservedTime"] is null)
            {
                errors.Add(FieldError.Required("series.lastObservedTime"));
            }
        }

        if (obj["eventTime"] is null)
        {
            errors.Add(FieldError.Required("eventTime"));
        }

        var type = Json.Text(obj, "type") ?? "";
        if (type is not ("Normal" or "Warning"))
        {
            errors.Add(FieldError.InvalidText("type", "", $"has invalid value: {type}"));
        }

        foreach (var (field, shown) in Fixed.Where(f => f.Field.StartsWith("deprecated")))
        {
            if (obj[field] is { } value && !(value is JsonObject { Count: 0 }) && Json.Integer(obj, field) is not 0)
            {
                errors.Add(FieldError.InvalidText(shown, "", "needs to be unset"));
            }
        }
    }
}
