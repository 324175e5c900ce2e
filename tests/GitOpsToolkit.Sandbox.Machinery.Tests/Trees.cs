using System.Text.Json.Nodes;
using CsCheck;

namespace GitOpsToolkit.Sandbox.Machinery.Tests;

/// <summary>Generates JSON objects without nulls.</summary>
internal static class Trees
{
    private static readonly Gen<string> Name = Gen.Int[0, 5].Select(i => new[] { "a", "b", "c", "d", "e/f", "g~h" }[i]);

    public static Gen<JsonObject> Object { get; } = Level(3);

    private static Gen<JsonObject> Level(int depth)
    {
        var scalar = Gen.OneOf<JsonNode>(
            Gen.Int[0, 9].Select(n => (JsonNode)JsonValue.Create(n)), Gen.Bool.Select(b => (JsonNode)JsonValue.Create(b)),
            Name.Select(t => (JsonNode)JsonValue.Create(t)));
        var value = depth == 0 ? scalar : Gen.OneOf(scalar, Level(depth - 1).Select(o => (JsonNode)o),
            scalar.Array[0, 3].Select(items => (JsonNode)new JsonArray([.. items.Select(i => i.DeepClone())])));
        return Gen.Select(Name, value).Array[0, 5].Select(pairs =>
        {
            var result = new JsonObject();
            foreach (var (name, node) in pairs)
            {
                result[name] = node.DeepClone();
            }

            return result;
        });
    }
}
