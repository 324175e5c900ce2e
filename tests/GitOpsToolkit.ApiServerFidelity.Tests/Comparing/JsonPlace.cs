using System.Text.Json.Nodes;

namespace GitOpsToolkit.ApiServerFidelity.Tests.Comparing;

/// <summary>Reads one place of an answer: as in a <see cref="PathPattern"/>, and <c>[type=Ready]</c> for the item with that field.</summary>
internal static class JsonPlace
{
    public static JsonNode? Find(JsonObject content, string place)
    {
        JsonNode? node = content;
        foreach (var part in PathPattern.Parse(place).Parts)
        {
            node = node switch
            {
                JsonObject map => map[part],
                JsonArray list when int.TryParse(part, out var index) => index < list.Count ? list[index] : null,
                JsonArray list when part.Split('=', 2) is [var field, var value] => list.FirstOrDefault(i => i?[field]?.ToString() == value),
                _ => null,
            };
        }

        return node;
    }
}
