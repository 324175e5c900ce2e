using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.Machinery.Apply;
using GitOpsToolkit.Sandbox.Machinery.Types;
using Xunit;

namespace GitOpsToolkit.Sandbox.Machinery.Tests;

/// <summary>The order of sets and list maps when a configuration is laid over a live list; a letter is an entry.</summary>
public sealed class MergeOrderTests
{
    [Theory]
    [InlineData("pqr", "pq", "pqr")]
    [InlineData("pq", "pqr", "pqr")]
    [InlineData("pqr", "", "pqr")]
    [InlineData("", "pqr", "pqr")]
    [InlineData("pq", "qp", "qp")]
    [InlineData("pqr", "stu", "pqrstu")]
    [InlineData("pqr", "rstu", "pqrstu")]
    [InlineData("pqrvu", "rstu", "pqrvstu")]
    [InlineData("rstu", "prt", "prstu")]
    [InlineData("pqrxyz", "stu", "pqrxyzstu")]
    [InlineData("pqrxyz", "stuxyz", "pqrstuxyz")]
    [InlineData("rpvu", "rupv", "rupv")]
    [InlineData("pqrs", "stup", "qrstup")]
    [InlineData("pqr", "p", "pqr")]
    [InlineData("pqr", "r", "pqr")]
    [InlineData("pqr", "nq", "pnqr")]
    [InlineData("pqr", "qn", "pqrn")]
    [InlineData("pqrs", "sp", "qrsp")]
    [InlineData("pqq", "r", "pqqr")]
    [InlineData("pqq", "q", "pq")]
    [InlineData("pqq", "p", "pqq")]
    [InlineData("ppqq", "", "ppqq")]
    [InlineData("ppqq", "qrs", "ppqrs")]
    public void SetLists(string live, string config, string expected)
    {
        var type = Whole(new SchemaType(SchemaKind.List) { Relation = ListRelation.Set, Element = SchemaType.Any });
        Assert.Equal(expected, Letters(TypedMerge.Merge(Sets(live), Sets(config), type)));
    }

    [Theory]
    [InlineData("pqr", "rq", "prq")]
    [InlineData("pqr", "rp", "qrp")]
    [InlineData("q", "pqr", "pqr")]
    [InlineData("pq", "pr", "pqr")]
    [InlineData("pp", "", "pp")]
    [InlineData("pqp", "p", "pq")]
    [InlineData("pqr", "xyz", "pqrxyz")]
    public void MapLists(string live, string config, string expected)
    {
        var item = new SchemaType(SchemaKind.Map);
        item.FieldTable["k"] = new SchemaField("k", SchemaType.Any);
        item.FieldTable["v"] = new SchemaField("v", SchemaType.Any);
        var type = Whole(new SchemaType(SchemaKind.List) { Relation = ListRelation.Map, Keys = ["k"], Element = item });
        var merged = TypedMerge.Merge(Maps(live, "live"), Maps(config, "config"), type);
        Assert.Equal(expected, Letters(merged));
        Assert.All(merged["l"]?.AsArray() ?? [], entry =>
            Assert.Equal(config.Contains(Json.Text(entry, "k")!) ? "config" : "live", Json.Text(entry, "v")));
    }

    [Fact]
    public void AtomicListsAreReplaced()
    {
        var type = Whole(new SchemaType(SchemaKind.List) { Relation = ListRelation.Atomic, Element = SchemaType.Any });
        Assert.Equal("q", Letters(TypedMerge.Merge(Sets("pqr"), Sets("q"), type)));
        Assert.Equal("", Letters(TypedMerge.Merge(Sets("pqr"), Sets(""), type)));
    }

    [Theory]
    [InlineData("""{"a":{"b":1}}""", """{"a":null}""", """{"a":null}""")]
    [InlineData("""{"a":null}""", """{"a":{"b":1}}""", """{"a":{"b":1}}""")]
    [InlineData("""{"a":{"b":1}}""", """{"a":{}}""", """{"a":{"b":1}}""")]
    [InlineData("""{"a":{}}""", """{"a":{}}""", """{"a":{}}""")]
    [InlineData("""{"a":[1]}""", """{"a":{"b":1}}""", """{"a":{"b":1}}""")]
    [InlineData("""{"a":{"b":1}}""", """{"a":"x"}""", """{"a":"x"}""")]
    [InlineData("""{"a":{"b":{"c":1}}}""", """{"a":{"b":{"d":2}},"e":3}""", """{"a":{"b":{"c":1,"d":2}},"e":3}""")]
    [InlineData("""{"a":[1,2]}""", """{"a":[3]}""", """{"a":[3]}""")]
    public void DeducedValues(string live, string config, string expected)
    {
        var type = new SchemaType(SchemaKind.Map) { Element = SchemaType.Any };
        Cases.Same(Cases.Obj(expected), TypedMerge.Merge(Cases.Obj(live), Cases.Obj(config), type));
    }

    private static SchemaType Whole(SchemaType list)
    {
        var type = new SchemaType(SchemaKind.Map);
        type.FieldTable["l"] = new SchemaField("l", list);
        return type;
    }

    private static JsonObject Sets(string letters) => new() { ["l"] = new JsonArray([.. letters.Select(c => (JsonNode)c.ToString())]) };

    private static JsonObject Maps(string letters, string value) => new()
    {
        ["l"] = new JsonArray([.. letters.Select(c => new JsonObject { ["k"] = c.ToString(), ["v"] = value })]),
    };

    private static string Letters(JsonObject merged) =>
        string.Concat((merged["l"]?.AsArray() ?? []).Select(entry => Json.Text(entry, "k") ?? Json.Text(entry)));
}
