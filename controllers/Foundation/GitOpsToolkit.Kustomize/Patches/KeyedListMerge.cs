using System.Text.Json.Nodes;
using GitOpsToolkit.Kustomize.Resources;

namespace GitOpsToolkit.Kustomize.Patches;

/// <summary>Merges one list whose elements are identified by keys.</summary>
/// <param name="rule">The keys and the type of the elements.</param>
/// <param name="path">Where the list stands, for errors.</param>
internal sealed class KeyedListMerge(MergeList rule, string path)
{
    /// <summary>
    /// Gives the patch's elements first, in its order, then the rest of the object's. Under several keys kustomize leaves
    /// elements that both sides hold at the object's place, behind the new ones.
    /// </summary>
    internal JsonArray Run(JsonArray target, JsonArray patch)
    {
        var keys = KeysInUse(target, patch);
        var existing = Elements(target);
        var byKey = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var element in existing)
        {
            byKey.TryAdd(Key(element, keys), element);
        }

        var merged = new Dictionary<JsonObject, JsonObject?>(ReferenceEqualityComparer.Instance);
        List<JsonObject> front = [];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var element in Elements(patch))
        {
            if (!seen.Add(Key(element, keys)))
            {
                continue;
            }

            var match = byKey.GetValueOrDefault(Key(element, keys)) ?? (keys.Length > 1 ? Partial(existing, element, keys) : null);
            var result = Merge(match, (JsonObject)element.DeepClone());
            if (match is not null)
            {
                merged[match] = result;
            }

            if (result is not null && (match is null || keys.Length == 1))
            {
                front.Add(result);
            }
        }

        var list = new JsonArray([.. front]);
        foreach (var element in existing)
        {
            if (!merged.TryGetValue(element, out var result))
            {
                list.Add(element.DeepClone());
            }
            else if (result is { Parent: null })
            {
                list.Add((JsonNode)result);
            }
        }

        return list;
    }

    private JsonObject? Merge(JsonObject? existing, JsonObject patch)
    {
        var result = existing is null
            ? StrategicMerge.Clean(patch, path)
            : StrategicMerge.MergeMaps((JsonObject)existing.DeepClone(), patch, rule.Element, path);
        return result is { Count: > 0 } ? result : null;
    }

    /// <summary>An element which leaves out one of several keys matches on those it gives.</summary>
    private static JsonObject? Partial(List<JsonObject> existing, JsonObject element, string[] keys) => existing.Find(candidate =>
        keys.All(key => candidate[key] is null || element[key] is null || candidate.Text(key) == element.Text(key))
        && keys.Any(key => candidate[key] is not null && element[key] is not null));

    /// <summary>A key that no element gives a value for does not count.</summary>
    private string[] KeysInUse(JsonArray target, JsonArray patch)
    {
        if (rule.Keys.Length == 1)
        {
            return rule.Keys;
        }

        string[] used = [.. rule.Keys.Where(key => target.Concat(patch).Any(item => item is JsonObject map && map[key] is not null))];
        return used.Length == 0 ? rule.Keys : used;
    }

    private List<JsonObject> Elements(JsonArray list)
    {
        List<JsonObject> elements = [];
        foreach (var item in list)
        {
            elements.Add(item as JsonObject ?? throw new MergeException(path, "an element of this list is no map"));
        }

        return elements;
    }

    private static string Key(JsonObject element, string[] keys) =>
        keys.Length == 1 ? element.Text(keys[0]) : string.Join('\n', keys.Select(element.Text));
}
