using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Resources;
using GitOpsToolkit.Sandbox.Machinery;

namespace GitOpsToolkit.Sandbox.ApiServer.Objects;

/// <summary>What an update may change in the metadata.</summary>
internal static class MetaRules
{
    /// <summary>Carries over what an update cannot change, and reports what it tried to.</summary>
    public static List<FieldError> Carry(JsonObject before, JsonObject tree)
    {
        var errors = new List<FieldError>();
        var (old, now) = (before.Meta(), tree.Meta());
        foreach (var field in (ReadOnlySpan<string>)["uid", "namespace", "name"])
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

        now.Take("creationTimestamp", old);
        now.Take("generation", old);
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
}
