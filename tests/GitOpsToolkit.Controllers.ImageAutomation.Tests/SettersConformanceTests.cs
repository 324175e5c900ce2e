using System.Text;
using System.Text.Json.Nodes;
using GitOpsToolkit.Controllers.ImageAutomation.Setters;
using GitOpsToolkit.TestKit;

namespace GitOpsToolkit.Controllers.ImageAutomation.Tests;

/// <summary>Every row of the setters corpus: what Flux's own code answers, made byte-preserving.</summary>
public sealed class SettersConformanceTests
{
    [Fact]
    public void EveryRowOfTheCorpusAgrees()
    {
        var corpus = Corpus.Find();
        Assert.SkipWhen(corpus is null, "no conformance corpus beside this checkout (set CORPUS_DIR)");
        var failed = new List<string>();
        var rows = File.ReadAllLines(Path.Combine(corpus, "setters", "setters.jsonl"));
        foreach (var row in rows.Select(line => JsonNode.Parse(line)!))
        {
            var actual = Answer(row["request"]!.AsObject());
            if (!Agrees(row["expected"]!.AsObject(), actual))
            {
                failed.Add($"{row["id"]} {row["source"]}\n  expected {row["expected"]!.ToJsonString()}\n  actual   {actual.ToJsonString()}");
            }
        }

        Assert.True(failed.Count == 0, $"{failed.Count} of {rows.Length} rows differ:\n" + string.Join('\n', failed.Take(10)));
    }

    internal static JsonObject Answer(JsonObject request)
    {
        SetterValues values;
        try
        {
            values = new SetterValues(Policies(request["policies"]!.AsArray()));
        }
        catch (FormatException error)
        {
            return new JsonObject { ["error"] = error.Message };
        }

        var files = new JsonObject();
        var changes = new JsonArray();
        foreach (var (path, text) in request["files"]!.AsObject())
        {
            var content = Encoding.UTF8.GetBytes(text!.GetValue<string>());
            if (!SetterEditor.IsCandidateName(path) || !SetterEditor.MayHaveMarkers(content))
            {
                continue;
            }

            var result = SetterEditor.Edit(path, content, values);
            if (result.IsMalformedList)
            {
                return new JsonObject { ["error"] = result.Unresolved[0].ToString() };
            }

            if (result.Content is not null)
            {
                files[path] = Encoding.UTF8.GetString(result.Content);
            }

            foreach (var change in result.Changes)
            {
                changes.Add(new JsonObject
                {
                    ["file"] = change.File,
                    ["apiVersion"] = change.Object.ApiVersion,
                    ["kind"] = change.Object.Kind,
                    ["namespace"] = change.Object.Namespace,
                    ["name"] = change.Object.Name,
                    ["setter"] = change.Setter,
                    ["old"] = change.OldValue,
                    ["new"] = change.NewValue,
                });
            }
        }

        return new JsonObject { ["files"] = files, ["changes"] = changes };
    }

    private static IEnumerable<PolicyImage> Policies(JsonArray policies) =>
        from policy in policies
        let image = policy!["latestRef"]
        where image is not null
        select new PolicyImage(Text(policy, "namespace"), Text(policy, "name"), Text(image, "name"), Text(image, "tag"), Text(image, "digest"));

    private static string Text(JsonNode node, string key) => node[key]?.GetValue<string>() ?? "";

    private static bool Agrees(JsonObject expected, JsonObject actual)
    {
        if (expected.ContainsKey("error") || actual.ContainsKey("error"))
        {
            return expected.ContainsKey("error") && actual.ContainsKey("error");
        }

        return JsonNode.DeepEquals(expected["files"], actual["files"])
            && (expected["changes"] is not JsonArray changes || Sorted(changes).SequenceEqual(Sorted(actual["changes"]!.AsArray())));
    }

    private static IEnumerable<string> Sorted(JsonArray changes) => changes
        .Select(change => string.Join('|', new[] { "file", "apiVersion", "kind", "namespace", "name", "setter", "old", "new" }.Select(key => Text(change!, key))))
        .Order(StringComparer.Ordinal);
}
