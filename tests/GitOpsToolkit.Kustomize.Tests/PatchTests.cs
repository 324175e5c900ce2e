using System.Text.Json.Nodes;
using CsCheck;
using GitOpsToolkit.Kustomize.Patches;
using Xunit;

namespace GitOpsToolkit.Kustomize.Tests;

public sealed class PatchTests
{
    private static readonly Gen<JsonNode?> Scalars = Gen.OneOf<JsonNode?>(
        Gen.Int[0, 9].Select(number => (JsonNode?)JsonValue.Create(number)), Gen.String[Gen.Char['a', 'e'], 1, 3].Select(text => (JsonNode?)JsonValue.Create(text)));

    private static readonly Gen<JsonObject> Objects = Custom(2);

    private static Gen<JsonObject> Custom(int depth) => Gen.Select(Gen.String[Gen.Char['a', 'd'], 1, 1], Value(depth)).List[0, 4].Select(fields =>
    {
        var map = new JsonObject();
        foreach (var (key, value) in fields)
        {
            map[key] = value?.DeepClone();
        }

        return map;
    });

    private static Gen<JsonNode?> Value(int depth) => depth == 0
        ? Scalars
        : Gen.OneOf(Scalars, Custom(depth - 1).Select(map => (JsonNode?)map), Scalars.List[0, 3].Select(items => (JsonNode?)new JsonArray([.. items.Select(item => item?.DeepClone())])));

    private static JsonObject Parse(string json) => (JsonObject)JsonNode.Parse(json)!;

    private static string? Merge(string target, string patch) => StrategicMerge.Apply(Parse(target), Parse(patch), MergeRules.BuiltIn)?.ToJsonString();

    private static JsonObject? TryMerge(JsonObject target, JsonObject patch)
    {
        try
        {
            return StrategicMerge.Apply((JsonObject)target.DeepClone(), (JsonObject)patch.DeepClone(), MergeRules.BuiltIn);
        }
        catch (MergeException)
        {
            return null; // The shapes do not fit: refused, which is an answer, too.
        }
    }

    [Fact]
    public void Merging_twice_is_merging_once() => Gen.Select(Objects, Objects).Sample((target, patch) =>
    {
        if (TryMerge(target, patch) is { } once)
        {
            Assert.True(JsonNode.DeepEquals(once, TryMerge(once, patch)), $"{target.ToJsonString()} + {patch.ToJsonString()}");
        }
    });

    [Fact]
    public void An_empty_patch_changes_nothing() => Objects.Sample(target =>
        Assert.True(JsonNode.DeepEquals(target, TryMerge(target, []))));

    [Fact]
    public void Merging_an_object_into_itself_changes_nothing() => Objects.Sample(target =>
        Assert.True(JsonNode.DeepEquals(target, TryMerge(target, target))));

    [Fact]
    public void Every_scalar_of_the_patch_is_in_the_result() => Gen.Select(Objects, Objects).Sample((target, patch) =>
    {
        if (TryMerge(target, patch) is { } merged)
        {
            foreach (var (key, value) in patch.Where(field => field.Value is JsonValue))
            {
                Assert.True(JsonNode.DeepEquals(value, merged[key]));
            }
        }
    });

    [Theory]
    [InlineData("""{"a":1,"b":{"c":2}}""", """{"b":{"c":null}}""", """{"a":1,"b":{}}""")]
    [InlineData("""{"a":[1,2]}""", """{"a":[3]}""", """{"a":[3]}""")]
    [InlineData("""{"a":{"b":1,"c":2}}""", """{"a":{"$patch":"replace","d":3}}""", """{"a":{"d":3}}""")]
    [InlineData("""{"a":{"b":1},"c":2}""", """{"a":{"$patch":"delete"}}""", """{"c":2}""")]
    [InlineData("""{"a":1}""", """{"$patch":"delete"}""", null)]
    [InlineData("""{}""", """{"a":{"b":null,"c":{"$patch":"delete"},"d":1}}""", """{"a":{"d":1}}""")]
    public void Maps_are_merged_field_by_field(string target, string patch, string? expected) => Assert.Equal(expected, Merge(target, patch));

    private const string Pod = """{"apiVersion":"v1","kind":"Pod","spec":{"containers":""";

    [Theory]
    [InlineData("""[{"name":"a","image":"1"},{"name":"b"}]""", """[{"name":"b","image":"2"},{"name":"c"}]""", """[{"name":"b","image":"2"},{"name":"c"},{"name":"a","image":"1"}]""")]
    [InlineData("""[{"name":"a"},{"name":"b"}]""", """[{"name":"a","$patch":"delete"}]""", """[{"name":"b"}]""")]
    [InlineData("""[{"name":"a"}]""", """[{"$patch":"replace"},{"name":"b"}]""", """[{"name":"b"}]""")]
    [InlineData(
        """[{"name":"a","ports":[{"containerPort":80,"protocol":"TCP"},{"containerPort":80,"protocol":"UDP"}]}]""",
        """[{"name":"a","ports":[{"containerPort":80,"protocol":"UDP","name":"x"}]}]""",
        """[{"name":"a","ports":[{"containerPort":80,"protocol":"TCP"},{"containerPort":80,"protocol":"UDP","name":"x"}]}]""")]
    public void Lists_of_built_in_kinds_are_merged_by_key(string target, string patch, string expected) =>
        Assert.Equal($"{Pod}{expected}}}}}", Merge($"{Pod}{target}}}}}", $"{Pod}{patch}}}}}"));

    [Fact]
    public void Lists_of_custom_kinds_are_replaced() => Assert.Equal(
        """{"apiVersion":"x.io/v1","kind":"Pod","spec":{"containers":[{"name":"b"}]}}""",
        Merge("""{"apiVersion":"x.io/v1","kind":"Pod","spec":{"containers":[{"name":"a"}]}}""", """{"spec":{"containers":[{"name":"b"}]}}"""));

    [Theory]
    [InlineData("""[{"op":"add","path":"/a/b","value":1}]""", """{"a":{"b":1},"l":[1,2,3]}""")]
    [InlineData("""[{"op":"add","path":"/l/-","value":4}]""", """{"a":{},"l":[1,2,3,4]}""")]
    [InlineData("""[{"op":"add","path":"/l/1","value":9}]""", """{"a":{},"l":[1,9,2,3]}""")]
    [InlineData("""[{"op":"remove","path":"/l/0"}]""", """{"a":{},"l":[2,3]}""")]
    [InlineData("""[{"op":"replace","path":"/l/-1","value":7}]""", """{"a":{},"l":[1,2,7]}""")]
    [InlineData("""[{"op":"move","from":"/l/0","path":"/a/x~1y"}]""", """{"a":{"x/y":1},"l":[2,3]}""")]
    [InlineData("""[{"op":"copy","from":"/l","path":"/a/l"},{"op":"remove","path":"/l"}]""", """{"a":{"l":[1,2,3]}}""")]
    [InlineData("""[{"op":"test","path":"/l/0","value":1},{"op":"remove","path":"/a"}]""", """{"l":[1,2,3]}""")]
    public void Json_patches_do_what_the_standard_says(string patch, string expected)
    {
        Assert.True(JsonPatch.TryRead(JsonNode.Parse(patch), out var read, out _));
        Assert.Equal(expected, read.Apply(Parse("""{"a":{},"l":[1,2,3]}""")).ToJsonString());
    }

    [Theory]
    [InlineData("""[{"op":"remove","path":"/missing"}]""")]
    [InlineData("""[{"op":"replace","path":"/a/b","value":1}]""")]
    [InlineData("""[{"op":"add","path":"/l/9","value":1}]""")]
    [InlineData("""[{"op":"add","path":"/x/y","value":1}]""")]
    [InlineData("""[{"op":"test","path":"/l/0","value":2}]""")]
    [InlineData("""[{"op":"replace","path":"","value":1}]""")]
    public void Json_patches_to_nowhere_are_refused(string patch)
    {
        Assert.True(JsonPatch.TryRead(JsonNode.Parse(patch), out var read, out _));
        Assert.Throws<MergeException>(() => read.Apply(Parse("""{"a":{},"l":[1,2,3]}""")));
    }

    [Theory]
    [InlineData("""[]""")]
    [InlineData("""{"op":"add"}""")]
    [InlineData("""[{"op":"jump","path":"/a"}]""")]
    [InlineData("""[{"op":"add","path":"/a"}]""")]
    [InlineData("""[{"op":"move","path":"/a"}]""")]
    [InlineData("""[{"op":"remove"}]""")]
    public void What_is_no_json_patch_is_refused(string patch) => Assert.False(JsonPatch.TryRead(JsonNode.Parse(patch), out _, out _));

    [Theory]
    [InlineData("", true)]
    [InlineData("app=web", true)]
    [InlineData("app==web,tier", true)]
    [InlineData("app!=web", false)]
    [InlineData("other!=web", true)]
    [InlineData("app in (api, web)", true)]
    [InlineData("app notin (api,web)", false)]
    [InlineData("!other, app", true)]
    [InlineData("!app", false)]
    [InlineData("size>3", true)]
    [InlineData("size<3", false)]
    [InlineData("tier=", true)]
    public void Label_selectors_match(string selector, bool expected) => Assert.Equal(
        expected, LabelSelector.Parse(selector).Matches(Parse("""{"app":"web","tier":"","size":"4"}""")));

    [Theory]
    [InlineData("a b")]
    [InlineData("a like (b)")]
    [InlineData("a>b")]
    [InlineData("=x")]
    public void Bad_label_selectors_are_refused(string selector) => Assert.Throws<FormatException>(() => LabelSelector.Parse(selector));
}
