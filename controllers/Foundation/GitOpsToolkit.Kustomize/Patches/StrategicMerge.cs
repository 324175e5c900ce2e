using System.Text.Json.Nodes;
using GitOpsToolkit.Kustomize.Resources;

namespace GitOpsToolkit.Kustomize.Patches;

/// <summary>A patch that cannot be merged: a map meets a list, or a directive is unknown.</summary>
internal sealed class MergeException(string path, string message) : Exception(message)
{
    /// <summary>Where in the object, such as <c>spec.template.spec.containers</c>.</summary>
    internal string Path { get; } = path;
}

/// <summary>
/// Merges a patch into an object as kustomize does: maps field by field, lists of built-in kinds by their merge key with the
/// patch's elements first, other lists replaced, null removes, <c>$patch: delete|replace|merge</c> obeyed.
/// </summary>
internal static class StrategicMerge
{
    private const string Directive = "$patch";

    /// <summary>Merges; neither argument may be used afterwards.</summary>
    /// <returns>The merged object, or null when the patch deletes it.</returns>
    /// <exception cref="MergeException">The shapes do not fit.</exception>
    internal static JsonObject? Apply(
        JsonObject target, JsonObject patch, IMergeSchema schema, IReadOnlySet<(JsonObject Map, string Key)>? bareNulls = null)
    {
        var type = TypeOf(target, schema) ?? TypeOf(patch, schema);
        if (bareNulls is not null)
        {
            DropNulls(target, type, bareNulls);
        }

        return (JsonObject?)Merge(target, patch, type, "");
    }

    private static MergeType? TypeOf(JsonObject node, IMergeSchema schema) =>
        node["apiVersion"] is not null && node["kind"] is not null ? schema.For(node.Text("apiVersion"), node.Text("kind")) : null;

    /// <summary>Merges a value that the patch names; a null patch removes it.</summary>
    private static JsonNode? Merge(JsonNode? target, JsonNode? patch, MergeType? type, string path)
    {
        switch (patch)
        {
            case null:
                return null;
            case JsonObject map:
                return target switch
                {
                    null => Clean(map, path),
                    JsonObject existing => MergeMaps(existing, map, type, path),
                    _ => throw Mismatch(path, "a map", target),
                };
            case JsonArray list:
                return target is null or JsonArray ? list : throw Mismatch(path, "a list", target);
            default:
                return target is null or JsonValue ? patch : throw Mismatch(path, "a scalar", target);
        }
    }

    internal static JsonObject? MergeMaps(JsonObject target, JsonObject patch, MergeType? type, string path)
    {
        switch (TakeDirective(patch, path))
        {
            case "delete":
                return null;
            case "replace":
                return Clean(patch, path);
        }

        foreach (var (field, value) in patch.ToArray())
        {
            var at = path.Length == 0 ? field : $"{path}.{field}";
            if (type?.List(field) is { } rule && value is JsonArray elements)
            {
                MergeListField(target, field, elements, rule, at);
                continue;
            }

            patch[field] = null;
            var existing = target[field];
            var merged = Merge(existing, value, type?.Field(field), at);
            if (merged is null)
            {
                target.Remove(field);
            }
            else if (!ReferenceEquals(merged, existing))
            {
                target[field] = Detach(merged);
            }
        }

        return target;
    }

    private static void MergeListField(JsonObject target, string field, JsonArray patch, MergeList rule, string path)
    {
        var existing = target[field] switch
        {
            null => null,
            JsonArray list => list,
            var other => throw Mismatch(path, "a list", other),
        };

        switch (TakeListDirective(patch, path))
        {
            case "delete" when existing is not null:
                target.Remove(field);
                return;
            case "replace" when existing is not null:
                target[field] = Detach(patch);
                return;
        }

        var merged = rule.Keys.Length == 0
            ? MergeScalars(existing ?? [], patch)
            : new KeyedListMerge(rule, path).Run(existing ?? [], patch);
        target[field] = merged;
    }

    private static JsonArray MergeScalars(JsonArray target, JsonArray patch)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var merged = new JsonArray();
        foreach (var item in patch.Concat(target).ToArray())
        {
            if (item is not null && seen.Add(JsonNodes.ScalarText(item) ?? item.ToJsonString()))
            {
                merged.Add(item.DeepClone());
            }
        }

        return merged;
    }

    /// <summary>
    /// kustomize walks the whole object when it merges and loses every field without a value, save within replaced lists; a written
    /// <c>null</c> stays.
    /// </summary>
    private static void DropNulls(JsonObject map, MergeType? type, IReadOnlySet<(JsonObject Map, string Key)> bareNulls)
    {
        foreach (var (field, value) in map.ToArray())
        {
            switch (value)
            {
                case null when bareNulls.Contains((map, field)):
                    map.Remove(field);
                    break;
                case JsonObject child:
                    DropNulls(child, type?.Field(field), bareNulls);
                    break;
                case JsonArray list when type?.List(field) is { } rule:
                    foreach (var element in list.OfType<JsonObject>())
                    {
                        DropNulls(element, rule.Element, bareNulls);
                    }

                    break;
            }
        }
    }

    /// <summary>A map that is added as a whole loses its nulls and directives.</summary>
    internal static JsonObject? Clean(JsonObject map, string path)
    {
        if (TakeDirective(map, path) == "delete")
        {
            return null;
        }

        foreach (var (field, value) in map.ToArray())
        {
            switch (value)
            {
                case null:
                    map.Remove(field);
                    break;
                case JsonObject child when Clean(child, $"{path}.{field}") is null:
                    map.Remove(field);
                    break;
            }
        }

        return map;
    }

    private static string TakeDirective(JsonObject patch, string path)
    {
        if (!patch.TryGetPropertyValue(Directive, out var value) || value is null)
        {
            return "merge";
        }

        patch.Remove(Directive);
        return Known(JsonNodes.ScalarText(value), path);
    }

    /// <summary>An element that holds nothing but a directive speaks for the whole list.</summary>
    private static string TakeListDirective(JsonArray patch, string path)
    {
        var element = patch.OfType<JsonObject>().FirstOrDefault(item => item.Count == 1 && item.ContainsKey(Directive));
        if (element is null)
        {
            return "merge";
        }

        patch.Remove(element);
        return Known(element.Text(Directive), path);
    }

    private static string Known(string? directive, string path) => directive is "delete" or "replace" or "merge"
        ? directive
        : throw new MergeException(path, $"unknown directive '$patch: {directive}'; use delete, replace or merge");

    private static T Detach<T>(T node)
        where T : JsonNode => node.Parent is null ? node : (T)node.DeepClone();

    private static MergeException Mismatch(string path, string patch, JsonNode target)
    {
        var kind = target switch { JsonObject => "a map", JsonArray => "a list", _ => "a scalar" };
        return new MergeException(path, $"the patch gives {patch} where the object holds {kind}");
    }
}
