using System.Text.Json;
using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.Machinery.Types;

namespace GitOpsToolkit.Sandbox.Machinery.Apply;

/// <summary>
/// Steps of a field path in their serialized form, which is also how field sets hold them: <c>f:name</c> a field,
/// <c>k:{…}</c> a list entry by its keys, <c>v:…</c> an entry of a set, <c>i:n</c> an index.
/// </summary>
internal static class PathElements
{
    public static string Field(string name) => $"f:{name}";

    /// <summary>The step to a list entry.</summary>
    /// <exception cref="FormatException">The entry has no key, or is of a kind that the relation does not allow.</exception>
    public static string Item(SchemaType list, JsonNode? item)
    {
        if (list.Relation == ListRelation.Set)
        {
            return item switch
            {
                null => throw new FormatException("associative list without keys has an element that's an explicit null"),
                JsonObject => throw new FormatException("associative list without keys has an element that's a map type"),
                JsonArray => throw new FormatException("not supported: associative list with lists as elements"),
                _ => $"v:{GoText.Json(item)}",
            };
        }

        if (item is not JsonObject entry)
        {
            throw new FormatException(item is null
                ? "associative list with keys may not have a null element"
                : "associative list with keys may not have non-map elements");
        }

        var key = new JsonObject();
        foreach (var name in list.Keys.Order(StringComparer.Ordinal))
        {
            if (entry.TryGetPropertyValue(name, out var part))
            {
                key[name] = part?.DeepClone();
            }
            else if (list.Element!.FieldTable.TryGetValue(name, out var field) && field.Default is not null)
            {
                key[name] = field.Default.DeepClone();
            }
        }

        if (key.Count == 0)
        {
            var names = string.Join(' ', list.Keys.Select(GoText.Quote));
            throw new FormatException(
                $"associative list with keys has an element that omits all key fields [{names}] (and doesn't have default values for any key fields)");
        }

        return $"k:{GoText.Json(key)}";
    }

    /// <summary>Brings a step read from <c>fieldsV1</c> into the one form that compares equal.</summary>
    /// <exception cref="FormatException">The step is malformed.</exception>
    public static string Canonical(string step)
    {
        if (step.Length < 2 || step[1] != ':')
        {
            throw new FormatException($"missing colon: {step}");
        }

        try
        {
            return step[0] switch
            {
                'f' or 'i' => step,
                'v' => $"v:{GoText.Json(StrictJson.Parse(step[2..]))}",
                'k' => $"k:{GoText.Json(Sorted(StrictJson.Parse(step[2..]) as JsonObject ?? throw new FormatException("key is no object")))}",
                _ => throw new FormatException("unknown path element type"),
            };
        }
        catch (JsonException fault)
        {
            throw new FormatException($"{step}: {fault.Message}", fault);
        }
    }

    /// <summary>A path as messages show it, such as <c>.spec.ports[port=80,protocol="TCP"].name</c>.</summary>
    public static string Display(IEnumerable<string> path) => string.Concat(path.Select(Display));

    private static string Display(string step) => step[0] switch
    {
        'f' => $".{step[2..]}",
        'v' => $"[={step[2..]}]",
        'k' => $"[{string.Join(',', ((JsonObject)StrictJson.Parse(step[2..])!).Select(p => $"{p.Key}={GoText.Json(p.Value)}"))}]",
        _ => $"[{step[2..]}]",
    };

    private static JsonObject Sorted(JsonObject key)
    {
        var sorted = new JsonObject();
        foreach (var (name, value) in key.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            sorted[name] = value?.DeepClone();
        }

        return sorted;
    }
}
