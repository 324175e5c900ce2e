using System.Text.Json.Nodes;
using CsCheck;
using GitOpsToolkit.Sandbox.Machinery.Patches;
using Xunit;

namespace GitOpsToolkit.Sandbox.Machinery.Tests;

public sealed class PatchTests
{
    private const string Rejected = "the server rejected our request due to an error in our request";

    [Theory]
    [InlineData("""{"a":1}""", """[{"op":"add","path":"/b","value":2}]""", """{"a":1,"b":2}""")]
    [InlineData("""{"a":[1,3]}""", """[{"op":"add","path":"/a/1","value":2}]""", """{"a":[1,2,3]}""")]
    [InlineData("""{"a":[1]}""", """[{"op":"add","path":"/a/-","value":2}]""", """{"a":[1,2]}""")]
    [InlineData("""{"a":[1,2]}""", """[{"op":"remove","path":"/a/0"}]""", """{"a":[2]}""")]
    [InlineData("""{"a":[1,2]}""", """[{"op":"remove","path":"/a/-1"}]""", """{"a":[1]}""")]
    [InlineData("""{"a":{"b":1}}""", """[{"op":"replace","path":"/a/b","value":null}]""", """{"a":{"b":null}}""")]
    [InlineData("""{"a":1}""", """[{"op":"move","from":"/a","path":"/b"}]""", """{"b":1}""")]
    [InlineData("""{"a":{"x":1}}""", """[{"op":"copy","from":"/a","path":"/b"}]""", """{"a":{"x":1},"b":{"x":1}}""")]
    [InlineData("""{"a":1}""", """[{"op":"test","path":"/a","value":1.0}]""", """{"a":1}""")]
    [InlineData("""{"a":1}""", """[{"op":"test","path":"/b","value":null}]""", """{"a":1}""")]
    [InlineData("""{"a/b":1,"c~d":2}""", """[{"op":"remove","path":"/a~1b"},{"op":"replace","path":"/c~0d","value":3}]""", """{"c~d":3}""")]
    [InlineData("""{"a":1}""", """[{"op":"replace","path":"","value":{"z":1}}]""", """{"z":1}""")]
    public void JsonPatchApplies(string document, string patch, string expected) =>
        Cases.Same(Cases.Obj(expected), JsonPatch.Apply(Cases.Obj(document), StrictJson.Parse(patch)));

    [Theory]
    [InlineData("""[{"op":"remove","path":"/b"}]""", 422, Rejected)]
    [InlineData("""[{"op":"replace","path":"/b","value":1}]""", 422, Rejected)]
    [InlineData("""[{"op":"add","path":"/b/c","value":1}]""", 422, Rejected)]
    [InlineData("""[{"op":"add","path":"/a/7","value":1}]""", 422, Rejected)]
    [InlineData("""[{"op":"test","path":"/a","value":1}]""", 422, Rejected)]
    [InlineData("""[{"op":"jump","path":"/a"}]""", 422, Rejected)]
    [InlineData("""[{"op":"add","path":"a","value":1}]""", 422, Rejected)]
    [InlineData("""[{"op":"move","from":"/x","path":"/a"}]""", 422, Rejected)]
    [InlineData("""{"a":1}""", 400, "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp")]
    [InlineData("""["a"]""", 400, "error decoding patch: json: cannot unmarshal string into Go value of type handlers.jsonPatchOp")]
    public void JsonPatchRefuses(string patch, int code, string message)
    {
        var document = Cases.Obj("""{"a":[1]}""");
        var refusal = Assert.Throws<StatusException>(() => JsonPatch.Apply(document, StrictJson.Parse(patch)));
        Assert.Equal((code, message), (refusal.Code, refusal.Message));
        Cases.Same(Cases.Obj("""{"a":[1]}"""), document);
    }

    [Fact]
    public void JsonPatchHasALimit()
    {
        var patch = new JsonArray([.. Enumerable.Range(0, 10_001).Select(_ => Cases.Obj("""{"op":"test","path":"/a","value":1}"""))]);
        Assert.Equal(413, Assert.Throws<StatusException>(() => JsonPatch.Apply(Cases.Obj("""{"a":1}"""), patch)).Code);
    }

    [Theory]
    [InlineData("""{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"b":"c"}""", """{"a":"b","b":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"a":null}""", """{}""")]
    [InlineData("""{"a":["b"]}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"c"}""", """{"a":["b"]}""", """{"a":["b"]}""")]
    [InlineData("""{"a":{"b":"c"}}""", """{"a":{"b":"d","c":null}}""", """{"a":{"b":"d"}}""")]
    [InlineData("""{"e":null}""", """{"a":1}""", """{"e":null,"a":1}""")]
    [InlineData("""{}""", """{"a":{"bb":{"ccc":null}}}""", """{"a":{"bb":{}}}""")]
    public void MergePatchApplies(string document, string patch, string expected) =>
        Cases.Same(Cases.Obj(expected), JsonMergePatch.Apply(Cases.Obj(document), StrictJson.Parse(patch)));

    [Fact]
    public void MergePatchMustBeAnObject() =>
        Assert.Equal(400, Assert.Throws<StatusException>(() => JsonMergePatch.Apply([], StrictJson.Parse("[1]"))).Code);

    [Fact]
    public void MergePatchIsIdempotentAndDiffLeadsBack() =>
        Gen.Select(Trees.Object, Trees.Object).Sample((from, to) =>
        {
            var patch = JsonMergePatch.Diff(from, to);
            var once = JsonMergePatch.Apply(from, patch);
            return JsonNode.DeepEquals(once, to) && JsonNode.DeepEquals(JsonMergePatch.Apply(once, patch), once);
        }, iter: 500);

    [Fact]
    public void AddingAndRemovingIsNothing() =>
        Trees.Object.Sample(tree =>
        {
            var patch = StrictJson.Parse("""[{"op":"add","path":"/new","value":{"x":[1]}},{"op":"remove","path":"/new"}]""");
            return JsonNode.DeepEquals(tree, JsonPatch.Apply(tree, patch));
        }, iter: 200);

    [Fact]
    public void CopyThenMoveKeepsTheValue() =>
        Trees.Object.Sample(tree =>
        {
            var patch = StrictJson.Parse("""[{"op":"copy","from":"","path":"/p"},{"op":"move","from":"/p","path":"/q"},{"op":"remove","path":"/q"}]""");
            return JsonNode.DeepEquals(tree, JsonPatch.Apply(tree, patch));
        }, iter: 200);
}
