using System.Text.Json.Nodes;
using CsCheck;
using GitOpsToolkit.Sandbox.Machinery.Apply;
using GitOpsToolkit.Sandbox.Machinery.Cel;
using GitOpsToolkit.Sandbox.Machinery.Patches;
using GitOpsToolkit.Sandbox.Machinery.Selectors;
using GitOpsToolkit.Sandbox.Machinery.Tables;
using GitOpsToolkit.Sandbox.Machinery.Types;
using Xunit;

namespace GitOpsToolkit.Sandbox.Machinery.Tests;

/// <summary>Whatever a client sends, the answer is a refusal or an object, never a crash.</summary>
public sealed class RobustnessTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly BuiltinKind[] Kinds = [.. BuiltinKind.All.OrderBy(k => $"{k.ApiVersion}/{k.Kind}", StringComparer.Ordinal)];

    /// <summary>An object of a kind with values that mostly fit their types, and now and then do not.</summary>
    private static readonly Gen<(BuiltinKind Kind, JsonObject Object)> Objects =
        Gen.Select(Gen.Int[0, Kinds.Length - 1], Gen.Int[0, int.MaxValue]).Select((index, seed) =>
        {
            var obj = (JsonObject)Sample(Kinds[index].Type, new Random(seed), 0, wild: true)!;
            obj["apiVersion"] = Kinds[index].ApiVersion;
            obj["kind"] = Kinds[index].Kind;
            return (Kinds[index], obj);
        });

    [Fact]
    public void OddObjectsAreRefusedOrTaken() => Objects.Sample((kind, obj) =>
    {
        try
        {
            kind.Decode(obj);
        }
        catch (StatusException refusal)
        {
            Assert.Equal(400, refusal.Code);
            return;
        }

        kind.Default(obj);
        var errors = kind.Validate(obj, null);
        Assert.All(errors, error => Assert.NotEmpty(error.ToString()));
        Assert.Empty(kind.Validate(obj, obj).Where(error => error.Body.Contains("immutable", StringComparison.Ordinal)));
        FieldManager.Update(new FieldManagerRequest(kind, "m", "", Now), null, obj);
        var table = TablePrinter.For(kind).Table([obj], null, RowObject.Metadata, true, Now);
        Assert.Equal(table["columnDefinitions"]!.AsArray().Count, table["rows"]![0]!["cells"]!.AsArray().Count);
    }, iter: 400);

    [Fact]
    public void DecodingTwiceIsDecodingOnce() => Objects.Sample((kind, obj) =>
    {
        try
        {
            kind.Decode(obj);
        }
        catch (StatusException)
        {
            return;
        }

        var once = obj.DeepClone();
        Assert.Empty(kind.Decode(obj));
        Cases.Same(once, obj);
        kind.Default(obj);
        var defaulted = obj.DeepClone();
        kind.Decode(obj);
        kind.Default(obj);
        Cases.Same(defaulted, obj);
    }, iter: 400);

    [Fact]
    public void FullObjectsLoseNothing()
    {
        foreach (var kind in Kinds)
        {
            var obj = (JsonObject)Sample(kind.Type, new Random(1), 0, wild: false)!;
            var before = obj.DeepClone();
            Assert.Empty(kind.Decode(obj));
            Cases.Same(before, obj);
        }
    }

    [Fact]
    public void PatchesOfAnyShapeAreRefusedOrTaken() => Gen.Select(Objects, Trees.Object, Trees.Object).Sample((target, tree, other) =>
    {
        var (kind, obj) = target;
        _ = Attempt(() => StrategicMergePatch.Apply(obj, tree, kind.Type));
        _ = Attempt(() => JsonMergePatch.Apply(obj, tree));
        _ = Attempt(() => JsonPatch.Apply(obj, new JsonArray(tree.DeepClone(), other.DeepClone())));
        _ = Attempt(() => FieldManager.Apply(new FieldManagerRequest(kind, "m", "", Now), null, obj, false));
    }, iter: 200);

    [Fact]
    public void StrategicPatchesThatAreObjectsOfTheKindMergeTwiceAsOnce() => Objects.Sample((kind, obj) =>
    {
        var patch = (JsonObject)Sample(kind.Type, new Random(7), 0, wild: false)!;
        JsonObject once;
        try
        {
            kind.Decode(obj);
            once = StrategicMergePatch.Apply(obj, patch, kind.Type);
        }
        catch (StatusException)
        {
            return;
        }

        Cases.Same(once, StrategicMergePatch.Apply(once, patch, kind.Type));
    }, iter: 200);

    [Fact]
    public void TextsOfAnyShapeAreParsedOrRefused() => Gen.String[Gen.Char["abc01=!<>(),./'\"[]{}?:@$*&|+- \\\n#éinot"], 0, 24].Sample(text =>
    {
        _ = Attempt(() => LabelSelector.Parse(text));
        _ = Attempt(() => FieldSelector.Parse(text));
        _ = Names.QualifiedName(text);
        _ = Names.LabelValue(text);
        _ = Names.Subdomain(text);
        _ = Quantity.Canonical(text);
        _ = Rfc3339.TryParse(text, out _);
        try
        {
            _ = JsonPath.Parse(text).Select(Cases.Obj("""{"a":[{"b":1}],"b":{"c":[0,1]}}"""));
        }
        catch (FormatException)
        {
            // Refused.
        }

        try
        {
            _ = new CelEvaluator(new Dictionary<string, object?> { ["a"] = 1L }, 10_000).Evaluate(CelParser.Parse(text));
        }
        catch (CelException)
        {
            // Refused.
        }
    }, iter: 2000);

    private static bool Attempt(Func<object?> action)
    {
        try
        {
            action();
            return true;
        }
        catch (StatusException refusal)
        {
            Assert.InRange(refusal.Code, 400, 500);
            return false;
        }
    }

    private static JsonNode? Sample(SchemaType type, Random random, int depth, bool wild)
    {
        if (wild && depth > 0 && random.Next(60) == 0)
        {
            return random.Next(6) switch
            {
                0 => null,
                1 => "odd",
                2 => -1,
                3 => true,
                4 => new JsonArray("x"),
                _ => new JsonObject { ["odd"] = 1.5 },
            };
        }

        return type.Kind switch
        {
            SchemaKind.String => wild ? (string[])["a", "", "Always", "x/y", "v1", "TCP"] is var texts ? texts[random.Next(texts.Length)] : "" : "text",
            SchemaKind.Int32 or SchemaKind.Int64 => wild ? random.Next(-1, 90_000) : 7,
            SchemaKind.Number => 1.5,
            SchemaKind.Boolean => !wild || random.Next(2) == 0,
            SchemaKind.Quantity => "1500m",
            SchemaKind.IntOrString => random.Next(2) == 0 ? "25%" : 3,
            SchemaKind.Time => "2026-01-02T03:04:05Z",
            SchemaKind.MicroTime => "2026-01-02T03:04:05.000006Z",
            SchemaKind.Bytes => "eA==",
            SchemaKind.List => new JsonArray([.. Enumerable.Range(0, depth > 12 ? 0 : wild ? random.Next(3) : 1)
                .Select(_ => Sample(type.Element!, random, depth + 1, wild))]),
            SchemaKind.Map => Map(type, random, depth, wild),
            _ => new JsonObject { ["any"] = 1 },
        };
    }

    private static JsonObject Map(SchemaType type, Random random, int depth, bool wild)
    {
        var map = new JsonObject();
        foreach (var (name, field) in type.Fields)
        {
            // Schemas of custom kinds nest in themselves.
            var leave = wild ? depth > 12 || random.Next(depth < 2 ? 8 : 3) == 0
                : depth > 8 && !field.Type.IsScalar && (field.Empty is EmptyForm.Keep or EmptyForm.Omit);
            if (leave)
            {
                continue;
            }

            map[name] = Sample(field.Type, random, depth + 1, wild);
        }

        if (type.Element is not null)
        {
            map["key"] = Sample(type.Element, random, depth + 1, wild);
        }

        return map;
    }
}
