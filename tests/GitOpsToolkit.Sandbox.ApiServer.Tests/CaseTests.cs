using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.ApiServer.Tests;

/// <summary>
/// Runs every file of cases/: a list of requests, each with the status code and the part of the body that must come back.
/// In an expected body <c>"*"</c> stands for anything but nothing, and null for nothing.
/// </summary>
public sealed class CaseTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "cases");

    public static TheoryData<string> Names =>
        [.. Directory.EnumerateFiles(Folder, "*.json", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Folder, f)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Answers_as_expected(string name)
    {
        await using var server = await TestServer.StartAsync();
        var steps = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, name), TestContext.Current.CancellationToken))!.AsArray();
        foreach (var (step, number) in steps.Select((s, i) => (s!.AsObject(), i + 1)))
        {
            var (method, path) = Split(step["do"]!.GetValue<string>());
            var body = step["body"] switch
            {
                null => null,
                JsonValue raw => raw.GetValue<string>(),
                var tree => tree.ToJsonString(),
            };
            var type = step["type"]?.GetValue<string>() ?? (method == "PATCH" ? "application/merge-patch+json" : "application/json");
            var answer = await AnswerAsync(server, method, path, body, type, step);
            var where = $"{name}, step {number} ({method} {path}): {answer.Text}";
            Assert.True(answer.Number == step["code"]!.GetValue<int>(), where);
            if (step["gives"] is JsonObject expected)
            {
                Compare(expected, answer.Json, "", where);
            }

            if (step["text"]?.GetValue<string>() is { } text)
            {
                Assert.Equal(text, answer.Text);
            }

            if (step["warns"] is JsonArray warnings)
            {
                Assert.Equal(warnings.Select(w => $"299 - \"{w!.GetValue<string>()}\""), answer.Warnings);
            }
        }
    }

    /// <summary>Steps marked <c>soon</c> are repeated until the code is the expected one: the server's controllers work on their own.</summary>
    private static async Task<Answer> AnswerAsync(TestServer server, string method, string path, string? body, string type, JsonObject step)
    {
        var accept = step["accept"]?.GetValue<string>();
        if (step["soon"] is null)
        {
            return await server.SendAsync(method, path, body, type, accept);
        }

        Answer? last = null;
        await Eventually.TrueAsync(async () =>
        {
            last = await server.SendAsync(method, path, body, type, accept);
            return last.Number == step["code"]!.GetValue<int>() && (step["gives"] is not JsonObject expected || Differences(expected, last.Json, "") is null);
        }, $"{method} {path}");
        return last!;
    }

    private static void Compare(JsonNode? expected, JsonNode? actual, string path, string where) =>
        Assert.True(Differences(expected, actual, path) is not { } difference, $"{Differences(expected, actual, path)}\nin {where}");

    private static string? Differences(JsonNode? expected, JsonNode? actual, string path)
    {
        switch (expected)
        {
            case null:
                return actual is null ? null : $"{path}: should not be there, is {actual.ToJsonString()}";
            case JsonValue value when value.TryGetValue<string>(out var text) && text == "*":
                return actual is null ? $"{path}: is missing" : null;
            case JsonObject map:
                return actual is not JsonObject found
                    ? $"{path}: is no object: {actual?.ToJsonString()}"
                    : map.Select(p => Differences(p.Value, found[p.Key], $"{path}.{p.Key}")).FirstOrDefault(d => d is not null);
            case JsonArray list:
                return actual is not JsonArray items || items.Count != list.Count
                    ? $"{path}: expected {list.Count} items, is {actual?.ToJsonString()}"
                    : list.Select((e, i) => Differences(e, items[i], $"{path}[{i}]")).FirstOrDefault(d => d is not null);
            default:
                return JsonNode.DeepEquals(expected, actual) ? null : $"{path}: expected {expected.ToJsonString()}, is {actual?.ToJsonString()}";
        }
    }

    private static (string Method, string Path) Split(string line)
    {
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        return (line[..space], line[(space + 1)..]);
    }
}
