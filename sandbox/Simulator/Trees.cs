using System.Globalization;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Simulator;

/// <summary>Reads objects of unknown quality: what is missing or of another type reads as empty.</summary>
internal static class Trees
{
    public static JsonNode? At(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            node = (node as JsonObject)?[name];
        }

        return node;
    }

    public static string Text(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";

    public static int? Number(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.TryGetValue<int>(out var number) ? number : null;

    public static bool Flag(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;

    public static IEnumerable<JsonObject> Items(this JsonNode? node, params ReadOnlySpan<string> path) =>
        (node.At(path) as JsonArray)?.OfType<JsonObject>() ?? [];

    public static JsonObject Clone(this JsonNode? node) => node is JsonObject found ? found.DeepClone().AsObject() : [];

    /// <summary>The tree without nulls: the server writes one for a time that nobody named.</summary>
    public static JsonNode? Said(this JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.Where(p => p.Value is not null).Select(p => KeyValuePair.Create(p.Key, p.Value.Said()))),
        JsonArray list => new JsonArray([.. list.Select(Said)]),
        _ => node?.DeepClone(),
    };

    public static JsonObject? Condition(this JsonNode? status, string type) =>
        status.Items("conditions").FirstOrDefault(condition => condition.Text("type") == type);

    /// <summary>metav1.Time.</summary>
    public static string Stamp(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static DateTimeOffset? Instant(this JsonNode? node, params ReadOnlySpan<string> path) =>
        DateTimeOffset.TryParse(node.Text(path), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    /// <summary>A count or a percentage of <paramref name="total"/>, as Deployments have them.</summary>
    public static int Share(this JsonNode? value, int total, string fallback, bool roundUp)
    {
        if (value is JsonValue number && number.TryGetValue<int>(out var count))
        {
            return count;
        }

        var text = value is JsonValue found && found.TryGetValue<string>(out var given) ? given : fallback;
        var percent = int.TryParse(text.TrimEnd('%'), NumberStyles.Integer, CultureInfo.InvariantCulture, out var parsed) ? parsed : 0;
        var exact = percent * total / 100.0;
        return (int)(roundUp ? Math.Ceiling(exact) : Math.Floor(exact));
    }
}
