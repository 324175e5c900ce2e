using System.Text;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Machinery.Builtins;

/// <summary>The rules of <c>metadata</c> that hold for every kind.</summary>
internal static class MetadataRules
{
    private const int AnnotationLimit = 256 * 1024;
    private static readonly string[] Immutable = ["name", "namespace", "uid", "creationTimestamp", "deletionTimestamp"];
    private static readonly string[] BareFinalizers = ["orphan", "foregroundDeletion", "kubernetes"];

    public static void Validate(JsonObject obj, JsonObject? old, Func<string, IReadOnlyList<string>> nameRule, List<FieldError> errors, bool isCustom = false)
    {
        if (obj["metadata"] is not JsonObject metadata)
        {
            errors.Add(FieldError.Required("metadata.name", "name or generateName is required"));
            return;
        }

        CheckName(metadata, nameRule, errors);
        CheckLabels(metadata["labels"], "metadata.labels", errors);
        CheckAnnotations(metadata["annotations"], errors);
        CheckFinalizers(metadata, errors, isCustom);
        CheckOwners(metadata, errors);
        if (old?["metadata"] is JsonObject before)
        {
            CheckUpdate(metadata, before, errors);
        }
    }

    public static void CheckLabels(JsonNode? labels, string path, List<FieldError> errors)
    {
        foreach (var (key, value) in labels as JsonObject ?? [])
        {
            foreach (var fault in Names.QualifiedName(key))
            {
                errors.Add(FieldError.InvalidText(path, key, fault));
            }

            foreach (var fault in Names.LabelValue(Json.Text(value) ?? ""))
            {
                errors.Add(FieldError.Invalid(path, value, fault));
            }
        }
    }

    private static void CheckName(JsonObject metadata, Func<string, IReadOnlyList<string>> nameRule, List<FieldError> errors)
    {
        if (Json.Text(metadata, "generateName") is { Length: > 0 } prefix)
        {
            foreach (var fault in nameRule(prefix.TrimEnd('-', '.') is { Length: > 0 } stem ? stem : "a"))
            {
                errors.Add(FieldError.InvalidText("metadata.generateName", prefix, fault));
            }
        }

        if (Json.Text(metadata, "name") is not { Length: > 0 } name)
        {
            errors.Add(FieldError.Required("metadata.name", "name or generateName is required"));
            return;
        }

        foreach (var fault in nameRule(name))
        {
            errors.Add(FieldError.InvalidText("metadata.name", name, fault));
        }
    }

    private static void CheckAnnotations(JsonNode? annotations, List<FieldError> errors)
    {
        var size = 0;
        foreach (var (key, value) in annotations as JsonObject ?? [])
        {
            foreach (var fault in Names.QualifiedName(key.ToLowerInvariant()))
            {
                errors.Add(FieldError.InvalidText("metadata.annotations", key, fault));
            }

            size += key.Length + Encoding.UTF8.GetByteCount(Json.Text(value) ?? "");
        }

        if (size > AnnotationLimit)
        {
            errors.Add(FieldError.TooLong("metadata.annotations", AnnotationLimit));
        }
    }

    private static void CheckFinalizers(JsonObject metadata, List<FieldError> errors, bool isCustom)
    {
        const string path = "metadata.finalizers";
        var names = (Json.Array(metadata, "finalizers") ?? []).Select(f => Json.Text(f) ?? "").ToList();
        foreach (var name in names)
        {
            errors.AddRange(Names.QualifiedName(name).Select(fault => FieldError.InvalidText(path, name, fault)));
        }

        if (names.Contains("orphan") && names.Contains("foregroundDeletion"))
        {
            errors.Add(FieldError.Invalid(path, metadata["finalizers"], "finalizer orphan and foregroundDeletion cannot be both set"));
        }

        // Custom kinds take any qualified name, such as finalizers.fluxcd.io.
        for (var i = 0; i < names.Count && !isCustom; i++)
        {
            CheckFinalizerIsQualified(names[i], $"{path}[{i}]", errors);
        }
    }

    public static void CheckFinalizerIsQualified(string name, string path, List<FieldError> errors)
    {
        if (!name.Contains('/') && !BareFinalizers.Contains(name))
        {
            errors.Add(FieldError.InvalidText(path, name, "name is neither a standard finalizer name nor is it fully qualified"));
        }
    }

    private static void CheckOwners(JsonObject metadata, List<FieldError> errors)
    {
        const string path = "metadata.ownerReferences";
        var controllers = new List<JsonNode>();
        foreach (var owner in (Json.Array(metadata, "ownerReferences") ?? []).OfType<JsonObject>())
        {
            foreach (var (field, text) in new[] { ("apiVersion", "version must not be empty"), ("kind", "must not be empty"), ("name", "must not be empty"), ("uid", "must not be empty") })
            {
                var value = Json.Text(owner, field) ?? "";
                if (value.Length == 0 || field == "apiVersion" && value.Count(c => c == '/') > 1)
                {
                    errors.Add(FieldError.InvalidText($"{path}.{field}", value, text));
                }
            }

            if (Json.Text(owner, "apiVersion") == "v1" && Json.Text(owner, "kind") == "Event")
            {
                errors.Add(FieldError.Invalid(path, owner, "/v1, Kind=Event is disallowed from being an owner"));
            }

            if (Json.Boolean(owner, "controller") == true)
            {
                controllers.Add(owner);
            }
        }

        if (controllers.Count > 1)
        {
            var names = string.Join(" and ", controllers.Take(2).Select(c => Json.Text(c, "name")));
            errors.Add(FieldError.Invalid(path, metadata["ownerReferences"],
                $"Only one reference can have Controller set to true. Found \"true\" in references for {names}"));
        }
    }

    private static void CheckUpdate(JsonObject metadata, JsonObject before, List<FieldError> errors)
    {
        foreach (var name in Immutable)
        {
            if (!Json.Same(metadata[name], before[name]))
            {
                errors.Add(FieldError.Invalid($"metadata.{name}", metadata[name], "field is immutable"));
            }
        }

        if (before["deletionTimestamp"] is null)
        {
            return;
        }

        var known = (Json.Array(before, "finalizers") ?? []).Select(f => Json.Text(f)).ToHashSet(StringComparer.Ordinal);
        var added = (Json.Array(metadata, "finalizers") ?? []).Select(f => Json.Text(f) ?? "").Where(f => !known.Contains(f)).ToList();
        if (added.Count > 0)
        {
            errors.Add(FieldError.Forbidden("metadata.finalizers",
                $"no new finalizers can be added if the object is being deleted, found new finalizers {GoText.StringSlice(added)}"));
        }
    }
}
