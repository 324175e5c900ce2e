using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace GitOpsToolkit.Templating.Tests;

/// <summary>
/// The rows of cases/go: templates with what Go's own text/template and sprig answered (Oracle/README.md). Texts are compared byte by byte, errors
/// word by word, with their line and column.
/// </summary>
public sealed partial class GoTemplateTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "cases", "go");

    [Fact]
    public void EveryRowIsAsGoAnswers()
    {
        var values = GoData.Values(Path.Combine(AppContext.BaseDirectory, "Oracle", "data.json"));
        var rows = File.ReadAllLines(Path.Combine(Folder, "rows.jsonl")).Select(line => JsonNode.Parse(line)!).ToList();
        var elsewhere = Deviations();
        var failed = new List<string>();
        foreach (var row in rows)
        {
            var template = (string)row["template"]!;
            var expected = elsewhere.Remove(template, out var ours) ? ours : Expected(row);
            var actual = Answer(template, row["data"] is null ? values : GoData.CommitMessage());
            if (actual != expected)
            {
                failed.Add($"{template}\n  expected {expected}\n  actual   {actual}");
            }
        }

        Assert.True(rows.Count >= 600);
        Assert.True(failed.Count == 0, $"{failed.Count} of {rows.Count} differ:\n" + string.Join('\n', failed));
        Assert.Empty(elsewhere);
    }

    private static string Expected(JsonNode row) =>
        (string?)row["expected"] is { } text ? Show(Encoding.UTF8.GetBytes(text))
        : (string?)row["base64"] is { } base64 ? Show(Convert.FromBase64String(base64))
        : "error: " + (string)row["error"]!;

    private static string Answer(string template, GoValue data)
    {
        try
        {
            return Show(GoText.ToBytes(Template.Parse("t", template).ExecuteToByteString(data)));
        }
        catch (TemplateException error)
        {
            // Where Go tells but the line, the column is said in addition.
            return "error: " + (error.Message.Contains(" executing \"", StringComparison.Ordinal)
                ? error.Message
                : ParsePlace().Replace(error.Message, "$1"));
        }
    }

    private static string Show(byte[] text) => Encoding.Latin1.GetString(text);

    /// <summary>Rows in which this engine answers something else than the oracle, with its answer; the reasons are in deviations.jsonl.</summary>
    private static Dictionary<string, string> Deviations() => File.ReadAllLines(Path.Combine(Folder, "deviations.jsonl"))
        .Select(line => JsonNode.Parse(line)!).ToDictionary(row => (string)row["template"]!, Expected, StringComparer.Ordinal);

    [GeneratedRegex(@"^(template: t:\d+):\d+")]
    private static partial Regex ParsePlace();
}
