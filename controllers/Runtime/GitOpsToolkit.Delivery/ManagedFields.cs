using System.Text.Json.Nodes;

namespace GitOpsToolkit.Delivery;

/// <summary>Reads and rewrites <c>metadata.managedFields</c>.</summary>
internal static class ManagedFields
{
    /// <summary>The fields that a manager applied, or null.</summary>
    internal static JsonObject? AppliedBy(JsonObject body, string manager) =>
        Entries(body).FirstOrDefault(entry => IsApplyOf(entry, manager)).Map("fieldsV1");

    /// <summary>
    /// Gives the manager the fields of those that it takes over: <c>kubectl</c> in both forms, what was there before the first apply, and
    /// its
    /// own updates. What they own beyond the manifest then goes with the next apply.
    /// </summary>
    /// <returns>The new list, or null when nothing has to change.</returns>
    internal static JsonArray? TakeOver(JsonObject body, string manager, IReadOnlyCollection<string> overridden)
    {
        JsonObject[] entries = [.. Entries(body)];
        JsonObject[] taken = [.. entries.Where(entry => IsTakenOver(entry, manager, overridden))];
        if (taken.Length == 0)
        {
            return null;
        }

        var own = entries.FirstOrDefault(entry => IsApplyOf(entry, manager)) ?? taken[0];
        var merged = (JsonObject)own.DeepClone();
        merged["manager"] = manager;
        merged["operation"] = "Apply";
        foreach (var entry in taken.Where(entry => !ReferenceEquals(entry, own)))
        {
            merged["fieldsV1"] = FieldSet.Union(merged.Map("fieldsV1"), entry.Map("fieldsV1"));
        }

        return new JsonArray([.. entries.Where(entry => !ReferenceEquals(entry, own)
            && Array.IndexOf(taken, entry) < 0).Select(entry => entry.DeepClone()), merged]);
    }

    private static IEnumerable<JsonObject> Entries(JsonObject body) =>
        (body.Map("metadata").List("managedFields") ?? []).OfType<JsonObject>();

    private static bool IsApplyOf(JsonObject entry, string manager) =>
        entry.Text("manager") == manager && entry.Text("operation") == "Apply" && entry.Text("subresource").Length == 0;

    private static bool IsTakenOver(JsonObject entry, string manager, IReadOnlyCollection<string> overridden)
    {
        if (entry.Text("subresource").Length > 0)
        {
            return false;
        }

        var (name, isUpdate) = (entry.Text("manager"), entry.Text("operation") == "Update");
        return name.StartsWith("kubectl", StringComparison.Ordinal)
            || (isUpdate && name.StartsWith("before-first-apply", StringComparison.Ordinal))
            || (isUpdate && name.StartsWith(manager, StringComparison.Ordinal))
            || overridden.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));
    }
}

/// <summary>Sets of fields in the form <c>fieldsV1</c>: a tree in which a leaf, or a node with <c>.</c>, is a member.</summary>
internal static class FieldSet
{
    /// <summary>All members of both.</summary>
    internal static JsonObject Union(JsonObject? left, JsonObject? right)
    {
        if (left is null || right is null)
        {
            return (JsonObject)(left ?? right ?? []).DeepClone();
        }

        var union = (JsonObject)left.DeepClone();
        foreach (var (key, value) in right)
        {
            union[key] = union[key] is JsonObject known && value is JsonObject other ? Merge(known,
                other) : value?.DeepClone() ?? new JsonObject();
        }

        return union;
    }

    /// <summary>A leaf is a member; when it gets children it must say so by a dot.</summary>
    private static JsonObject Merge(JsonObject left, JsonObject right)
    {
        var isMember = IsMember(left) || IsMember(right);
        var merged = Union(left, right);
        if (isMember && merged.Count > 0)
        {
            merged["."] = new JsonObject();
        }

        return merged;
    }

    private static bool IsMember(JsonObject node) => node.Count == 0 || node.ContainsKey(".");
}
