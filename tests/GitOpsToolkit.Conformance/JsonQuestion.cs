using System.Text.Json.Nodes;

namespace GitOpsToolkit.Conformance;

/// <summary>Reads what a question holds.</summary>
internal static class JsonQuestion
{
    internal static string Text(this JsonNode node, string name) => node[name]?.GetValue<string>() ?? "";

    internal static bool Flag(this JsonNode node, string name) => node[name]?.GetValue<bool>() ?? false;

    internal static string[] Texts(this JsonNode node, string name) =>
        [.. (node[name]?.AsArray() ?? []).Select(item => item!.GetValue<string>())];

    internal static JsonObject Object(this JsonNode node, string name) =>
        node[name] as JsonObject ?? throw new FormatException($"{name} is missing");

    internal static JsonArray ToJson(this IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode?)text)];

    internal static JsonObject Error(string? message) => new() { ["error"] = message };
}
