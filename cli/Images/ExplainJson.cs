using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using GitOpsToolkit.Controllers.ImageReflector.Policies;

namespace GitOpsToolkit.Cli.Images;

/// <summary>Shows an explanation to programs.</summary>
internal static class ExplainJson
{
    // The output is for pipes and terminals, never for HTML: only what JSON demands is escaped.
    private static readonly JsonWriterOptions Readable = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One JSON object, with a line feed at its end.</summary>
    public static string Write(PolicyExplanation explanation)
    {
        var (election, verdicts) = explanation.Report;
        var json = new JsonObject
        {
            ["policy"] = explanation.Policy,
            ["image"] = explanation.Image,
            ["elected"] = election.Tag,
            ["error"] = election.Error,
            ["considered"] = election.Counts.Considered,
            ["eligible"] = election.Counts.Eligible,
            ["refused"] = new JsonObject(election.Counts.Refused.Select(
                refused => KeyValuePair.Create<string, JsonNode?>(refused.Key.ToString(), JsonValue.Create(refused.Value)))),
            ["notes"] = new JsonArray([.. explanation.Notes.Select(note => (JsonNode?)JsonValue.Create(note))]),
            ["tags"] = new JsonArray([.. verdicts.Select(verdict => (JsonNode?)new JsonObject
            {
                ["tag"] = verdict.Tag,
                ["value"] = verdict.Value,
                ["firstSeen"] = verdict.FirstSeen is { } seen ? JsonValue.Create(seen) : null,
                ["elected"] = verdict.IsElected,
                ["reason"] = verdict.Reason,
                ["message"] = verdict.Message,
            })]),
        };
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Readable))
        {
            json.WriteTo(writer);
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }
}
