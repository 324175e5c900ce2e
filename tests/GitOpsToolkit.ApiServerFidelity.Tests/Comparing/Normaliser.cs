using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace GitOpsToolkit.ApiServerFidelity.Tests.Comparing;

/// <summary>
/// Takes out of answers what two servers cannot have in common: identities, times, addresses, tokens. What the case itself says is
/// never taken out. Nothing else is: a difference that a server's version makes is explained in the case.
/// </summary>
/// <param name="said">The text of the case.</param>
internal sealed partial class Normaliser(string said)
{
    private readonly Identities identities = new();

    public Transcript Normalise(Transcript transcript)
    {
        foreach (var answer in transcript.Answers)
        {
            identities.Learn(answer.Content["$"]);
        }

        return new([.. transcript.Answers.Select(a => a with { Content = (JsonObject)Of(a.Content, "")! })]);
    }

    private JsonNode? Of(JsonNode? node, string key) => node switch
    {
        JsonObject map => Map(map),
        JsonArray list => List(list, key),
        JsonValue value when value.TryGetValue<string>(out var text) => JsonValue.Create(Line(text, key)),
        JsonValue value when key is "nodePort" or "healthCheckNodePort" && !Said(value.ToString()) && value.ToString() != "0" => JsonValue.Create("<port>"),
        _ => node?.DeepClone(),
    };

    private JsonObject Map(JsonObject map)
    {
        var result = new JsonObject(map.Select(p => KeyValuePair.Create(identities.In(p.Key), Of(p.Value, p.Key))));
        if (map["metadata"] is JsonObject meta && identities.Version(meta) is { } version)
        {
            result["metadata"]!["resourceVersion"] = version;
        }

        return Named(result, "APIResourceList", "resources") ?? Named(result, "APIGroupList", "groups") ?? result;
    }

    /// <summary>What a discovery document lists has names and no order.</summary>
    private static JsonObject? Named(JsonObject map, string kind, string field)
    {
        if (map["kind"]?.ToString() != kind || map[field] is not JsonArray list)
        {
            return null;
        }

        map[field] = new JsonObject(list.Select(item => KeyValuePair.Create(item!["name"]!.ToString(), (JsonNode?)item.DeepClone())));
        return map;
    }

    private JsonArray List(JsonArray list, string key)
    {
        IEnumerable<JsonNode?> items = list.Select(item => Of(item, key));
        return new([.. key == "managedFields" ? items.OrderBy(ManagerOf, StringComparer.Ordinal) : items]);
    }

    /// <summary>The server orders managers by time, in which two quick writes may be a second apart or not.</summary>
    private static string ManagerOf(JsonNode? entry) =>
        entry is JsonObject map ? $"{map["operation"]} {map["manager"]} {map["subresource"]} {map["apiVersion"]}" : "";

    private string Line(string text, string key)
    {
        if (text.Length == 0 || key is not ("resourceVersion" or "continue") && Said(text))
        {
            return text;
        }

        switch (key)
        {
            // A server that merges documents of OpenAPI numbers models that have the same name and other words: now and then, in its own order.
            case "$ref" when text.EndsWith("_v2", StringComparison.Ordinal):
                return text[..^"_v2".Length];
            case "resourceVersion":
                return text == "0" ? text : "<rv>";
            case "continue":
                return "<continue>";
            case "clusterIP" or "clusterIPs" or "podIP" or "hostIP" or "ip" or "cells" when Address().IsMatch(text):
                return "<ip>";
            case "cells" when Age().IsMatch(text):
                return "<age>";
        }

        if (Time().Match(text) is { Success: true } time)
        {
            return time.Groups[1].Length > 0 ? "<microtime>" : "<time>";
        }

        if (text.StartsWith("-----BEGIN ", StringComparison.Ordinal))
        {
            return "<pem>";
        }

        text = identities.In(text);
        text = WebToken().Replace(text, "<jwt>");
        text = Host().Replace(text, "<ip>:<port>");
        return CurrentInText().Replace(VersionInText().Replace(text, Version), Version);
    }

    private string Version(Match match) => match.Groups[1].Value + (Said(match.Groups[2].Value) ? match.Groups[2].Value : "<rv>");

    private bool Said(string text) => said.Contains(text, StringComparison.Ordinal);

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(?:Z|[+-]\d\d:\d\d)$", RegexOptions.NonBacktracking)]
    private static partial Regex Time();

    [GeneratedRegex(@"^\d+\.\d+\.\d+\.\d+$", RegexOptions.NonBacktracking)]
    private static partial Regex Address();

    [GeneratedRegex(@"^(\d+[smhdy])+$", RegexOptions.NonBacktracking)]
    private static partial Regex Age();

    [GeneratedRegex(@"eyJ[\w-]+\.[\w-]+\.[\w-]+", RegexOptions.NonBacktracking)]
    private static partial Regex WebToken();

    [GeneratedRegex(@"\d+\.\d+\.\d+\.\d+:\d+", RegexOptions.NonBacktracking)]
    private static partial Regex Host();

    /// <summary>The watch cache's words: "too old resource version: 1 (20)", "Too large resource version: 99, current: 20".</summary>
    [GeneratedRegex(@"(resource version: )(\d+)", RegexOptions.NonBacktracking)]
    private static partial Regex VersionInText();

    [GeneratedRegex(@"(resource version: \S+ \(|, current: )(\d+)", RegexOptions.NonBacktracking)]
    private static partial Regex CurrentInText();
}
