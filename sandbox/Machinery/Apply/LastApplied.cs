using System.Text.Json;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Machinery.Apply;

/// <summary>The annotation of kubectl's client-side apply, which its server-side apply takes over from.</summary>
internal static class LastApplied
{
    public const string Annotation = "kubectl.kubernetes.io/last-applied-configuration";

    /// <summary>Whether there is an annotation to go by; <paramref name="remaining"/> are the conflicts that it does not cover.</summary>
    public static bool Covers(ApplyConflicts conflicts, JsonObject live, KindRules rules, out ApplyConflicts? remaining)
    {
        remaining = null;
        if (Json.Text(live, "metadata", "annotations", Annotation) is not { Length: > 0 } text)
        {
            return false;
        }

        FieldSet allowed;
        try
        {
            if (StrictJson.Parse(text) is not JsonObject last || Json.Text(last, "apiVersion") != rules.ApiVersion)
            {
                return false;
            }

            // Fields that differ from the live object are no longer kubectl's.
            var comparison = TypedComparison.Of(last, live, rules.Type);
            allowed = TypedSets.FieldsOf(last, rules.Type).Except(comparison.Modified).Except(comparison.Added).Except(comparison.Removed);
        }
        catch (Exception fault) when (fault is JsonException or FormatException)
        {
            return false;
        }

        var others = conflicts.Conflicts.Where(conflict => !allowed.Has(conflict.Path)).ToList();
        remaining = others.Count > 0 ? new ApplyConflicts(others) : null;
        return true;
    }

    /// <summary>Brings the annotation up to date with what kubectl applies, if the object has it.</summary>
    public static void Refresh(JsonObject obj, JsonObject config)
    {
        if (Json.Text(obj, "metadata", "annotations", Annotation) is not { Length: > 0 })
        {
            return;
        }

        var copy = config.DeepClone().AsObject();
        Json.Object(copy, "metadata", "annotations")?.Remove(Annotation);
        obj["metadata"]!["annotations"]![Annotation] = $"{GoText.Json(copy)}\n";
    }
}
