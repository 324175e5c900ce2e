using System.Text.Json.Nodes;

namespace GitOpsToolkit.ApiServerFidelity.Tests.Comparing;

/// <summary>A place at which two answers differ; null stands for nothing there.</summary>
internal sealed record Difference(IReadOnlyList<string> Path, JsonNode? Reference, JsonNode? Sandbox)
{
    /// <summary>All places at which two trees differ. The order of keys does not matter, the order of lists does.</summary>
    public static IReadOnlyList<Difference> Between(JsonObject reference, JsonObject sandbox)
    {
        var found = new List<Difference>();
        foreach (var key in Keys(reference, sandbox))
        {
            Compare([key], Here(reference, key), Here(sandbox, key), found);
        }

        return found;
    }

    public override string ToString() => $"{PathPattern.Text(Path)}\n    - {Show(Reference)}\n    + {Show(Sandbox)}";

    /// <summary>An answer of another kind, such as a failure instead of an object, has nothing to compare in detail.</summary>
    private static bool IsAnother(JsonObject reference, JsonObject sandbox) =>
        reference["kind"] is JsonValue left && sandbox["kind"] is JsonValue right && left.ToString() != right.ToString();

    private static void Compare(IReadOnlyList<string> path, Slot reference, Slot sandbox, List<Difference> found)
    {
        switch (reference.Node, sandbox.Node)
        {
            case (JsonObject left, JsonObject right) when !IsAnother(left, right):
                foreach (var key in Keys(left, right))
                {
                    Compare([.. path, key], Here(left, key), Here(right, key), found);
                }

                break;
            case (JsonArray left, JsonArray right):
                for (var i = 0; i < Math.Max(left.Count, right.Count); i++)
                {
                    Compare([.. path, i.ToString()], Here(left, i), Here(right, i), found);
                }

                break;
            default:
                if (reference.Present != sandbox.Present || !JsonNode.DeepEquals(reference.Node, sandbox.Node))
                {
                    found.Add(new(path, reference.Shown, sandbox.Shown));
                }

                break;
        }
    }

    private static IEnumerable<string> Keys(JsonObject left, JsonObject right) =>
        left.Select(p => p.Key).Union(right.Select(p => p.Key)).Order(StringComparer.Ordinal);

    private static Slot Here(JsonObject map, string key) => new(map.TryGetPropertyValue(key, out var node), node);

    private static Slot Here(JsonArray list, int index) => index < list.Count ? new(true, list[index]) : new(false, null);

    private static string Show(JsonNode? node)
    {
        var text = node?.ToJsonString(Text.Readable) ?? "(nothing)";
        return text.Length <= 2000 ? text : text[..2000] + " …";
    }

    /// <summary>A null that is written is not the same as nothing.</summary>
    private readonly record struct Slot(bool Present, JsonNode? Node)
    {
        public JsonNode? Shown => Present && Node is null ? JsonValue.Create("(null)") : Node;
    }
}
