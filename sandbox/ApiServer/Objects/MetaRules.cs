using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Resources;
using GitOpsToolkit.Sandbox.Machinery;

namespace GitOpsToolkit.Sandbox.ApiServer.Objects;

/// <summary>The rules of metadata: what a client may send, and what an update may change.</summary>
internal static class MetaRules
{
    private const int AnnotationLimit = 256 * 1024;

    /// <summary>Faults of the metadata of an object to be stored.</summary>
    public static List<FieldError> Validate(ResourceDefinition resource, JsonObject tree)
    {
        var errors = new List<FieldError>();
        var meta = tree.Meta();
        var name = meta.Text("name");
        if (name.Length == 0)
        {
            errors.Add(FieldError.Required("metadata.name", "name or generateName is required"));
        }
        else
        {
            errors.AddRange(NameRules.Check(resource, name).Select(fault => FieldError.InvalidText("metadata.name", name, fault)));
        }

        if (resource.Namespaced && meta.Text("namespace") is var space)
        {
            errors.AddRange(Names.Label(space).Select(fault => FieldError.InvalidText("metadata.namespace", space, fault)));
        }

        Labels(meta, errors);
        Annotations(meta, errors);
        Owners(meta, errors);
        foreach (var finalizer in meta.Texts("finalizers"))
        {
            errors.AddRange(Names.QualifiedName(finalizer).Select(fault => FieldError.InvalidText("metadata.finalizers", finalizer, fault)));
            // Only the built-in kinds insist on a domain; custom ones take any qualified name, such as finalizers.fluxcd.io.
            if (resource.Custom is null && !finalizer.Contains('/', StringComparison.Ordinal) && finalizer is not ("orphan" or "foregroundDeletion" or "kubernetes"))
            {
                errors.Add(FieldError.InvalidText("metadata.finalizers", finalizer,
                    "name is neither a standard finalizer name nor is it fully qualified"));
            }
        }

        return errors;
    }

    /// <summary>Carries over what an update cannot change, and reports what it tried to.</summary>
    public static List<FieldError> Carry(JsonObject before, JsonObject tree)
    {
        var errors = new List<FieldError>();
        var (old, now) = (before.Meta(), tree.Meta());
        foreach (var field in (ReadOnlySpan<string>)["uid", "creationTimestamp", "namespace", "name"])
        {
            if (now[field] is null)
            {
                now.Take(field, old);
            }
            else if (!JsonNode.DeepEquals(now[field], old[field]))
            {
                errors.Add(FieldError.Invalid($"metadata.{field}", now[field], "field is immutable"));
            }
        }

        foreach (var field in (ReadOnlySpan<string>)["deletionTimestamp", "deletionGracePeriodSeconds"])
        {
            if (old[field] is null && now[field] is not null)
            {
                errors.Add(FieldError.Invalid($"metadata.{field}", now[field], "field is immutable"));
            }

            now.Take(field, old);
        }

        now.Take("generation", old);
        now.Take("generateName", old);
        now.Remove("selfLink");
        if (old["deletionTimestamp"] is not null)
        {
            var added = now.Texts("finalizers").Except(old.Texts("finalizers"), StringComparer.Ordinal).ToList();
            if (added.Count > 0)
            {
                var list = string.Join(", ", added.Select(a => $"\"{a}\""));
                errors.Add(FieldError.Forbidden("metadata.finalizers",
                    $"no new finalizers can be added if the object is being deleted, found new finalizers []string{{{list}}}"));
            }
        }

        return errors;
    }

    private static void Labels(JsonObject meta, List<FieldError> errors)
    {
        foreach (var (key, value) in meta.Map("labels") ?? [])
        {
            var text = value is JsonValue v && v.TryGetValue<string>(out var t) ? t : "";
            errors.AddRange(Names.QualifiedName(key).Select(fault => FieldError.InvalidText("metadata.labels", key, fault)));
            errors.AddRange(Names.LabelValue(text).Select(fault => FieldError.InvalidText("metadata.labels", text, fault)));
        }
    }

    private static void Annotations(JsonObject meta, List<FieldError> errors)
    {
        var size = 0;
        foreach (var (key, value) in meta.Map("annotations") ?? [])
        {
            errors.AddRange(Names.QualifiedName(key.ToLowerInvariant())
                .Select(fault => FieldError.InvalidText("metadata.annotations", key, fault)));
            size += key.Length + (value is JsonValue v && v.TryGetValue<string>(out var text) ? System.Text.Encoding.UTF8.GetByteCount(text) : 0);
        }

        if (size > AnnotationLimit)
        {
            errors.Add(FieldError.TooLong("metadata.annotations", AnnotationLimit));
        }
    }

    private static void Owners(JsonObject meta, List<FieldError> errors)
    {
        var controllers = 0;
        foreach (var (owner, i) in (meta.List("ownerReferences") ?? []).Select((o, i) => (o, i)))
        {
            foreach (var field in (ReadOnlySpan<string>)["apiVersion", "kind", "name", "uid"])
            {
                if (owner.Text(field).Length == 0)
                {
                    var detail = field switch
                    {
                        "apiVersion" => "version must not be empty",
                        "kind" => "must not be empty",
                        _ => "must not be empty",
                    };
                    errors.Add(FieldError.InvalidText($"metadata.ownerReferences[{i}].{field}", "", detail));
                }
            }

            controllers += owner.Flag("controller") ? 1 : 0;
        }

        if (controllers > 1)
        {
            errors.Add(FieldError.Invalid("metadata.ownerReferences", meta["ownerReferences"]?.DeepClone(),
                "Only one reference can have Controller set to true. Found \"true\" in references for several owners"));
        }
    }
}
