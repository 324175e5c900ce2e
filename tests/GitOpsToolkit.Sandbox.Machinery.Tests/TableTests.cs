using System.Text.Json;
using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.Machinery.Tables;
using Xunit;

namespace GitOpsToolkit.Sandbox.Machinery.Tests;

/// <summary>
/// A case is a list of objects (<c>objects.json</c>) and what is printed of them at 2026-01-10T00:00:00Z (<c>table.txt</c>): a line of headings, a line an object,
/// cells separated by bars; wide columns have a plus before their heading.
/// </summary>
public sealed class TableTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 10, 0, 0, 0, TimeSpan.Zero);

    public static TheoryData<string> All => Cases.In("tables");

    [Theory]
    [MemberData(nameof(All))]
    public void Case(string name)
    {
        var objects = Cases.Read("tables", name, "objects.json")!.AsArray().OfType<JsonObject>().ToList();
        var rules = Cases.Read("tables", name, "definition.json") is JsonObject definition
            ? CustomKind.FromDefinition(definition, "v1") : (KindRules)KindOf(objects[0]);
        var table = TablePrinter.For(rules).Table(objects, null, RowObject.Metadata, true, Now);
        Assert.Equal(Cases.ReadText("tables", name, "table.txt"), Print(table));
    }

    [Fact]
    public void EveryKindHasAPrinterThatTakesAnEmptyObject()
    {
        foreach (var kind in BuiltinKind.All)
        {
            var table = TablePrinter.For(kind).Table([[]], null, RowObject.None, true, Now);
            Assert.Equal("Name", Json.Text(table["columnDefinitions"]!.AsArray().FirstOrDefault(c => Json.Text(c, "format") == "name"), "name") ?? "Name");
            Assert.Equal(table["columnDefinitions"]!.AsArray().Count, table["rows"]![0]!["cells"]!.AsArray().Count);
        }
    }

    [Fact]
    public void RowsCarryWhatIsAskedFor()
    {
        var printer = TablePrinter.For(BuiltinKind.Find("", "v1", "ConfigMap")!);
        var obj = Cases.Obj("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"},"data":{"a":"1"}}""");
        var metadata = Cases.Obj("""{"resourceVersion":"7"}""");
        var table = printer.Table([obj], metadata, RowObject.Metadata, true, Now);
        Cases.Same(Cases.Obj("""{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":{"name":"c"}}"""), table["rows"]![0]!["object"]);
        Cases.Same(metadata, table["metadata"]);
        Assert.Equal(("Table", "meta.k8s.io/v1"), (Json.Text(table, "kind"), Json.Text(table, "apiVersion")));
        Cases.Same(obj, printer.Table([obj], null, RowObject.Object, true, Now)["rows"]![0]!["object"]);
        var bare = printer.Table([obj], null, RowObject.None, false, Now);
        Assert.Null(bare["rows"]![0]!["object"]);
        Assert.Null(bare["columnDefinitions"]);
        Assert.Equal(["Name", "Data", "Age"], printer.Columns.Select(c => c.Name));
    }

    [Fact]
    public void ListsOfMetadata()
    {
        var list = PartialObject.ListOf([Cases.Obj("""{"metadata":{"name":"c"},"data":{}}""")], Cases.Obj("""{"resourceVersion":"7"}"""));
        Cases.Same(Cases.Obj("""
            {"kind":"PartialObjectMetadataList","apiVersion":"meta.k8s.io/v1","metadata":{"resourceVersion":"7"},
             "items":[{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":{"name":"c"}}]}
            """), list);
    }

    [Theory]
    [InlineData(".a", "[1]")]
    [InlineData("{.a}", "[1]")]
    [InlineData("$.a", "[1]")]
    [InlineData("a", "[1]")]
    [InlineData(".m.k", "[\"v\"]")]
    [InlineData(".m['dotted.name']", "[2]")]
    [InlineData(".m.dotted\\.name", "[2]")]
    [InlineData(".l[0].t", "[\"x\"]")]
    [InlineData(".l[-1].t", "[\"z\"]")]
    [InlineData(".l[0,2].n", "[1,3]")]
    [InlineData(".l[0:2].n", "[1,2]")]
    [InlineData(".l[1:].n", "[2,3]")]
    [InlineData(".l[::2].n", "[1,3]")]
    [InlineData(".l[*].t", "[\"x\",\"y\",\"z\"]")]
    [InlineData(".l.*.t", "[\"x\",\"y\",\"z\"]")]
    [InlineData(".l[?(@.t==\"y\")].n", "[2]")]
    [InlineData(".l[?(@.t=='y')].n", "[2]")]
    [InlineData(".l[?(@.t!=\"y\")].n", "[1,3]")]
    [InlineData(".l[?(@.n>1)].t", "[\"y\",\"z\"]")]
    [InlineData(".l[?(@.n<=1)].t", "[\"x\"]")]
    [InlineData(".l[?(@.f)].t", "[\"y\"]")]
    [InlineData(".l[?(@.f==true)].t", "[\"y\"]")]
    [InlineData("..t", "[\"x\",\"y\",\"z\"]")]
    [InlineData(".nope", "[]")]
    [InlineData(".a.b.c", "[]")]
    [InlineData(".l[9].t", "[]")]
    public void Paths(string path, string expected)
    {
        var root = Cases.Obj("""{"a":1,"m":{"k":"v","dotted.name":2},"l":[{"t":"x","n":1},{"t":"y","n":2,"f":true},{"t":"z","n":3}]}""");
        Assert.Equal(expected, new JsonArray([.. JsonPath.Parse(path).Select(root).Select(n => n?.DeepClone())]).ToJsonString());
    }

    [Theory]
    [InlineData(".l[")]
    [InlineData(".")]
    [InlineData(".l[x]")]
    public void BadPaths(string path) => Assert.Throws<FormatException>(() => JsonPath.Parse(path));

    private static BuiltinKind KindOf(JsonObject obj)
    {
        var apiVersion = Json.Text(obj, "apiVersion")!.Split('/');
        return BuiltinKind.Find(apiVersion.Length == 2 ? apiVersion[0] : "", apiVersion[^1], Json.Text(obj, "kind")!)!;
    }

    private static string Print(JsonObject table)
    {
        var head = table["columnDefinitions"]!.AsArray()
            .Select(c => (Json.Integer(c, "priority") > 0 ? "+" : "") + Json.Text(c, "name")!.ToUpperInvariant());
        var rows = table["rows"]!.AsArray().Select(row => row!["cells"]!.AsArray().Select(cell => cell?.GetValueKind() switch
        {
            null => "",
            JsonValueKind.String => cell.GetValue<string>(),
            _ => cell.ToJsonString(),
        }));
        return string.Join('\n', rows.Prepend(head).Select(cells => string.Join(" | ", cells).TrimEnd()));
    }
}
