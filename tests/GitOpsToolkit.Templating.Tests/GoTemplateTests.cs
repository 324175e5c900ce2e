using System.Text.Json;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.Templating.Tests;

/// <summary>
/// The rows of cases/go: templates with what Go's own text/template answered (through <c>kubectl label --local -f data.json -o go-template-file</c>, which runs
/// it on plain JSON). Of errors only that there is one is compared.
/// </summary>
public sealed class GoTemplateTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "cases", "go");

    [Fact]
    public void EveryRowIsAsGoAnswers()
    {
        var data = Value(JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "data.json"))));
        var rows = File.ReadAllLines(Path.Combine(Folder, "rows.jsonl")).Select(line => JsonNode.Parse(line)!).ToList();
        var failed = new List<string>();
        foreach (var row in rows)
        {
            var template = (string)row["template"]!;
            var expected = (string?)row["expected"] ?? "an error";
            string actual;
            try
            {
                actual = Template.Parse("row", template).Execute(data);
            }
            catch (TemplateException error)
            {
                actual = row["error"] is null ? error.Message : "an error";
            }

            if (actual != expected)
            {
                failed.Add($"{template}\n  expected {expected} {row["error"]}\n  actual   {actual}");
            }
        }

        Assert.True(failed.Count == 0, $"{failed.Count} of {rows.Count} differ:\n" + string.Join('\n', failed));
    }

    private static object? Value(JsonNode? node) => node switch
    {
        JsonObject map => map.ToDictionary(entry => entry.Key, entry => Value(entry.Value), StringComparer.Ordinal),
        JsonArray list => list.Select(Value).ToList(),
        JsonValue value => value.GetValueKind() switch
        {
            JsonValueKind.String => value.GetValue<string>(),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => value.TryGetValue<long>(out var whole) ? (object)whole : value.GetValue<double>(),
        },
        _ => null,
    };
}
