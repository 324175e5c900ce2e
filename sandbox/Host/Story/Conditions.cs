using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Story;

/// <summary>What the story waits for, as functions that name what is still missing.</summary>
internal static class Conditions
{
    /// <summary>Ready=True, for the present generation.</summary>
    public static string? Ready(JsonObject? found)
    {
        if (found is null)
        {
            return "it does not exist";
        }

        var ready = Condition(found, "Ready");
        var generation = (long?)found["metadata"]?["generation"];
        return true switch
        {
            _ when ready is null => "it has no Ready condition yet",
            _ when (string?)ready["status"] != "True" => $"Ready={ready["status"]} {ready["reason"]}: {ready["message"]}",
            _ when (long?)found["status"]?["observedGeneration"] != generation => "its newest generation was not handled yet",
            _ => null,
        };
    }

    /// <summary>A Deployment whose every replica runs <paramref name="image"/> and is available, none of an older kind left.</summary>
    public static Func<JsonObject?, string?> RolledOut(string image) => found =>
    {
        if (found is null)
        {
            return "it does not exist";
        }

        var present = ImageOf(found);
        var wanted = (int?)found["spec"]?["replicas"] ?? 1;
        var status = found["status"];
        int Count(string name) => (int?)status?[name] ?? 0;
        return true switch
        {
            _ when present != image => $"its image is {present}, not {image}",
            _ when (long?)status?["observedGeneration"] != (long?)found["metadata"]?["generation"] => "its newest generation was not handled yet",
            _ when Count("updatedReplicas") != wanted => $"{Count("updatedReplicas")} of {wanted} pods are of the new kind",
            _ when Count("availableReplicas") != wanted => $"{Count("availableReplicas")} of {wanted} pods are available",
            _ when Count("replicas") != wanted => $"{Count("replicas") - wanted} pods of an older kind are left",
            _ => null,
        };
    };

    /// <summary>A status field that has the wanted text.</summary>
    public static Func<JsonObject?, string?> Status(string field, Func<string, bool> wanted) => found =>
    {
        var text = Text(found, field);
        return text.Length > 0 && wanted(text) ? null : $"status.{field} is '{text}'{ReadyNote(found)}";
    };

    /// <summary>The text at a dotted path below status; empty where there is none.</summary>
    public static string Text(JsonObject? found, string field)
    {
        JsonNode? node = found?["status"];
        foreach (var name in field.Split('.'))
        {
            node = (node as JsonObject)?[name];
        }

        return node?.ToString() ?? "";
    }

    public static JsonNode? Condition(JsonObject found, string type) =>
        (found["status"]?["conditions"] as JsonArray)?.FirstOrDefault(condition => (string?)condition?["type"] == type);

    /// <summary>The image of a Deployment's first container.</summary>
    public static string ImageOf(JsonObject deployment) =>
        (string?)(deployment["spec"]?["template"]?["spec"]?["containers"] as JsonArray)?[0]?["image"] ?? "";

    private static string ReadyNote(JsonObject? found) =>
        found is not null && Ready(found) is { } note ? $" ({note})" : "";
}
