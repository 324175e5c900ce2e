using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.Machinery.Types;

namespace GitOpsToolkit.Sandbox.Machinery.Patches;

/// <summary>
/// Strategic merge patch: a merge patch that knows from the type which lists are merged and by which key, with the directives
/// <c>$patch</c>, <c>$retainKeys</c>, <c>$setElementOrder/…</c> and <c>$deleteFromPrimitiveList/…</c>.
/// </summary>
public static class StrategicMergePatch
{
    private const string Directive = "$patch";
    private const string RetainKeys = "$retainKeys";
    private const string OrderPrefix = "$setElementOrder/";
    private const string DeletePrefix = "$deleteFromPrimitiveList/";

    /// <summary>Applies a patch to a copy of a document.</summary>
    /// <param name="document">The live object; not changed.</param>
    /// <param name="patch">The body.</param>
    /// <param name="type">Type of the object, from <see cref="KindRules.Type"/>.</param>
    /// <exception cref="StatusException">400 for a malformed patch, 500 for an entry without its merge key.</exception>
    public static JsonObject Apply(JsonObject document, JsonNode? patch, SchemaType type)
    {
        if (patch is not JsonObject changes)
        {
            throw StatusException.BadRequest($"json: cannot unmarshal {JsonKinds.Name(patch)} into Go value of type map[string]interface {{}}");
        }

        return MergeMap(document.DeepClone().AsObject(), changes, type);
    }

    private static JsonObject MergeMap(JsonObject original, JsonObject patch, SchemaType? type)
    {
        switch (Json.Text(patch, Directive))
        {
            case null when !patch.ContainsKey(Directive):
            case "merge":
                break;
            case "replace":
                return Plain(patch).AsObject();
            case "delete":
                return [];
            default:
                throw new StatusException(500, "", $"unknown patch type: {Json.Text(patch, Directive)} in map: {GoText.Value(patch)}");
        }

        Retain(original, patch);
        var before = patch.Where(member => member.Key.StartsWith(OrderPrefix)).Select(member => member.Key[OrderPrefix.Length..])
            .ToDictionary(name => name, name => original[name]?.DeepClone() as JsonArray ?? [], StringComparer.Ordinal);
        foreach (var (name, value) in patch)
        {
            if (name is Directive or RetainKeys || name.StartsWith(OrderPrefix))
            {
                continue;
            }

            if (name.StartsWith(DeletePrefix))
            {
                DeleteScalars(original, name[DeletePrefix.Length..], value);
                continue;
            }

            MergeMember(original, name, value, type);
        }

        foreach (var (name, live) in before)
        {
            var order = patch[OrderPrefix + name] as JsonArray ?? throw StatusException.BadRequest("invalid patch format of setElementOrder list");
            CheckOrder(patch[name] as JsonArray, order, type?.FieldTable.GetValueOrDefault(name)?.PatchMergeKey);
            Reorder(original, name, order, live, type);
        }

        return original;
    }

    private static void MergeMember(JsonObject original, string name, JsonNode? value, SchemaType? type)
    {
        if (value is null)
        {
            original.Remove(name);
            return;
        }

        var field = type is not null && type.FieldTable.TryGetValue(name, out var known) ? known : null;
        var memberType = field?.Type ?? type?.Element;
        switch (original[name], value)
        {
            case (JsonObject old, JsonObject changes) when field?.PatchReplace != true:
                original.Remove(name);
                original[name] = MergeMap(old, changes, memberType);
                break;
            case (JsonArray old, JsonArray changes) when field?.PatchMerge == true:
                var live = (JsonArray)old.DeepClone();
                original.Remove(name);
                original[name] = MergeList(old, changes, field);
                Reorder(original, name, changes, live, type);
                break;
            default:
                original[name] = Plain(value);
                break;
        }
    }

    private static JsonArray MergeList(JsonArray original, JsonArray patch, SchemaField field)
    {
        if (field.PatchMergeKey is null)
        {
            foreach (var item in patch.Where(item => !original.Any(old => Json.Same(old, item))).ToList())
            {
                original.Add(item?.DeepClone());
            }

            return original;
        }

        var items = patch.Select(item => item as JsonObject
            ?? throw new StatusException(500, "", $"expected map in a list with merge key {field.PatchMergeKey}")).ToList();
        if (items.Exists(item => Json.Text(item, Directive) == "replace"))
        {
            var rest = items.Where(item => item[Directive] is null || item.Count > 1).Select(item => Plain(item));
            return new JsonArray([.. rest]);
        }

        foreach (var item in items)
        {
            MergeItem(original, item, field);
        }

        return original;
    }

    private static void MergeItem(JsonArray original, JsonObject item, SchemaField field)
    {
        var key = field.PatchMergeKey!;
        if (item[key] is not { } wanted)
        {
            throw new StatusException(500, "", $"map: {GoText.Value(item)} does not contain declared merge key: {key}");
        }

        var found = original.Where(old => Json.Same(Json.At(old, key), wanted)).ToList();
        if (Json.Text(item, Directive) == "delete")
        {
            found.ForEach(old => original.Remove(old));
            return;
        }

        if (found.Count == 0)
        {
            original.Add(Plain(item));
            return;
        }

        var index = original.IndexOf(found[0]);
        var old = original[index]!.AsObject();
        original[index] = null;
        original[index] = MergeMap(old, item, field.Type.Element);
    }

    private static void Retain(JsonObject original, JsonObject patch)
    {
        if (patch[RetainKeys] is null)
        {
            return;
        }

        var kept = (patch[RetainKeys] as JsonArray ?? throw StatusException.BadRequest("invalid patch format of retainKeys"))
            .Select(k => Json.Text(k) ?? "").ToHashSet(StringComparer.Ordinal);
        if (patch.Any(member => !member.Key.StartsWith('$') && member.Value is not null && !kept.Contains(member.Key)))
        {
            throw StatusException.BadRequest("invalid patch format of retainKeys");
        }

        foreach (var name in original.Select(member => member.Key).Where(name => !kept.Contains(name)).ToList())
        {
            original.Remove(name);
        }
    }

    private static void DeleteScalars(JsonObject original, string name, JsonNode? values)
    {
        if (values is not JsonArray gone)
        {
            throw StatusException.BadRequest("invalid patch format of primitive list");
        }

        foreach (var item in (original[name] as JsonArray ?? []).Where(item => gone.Any(g => Json.Same(g, item))).ToList())
        {
            original[name]!.AsArray().Remove(item);
        }
    }

    /// <summary>What a patch sets in a list must stand in the list's order, in that order.</summary>
    private static void CheckOrder(JsonArray? items, JsonArray order, string? mergeKey)
    {
        JsonNode? Key(JsonNode? item) => mergeKey is null ? item : Json.At(item, mergeKey);
        var next = 0;
        foreach (var item in (items ?? []).Where(item => Json.At(item, Directive) is null))
        {
            while (next < order.Count && !Json.Same(Key(order[next]), Key(item)))
            {
                next++;
            }

            if (next++ >= order.Count && order.Count > 0)
            {
                throw new StatusException(
                    500, "", $"The order in patch list:\n{GoText.Value(items)}\n doesn't match $setElementOrder list:\n{GoText.Value(order)}\n");
            }
        }
    }

    // Entries named in the order come in it; entries that only the live list has stay before the first that stood behind them.
    private static void Reorder(JsonObject merged, string name, JsonArray order, JsonArray live, SchemaType? type)
    {
        if (merged[name] is not JsonArray list || type?.FieldTable.GetValueOrDefault(name) is not { PatchMerge: true } field)
        {
            return;
        }

        JsonNode? Key(JsonNode? item) => field.PatchMergeKey is null ? item : Json.At(item, field.PatchMergeKey);
        var wanted = order.Select(Key).ToList();
        var stood = live.Select(Key).ToList();
        int Rank(JsonNode? item) => wanted.FindIndex(key => Json.Same(key, Key(item)));
        int Place(JsonNode? item) => stood.FindIndex(key => Json.Same(key, Key(item)));

        var named = new Queue<JsonNode?>(list.Where(item => Rank(item) >= 0).OrderBy(Rank));
        var others = new Queue<JsonNode?>(list.Where(item => Rank(item) < 0));
        var result = new List<JsonNode?>();
        while (others.Count > 0 && named.Count > 0)
        {
            result.Add(Place(others.Peek()) < Place(named.Peek()) ? others.Dequeue() : named.Dequeue());
        }

        result.AddRange(others);
        result.AddRange(named);
        list.Clear();
        result.ForEach(list.Add);
    }

    // The patch's own value without its directives and nulls.
    private static JsonNode Plain(JsonNode value)
    {
        switch (value)
        {
            case JsonObject map:
                var result = new JsonObject();
                foreach (var (name, child) in map)
                {
                    if (child is not null && name is not (Directive or RetainKeys) && !name.StartsWith(OrderPrefix) && !name.StartsWith(DeletePrefix))
                    {
                        result[name] = Plain(child);
                    }
                }

                return result;
            case JsonArray list:
                return new JsonArray([.. list.Where(item => Json.Text(item, Directive) != "delete").Select(item => item is null ? null : Plain(item))]);
            default:
                return value.DeepClone();
        }
    }
}
