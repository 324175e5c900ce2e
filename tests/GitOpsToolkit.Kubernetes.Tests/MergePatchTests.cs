using System.Text.Json.Nodes;
using CsCheck;

namespace GitOpsToolkit.Kubernetes.Tests;

public sealed class MergePatchTests
{
    private static readonly Gen<JsonNode> Value = Gen.Recursive<JsonNode>((depth, inner) => depth >= 3
        ? Gen.Int[0, 3].Select(number => (JsonNode)number)
        : Gen.OneOf(
            Gen.Int[0, 3].Select(number => (JsonNode)number),
            inner.Array[0, 2].Select(items => (JsonNode)new JsonArray([.. items.Select(item => item.DeepClone())])),
            Gen.Select(Gen.Int[0, 2].Select(i => "abc"[i].ToString()), inner).Array[0, 3].Select(pairs => (JsonNode)Object(pairs))));

    [Theory]
    [InlineData("""{"a":1}""", """{"a":1}""", null)]
    [InlineData("""{"a":1}""", """{"a":2}""", """{"a":2}""")]
    [InlineData("""{"a":1,"b":2}""", """{"b":2}""", """{"a":null}""")]
    [InlineData("""{"a":{"x":1,"y":2}}""", """{"a":{"x":1,"z":3}}""", """{"a":{"y":null,"z":3}}""")]
    [InlineData("""{"a":[1,2]}""", """{"a":[1]}""", """{"a":[1]}""")]
    [InlineData("""{"a":{"x":1}}""", """{"a":"text"}""", """{"a":"text"}""")]
    [InlineData("""{}""", """{"a":{"x":{"y":1}}}""", """{"a":{"x":{"y":1}}}""")]
    public void Holds_the_difference_alone(string from, string to, string? patch) =>
        Assert.Equal(patch, MergePatch.Diff(JsonNode.Parse(from)!.AsObject(), JsonNode.Parse(to)!.AsObject())?.ToJsonString());

    [Fact]
    public void Applied_to_the_one_it_gives_the_other()
    {
        Gen.Select(Value, Value).Where((from, to) => from is JsonObject && to is JsonObject).Sample((from, to) =>
        {
            var patch = MergePatch.Diff(from.AsObject(), to.AsObject());
            var result = patch is null ? from.DeepClone() : Apply(from.DeepClone(), patch);
            return JsonNode.DeepEquals(result, to) && (patch is null) == JsonNode.DeepEquals(from, to);
        });
    }

    /// <summary>RFC 7386, word for word.</summary>
    private static JsonNode Apply(JsonNode? target, JsonNode patch)
    {
        if (patch is not JsonObject changes)
        {
            return patch.DeepClone();
        }

        var result = target as JsonObject ?? [];
        foreach (var (name, value) in changes)
        {
            if (value is null)
            {
                result.Remove(name);
            }
            else
            {
                result[name] = Apply(result[name]?.DeepClone(), value);
            }
        }

        return result;
    }

    private static JsonObject Object((string Name, JsonNode Value)[] pairs)
    {
        var result = new JsonObject();
        foreach (var (name, value) in pairs)
        {
            result[name] = value.DeepClone();
        }

        return result;
    }
}
