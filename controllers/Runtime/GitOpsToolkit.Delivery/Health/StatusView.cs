using System.Text.Json;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.Delivery.Health;

/// <summary>One condition as the health rules see it.</summary>
internal readonly record struct StatusCondition(string Type, string Status, string Reason, string Message)
{
    internal bool IsTrue => Status == "True";

    internal bool IsFalse => Status == "False";
}

/// <summary>An object's status that cannot be read.</summary>
internal sealed class StatusFormatException(string message) : Exception(message);

/// <summary>Reads the fields of an object that the health rules look at.</summary>
internal sealed class StatusView(JsonObject body)
{
    private IReadOnlyList<StatusCondition>? _conditions;

    internal string Kind => body.Text("kind");

    internal string ApiVersion => body.Text("apiVersion");

    /// <exception cref="StatusFormatException">The conditions are no list of maps.</exception>
    internal IReadOnlyList<StatusCondition> Conditions => _conditions ??= ReadConditions();

    internal string Text(string fallback, params ReadOnlySpan<string> path) =>
        Find(path) is JsonValue value && value.TryGetValue<string>(out var text) ? text : fallback;

    internal long Int(long fallback, params ReadOnlySpan<string> path) => FindInt(path) ?? fallback;

    internal long? FindInt(params ReadOnlySpan<string> path) =>
        Find(path) is JsonValue value && IsInteger(value, out var number) ? number : null;

    internal bool Flag(params ReadOnlySpan<string> path) => Find(path) is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;

    internal JsonNode? Find(params ReadOnlySpan<string> path)
    {
        JsonNode? node = body;
        foreach (var step in path)
        {
            node = (node as JsonObject)?[step];
        }

        return node;
    }

    private static bool IsInteger(JsonValue value, out long number)
    {
        number = 0;
        return value.GetValueKind() == JsonValueKind.Number && (value.TryGetValue(out number) || TryWiden(value, out number));
    }

    private static bool TryWiden(JsonValue value, out long number)
    {
        number = 0;
        if (!value.TryGetValue<int>(out var small))
        {
            return false;
        }

        number = small;
        return true;
    }

    private StatusCondition[] ReadConditions()
    {
        return Find("status", "conditions") switch
        {
            null => [],
            JsonArray list => [.. list.Select(ReadCondition)],
            _ => throw new StatusFormatException("status.conditions is no list"),
        };
    }

    private static StatusCondition ReadCondition(JsonNode? item) => item switch
    {
        JsonObject map => new StatusCondition(map.Text("type"), map.Text("status"), map.Text("reason"), map.Text("message")),
        null => default,
        _ => throw new StatusFormatException("status.conditions holds something that is no map"),
    };
}
