using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace GitOpsToolkit.Sandbox.Machinery.Tests;

/// <summary>Cases that are folders under <c>cases/</c>: adding one needs no code.</summary>
internal static class Cases
{
    private static readonly JsonSerializerOptions Pretty = new() { WriteIndented = true };

    public static TheoryData<string> In(string area) =>
        [.. Directory.GetDirectories(Path.Combine(Root(), area)).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal)];

    public static JsonNode? Read(string area, string name, string file)
    {
        var path = Path.Combine(Root(), area, name, file);
        return File.Exists(path) ? StrictJson.Parse(File.ReadAllBytes(path)) : null;
    }

    public static string? ReadText(string area, string name, string file)
    {
        var path = Path.Combine(Root(), area, name, file);
        return File.Exists(path) ? File.ReadAllText(path).TrimEnd('\n') : null;
    }

    public static void Same(JsonNode? expected, JsonNode? actual)
    {
        if (!JsonNode.DeepEquals(expected, actual))
        {
            Assert.Equal(Text(expected), Text(actual));
        }
    }

    public static JsonObject Obj(string json) => (JsonObject)StrictJson.Parse(json)!;

    private static string Text(JsonNode? node) => Sorted(node)?.ToJsonString(Pretty) ?? "null";

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => KeyValuePair.Create(m.Key, Sorted(m.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sorted)]),
        _ => node?.DeepClone(),
    };

    private static string Root([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "cases");
}
