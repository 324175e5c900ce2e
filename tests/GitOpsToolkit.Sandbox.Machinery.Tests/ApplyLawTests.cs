using System.Text.Json.Nodes;
using CsCheck;
using GitOpsToolkit.Sandbox.Machinery.Apply;
using Xunit;

namespace GitOpsToolkit.Sandbox.Machinery.Tests;

/// <summary>What must hold of server-side apply whatever is applied.</summary>
public sealed class ApplyLawTests
{
    private static readonly KindRules Thing = CustomKind.FromDefinition(Cases.Obj("""
        {"metadata":{"name":"things.example.com"},"spec":{"group":"example.com","names":{"kind":"Thing","plural":"things"},"versions":[{"name":"v1","schema":{"openAPIV3Schema":
          {"type":"object","properties":{"spec":{"type":"object","properties":{
            "map":{"type":"object","additionalProperties":{"type":"string"}},
            "set":{"type":"array","x-kubernetes-list-type":"set","items":{"type":"string"}},
            "rows":{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["k"],"items":{"type":"object","required":["k"],"properties":{"k":{"type":"string"},"v":{"type":"integer"},"w":{"type":"integer"}}}},
            "whole":{"type":"array","items":{"type":"string"}},
            "free":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}}}}}]}}
        """), "v1");

    private static readonly Gen<string> Word = Gen.Int[0, 3].Select(i => new[] { "a", "b", "c", "d" }[i]);

    private static readonly Gen<JsonObject> Config = Gen.Select(
        Gen.Select(Word, Word).Array[0, 3], Word.Array[0, 3], Gen.Select(Word, Gen.Int[0, 2], Gen.Int[0, 2]).Array[0, 3], Word.Array[0, 2], Trees.Object)
        .Select((map, set, rows, whole, free) =>
        {
            var spec = new JsonObject
            {
                ["map"] = Pairs(map),
                ["set"] = new JsonArray([.. set.Distinct().Select(w => (JsonNode)w)]),
                ["rows"] = new JsonArray([.. rows.DistinctBy(r => r.Item1).Select(Row)]),
                ["whole"] = new JsonArray([.. whole.Select(w => (JsonNode)w)]),
                ["free"] = free.DeepClone(),
            };
            foreach (var name in spec.Where(m => m.Value is JsonArray { Count: 0 } or JsonObject { Count: 0 }).Select(m => m.Key).ToList())
            {
                spec.Remove(name);
            }

            return new JsonObject
            {
                ["apiVersion"] = "example.com/v1",
                ["kind"] = "Thing",
                ["metadata"] = new JsonObject { ["name"] = "t" },
                ["spec"] = spec,
            };
        });

    [Fact]
    public void ApplyingAgainChangesNothing() => Config.Sample(config =>
    {
        var once = Apply("one", null, config, 0);
        var twice = Apply("one", once, config, 1);
        FieldManager.KeepTimes(twice, once);
        Cases.Same(once, twice);
    }, iter: 150);

    [Fact]
    public void ApplyingFirstGivesWhatWasApplied() => Config.Sample(config =>
    {
        var result = Apply("one", null, config, 0);
        result["metadata"]!.AsObject().Remove("managedFields");
        Cases.Same(config, result);
    }, iter: 150);

    [Fact]
    public void TheLastConfigurationOfOneManagerIsAllThatRemains() => Gen.Select(Config, Config).Sample((first, second) =>
    {
        var result = Apply("one", Apply("one", null, first, 0), second, 1);
        result["metadata"]!.AsObject().Remove("managedFields");
        Cases.Same(Sorted(Tidy(second)), Sorted(Tidy(result)));
    }, iter: 150);

    [Fact]
    public void LeavingGivesBackWhatTheOtherApplied() => Gen.Select(Config, Config).Sample((mine, theirs) =>
    {
        var alone = Apply("one", null, mine, 0);
        FieldManager.Apply(Request("one", 0), alone, mine, false);
        JsonObject both;
        try
        {
            both = Apply("two", alone, theirs, 1);
        }
        catch (StatusException refusal)
        {
            Assert.Equal(409, refusal.Code);
            Assert.NotEmpty(refusal.Causes);
            return;
        }

        var empty = Cases.Obj("""{"apiVersion":"example.com/v1","kind":"Thing","metadata":{"name":"t"}}""");
        var left = Apply("two", both, empty, 2);
        left["metadata"]!.AsObject().Remove("managedFields");
        Cases.Same(Sorted(Tidy(mine)), Sorted(Tidy(left)));
    }, iter: 150);

    [Fact]
    public void ForceAlwaysWins() => Gen.Select(Config, Config).Sample((mine, theirs) =>
    {
        var result = FieldManager.Apply(Request("two", 1), Apply("one", null, mine, 0), theirs, force: true);
        var owned = ManagedFields.TryRead(Json.Array(result, "metadata", "managedFields"))!;
        var applied = TypedSets.FieldsOf(theirs, Thing.Type);
        var theirSet = owned.TryGetValue(ManagerKey.Applier("two", ""), out var entry) ? entry.Fields : new FieldSet();
        Assert.True(applied.Except(FieldSet.Of(["apiVersion"], ["kind"], ["metadata", "name"])).SetEquals(theirSet));
        var again = FieldManager.Apply(Request("two", 2), result, theirs, force: false);
        FieldManager.KeepTimes(again, result);
        Cases.Same(result, again);
    }, iter: 150);

    [Fact]
    public void OwnersOwnOnlyWhatIsThere() => Gen.Select(Config, Config, Config).Sample((a, b, c) =>
    {
        var obj = FieldManager.Apply(Request("two", 1), Apply("one", null, a, 0), b, force: true);
        var edited = obj.DeepClone().AsObject();
        edited["spec"] = c["spec"]!.DeepClone();
        FieldManager.Update(Request("edit", 2), obj, edited);
        var present = TypedSets.FieldsOf(edited, Thing.Type).WithParents(Thing.Type);
        foreach (var (_, entry) in ManagedFields.TryRead(Json.Array(edited, "metadata", "managedFields")) ?? [])
        {
            Assert.True(entry.Fields.WithParents(Thing.Type).Except(present).IsEmpty);
        }
    }, iter: 150);

    [Fact]
    public void AnUpdateWithoutAChangeKeepsTheOwners() => Config.Sample(config =>
    {
        var obj = Apply("one", null, config, 0);
        var same = obj.DeepClone().AsObject();
        FieldManager.Update(Request("edit", 5), obj, same);
        Cases.Same(obj, same);
    }, iter: 100);

    [Fact]
    public void FieldSetsAreSets() => Gen.Select(Config, Config).Sample((a, b) =>
    {
        var (x, y) = (TypedSets.FieldsOf(a, Thing.Type), TypedSets.FieldsOf(b, Thing.Type));
        Assert.True(FieldSet.FromJson(x.ToJson()).SetEquals(x));
        Assert.True(x.Union(y).SetEquals(y.Union(x)));
        Assert.True(x.Intersect(y).SetEquals(y.Intersect(x)));
        Assert.True(x.Except(y).Union(x.Intersect(y)).SetEquals(x));
        Assert.True(x.Except(y).Intersect(y).IsEmpty);
        Assert.True(x.Union(y).Except(y).SetEquals(x.Except(y)));
        Assert.Equal(x.Paths().Count(), x.Paths().Select(p => PathElements.Display(p)).Distinct().Count());
        Assert.All(x.Paths(), path => Assert.True(x.Has(path)));
    }, iter: 150);

    [Fact]
    public void ComparisonAndMergeAgree() => Gen.Select(Config, Config).Sample((live, config) =>
    {
        Assert.True(TypedComparison.Of(live, live, Thing.Type) is { Added.IsEmpty: true, Modified.IsEmpty: true, Removed.IsEmpty: true });
        var merged = TypedMerge.Merge(live, config, Thing.Type);
        var difference = TypedComparison.Of(live, merged, Thing.Type);
        Assert.True(difference.Removed.IsEmpty || live["spec"]!["free"] is not null);
        Assert.Equal(Json.Same(Sorted(live), Sorted(merged)), difference is { Added.IsEmpty: true, Modified.IsEmpty: true, Removed.IsEmpty: true });
        Cases.Same(merged, TypedMerge.Merge(merged, config, Thing.Type));
        Assert.Null(TypedValidation.Check(merged, Thing.Type));
    }, iter: 150);

    [Fact]
    public void NoMoreThanTenUpdatersAreKept()
    {
        JsonObject? live = null;
        for (var i = 0; i < 15; i++)
        {
            var next = live?.DeepClone().AsObject() ?? Cases.Obj("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c","uid":"u"},"data":{}}""");
            Json.Ensure(next, "data")[$"k{i}"] = "v";
            FieldManager.Update(new FieldManagerRequest(BuiltinKind.Find("", "v1", "ConfigMap")!, $"m{i}", "", Time(i)), live, next);
            live = next;
        }

        var managers = live!["metadata"]!["managedFields"]!.AsArray();
        Assert.Equal(10, managers.Count);
        var bucket = managers.Single(m => Json.Text(m, "manager") == "ancient-changes");
        Assert.Equal(["f:k0", "f:k1", "f:k2", "f:k3", "f:k4", "f:k5"], bucket!["fieldsV1"]!["f:data"]!.AsObject().Select(m => m.Key).Where(k => k != ".").Order());
    }

    [Fact]
    public void ALiveEntryWithoutItsKeyDisturbsNobody()
    {
        var bad = Cases.Obj("""{"apiVersion":"example.com/v1","kind":"Thing","metadata":{"name":"t"},"spec":{"rows":[{"v":1}]}}""");
        FieldManager.Update(Request("edit", 0), null, bad);
        Assert.Null(bad["metadata"]!["managedFields"]);
        var config = Cases.Obj("""{"apiVersion":"example.com/v1","kind":"Thing","metadata":{"name":"t"},"spec":{"rows":[{"k":"a"}]}}""");
        var good = Apply("one", null, config, 0);
        var worse = good.DeepClone().AsObject();
        worse["spec"]!["rows"]!.AsArray().Add(Cases.Obj("""{"v":1}"""));
        FieldManager.Update(Request("edit", 1), good, worse);
        Cases.Same(good["metadata"]!["managedFields"], worse["metadata"]!["managedFields"]);
        var refusal = Assert.Throws<StatusException>(() => Apply("one", worse, config, 2));
        Assert.Equal("failed to create typed live object (/t; example.com/v1, Kind=Thing): associative list with keys has an element that omits all key "
            + "fields [\"k\"] (and doesn't have default values for any key fields)", refusal.Message);
    }

    [Theory]
    [InlineData("mine", "kubectl/v1.32 (linux)", "mine")]
    [InlineData("", "kubectl/v1.32 (linux)", "kubectl")]
    [InlineData(null, "Mozilla", "Mozilla")]
    [InlineData(null, "", "unknown")]
    [InlineData(null, null, "unknown")]
    public void ManagersHaveNames(string? given, string? agent, string expected) => Assert.Equal(expected, FieldManager.ManagerName(given, agent));

    [Theory]
    [InlineData("""{"apiVersion":"v2","kind":"ConfigMap","metadata":{"name":"c"}}""", 400, "invalid object type: /v2, Kind=ConfigMap")]
    [InlineData("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c","managedFields":[]}}""", 400, "metadata.managedFields must be nil")]
    [InlineData("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"},"data":[1]}""", 500, "failed to create typed patch object (/c; /v1, Kind=ConfigMap): .data: expected map, got &{[1]}")]
    [InlineData("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"},"x":1,"y":2}""", 500, "failed to create typed patch object (/c; /v1, Kind=ConfigMap): .x: field not declared in schema")]
    [InlineData("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c","finalizers":["a","a"]}}""", 500, "failed to create typed patch object (/c; /v1, Kind=ConfigMap): .metadata.finalizers: duplicate entries for key [=\"a\"]")]
    public void WhatDoesNotFitIsRefused(string config, int code, string message)
    {
        var request = new FieldManagerRequest(BuiltinKind.Find("", "v1", "ConfigMap")!, "m", "", Time(0));
        var refusal = Assert.Throws<StatusException>(() => FieldManager.Apply(request, null, Cases.Obj(config), false));
        Assert.Equal((code, message), (refusal.Code, refusal.Message));
    }

    private static JsonObject Apply(string manager, JsonObject? live, JsonObject config, int second) =>
        FieldManager.Apply(Request(manager, second), live, config, force: false);

    private static FieldManagerRequest Request(string manager, int second) => new(Thing, manager, "", Time(second));

    private static DateTimeOffset Time(int second) => new(2026, 1, 1, 0, 0, second, TimeSpan.Zero);

    private static JsonObject Pairs((string Key, string Value)[] pairs)
    {
        var map = new JsonObject();
        foreach (var (key, value) in pairs)
        {
            map[key] = value;
        }

        return map;
    }

    private static JsonNode Row((string Key, int V, int W) row)
    {
        var result = new JsonObject { ["k"] = row.Key };
        if (row.V > 0)
        {
            result["v"] = row.V;
        }

        if (row.W > 0)
        {
            result["w"] = row.W;
        }

        return result;
    }

    // What was emptied by pruning may remain as an empty or absent container.
    private static JsonObject Tidy(JsonObject obj)
    {
        var copy = obj.DeepClone().AsObject();
        Prune(copy);
        return copy;
    }

    private static void Prune(JsonObject map)
    {
        foreach (var (name, value) in map.ToList())
        {
            if (value is JsonObject child)
            {
                Prune(child);
            }

            if (value is null or JsonObject { Count: 0 } or JsonArray { Count: 0 })
            {
                map.Remove(name);
            }
        }
    }

    // The order of entries of sets and list maps depends on history.
    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.Select(m => KeyValuePair.Create(m.Key, m.Key == "whole" ? m.Value?.DeepClone() : Sorted(m.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sorted).OrderBy(n => n?.ToJsonString(), StringComparer.Ordinal)]),
        _ => node?.DeepClone(),
    };
}
