using System.Text.Json.Nodes;
using Xunit;

namespace GitOpsToolkit.Sandbox.Machinery.Tests;

/// <summary>
/// A case is a schema (<c>schema.json</c>) and a table of objects (<c>objects.json</c>): what is pruned, what it becomes, what is wrong with it.
/// </summary>
public sealed class CustomKindTests
{
    public static TheoryData<string> All => Cases.In("custom");

    [Theory]
    [MemberData(nameof(All))]
    public void Case(string name)
    {
        var kind = Kind(Cases.Read("custom", name, "schema.json")!.AsObject());
        foreach (var row in Cases.Read("custom", name, "objects.json")!.AsArray().OfType<JsonObject>())
        {
            var obj = Whole(row["given"]!);
            var pruned = kind.Decode(obj);
            kind.Default(obj);
            if (row["pruned"] is JsonArray expected)
            {
                Assert.Equal(expected.Select(p => p!.GetValue<string>()), pruned);
            }

            if (row["becomes"] is { } becomes)
            {
                Cases.Same(becomes, obj["spec"]);
            }

            var old = row["old"] is { } before ? Whole(before) : null;
            var errors = kind.Validate(obj, old).Select(e => e.ToString());
            Assert.Equal((row["errors"] as JsonArray ?? []).Select(e => e!.GetValue<string>()), errors);
        }
    }

    private static JsonObject Whole(JsonNode spec) => new()
    {
        ["apiVersion"] = "example.com/v1",
        ["kind"] = "Thing",
        ["metadata"] = new JsonObject { ["name"] = "x" },
        ["spec"] = spec.DeepClone(),
    };

    private static CustomKind Kind(JsonObject spec) => CustomKind.FromDefinition(new JsonObject
    {
        ["metadata"] = new JsonObject { ["name"] = "things.example.com" },
        ["spec"] = new JsonObject
        {
            ["group"] = "example.com",
            ["names"] = new JsonObject { ["kind"] = "Thing", ["plural"] = "things" },
            ["versions"] = new JsonArray(new JsonObject
            {
                ["name"] = "v1",
                ["schema"] = new JsonObject
                {
                    ["openAPIV3Schema"] = new JsonObject
                    {
                        ["type"] = "object",
                        ["properties"] = new JsonObject { ["spec"] = spec.DeepClone() },
                    },
                },
            }),
        },
    }, "v1");
}
