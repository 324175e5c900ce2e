using System.Text.Json;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.Yaml.Tests;

public sealed class YamlReaderTests
{
    private static string Json(string yaml) => YamlReader.ReadOne(yaml).Root?.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) ?? "null";

    [Theory]
    [InlineData("yes", "\"yes\"")]
    [InlineData("on", "\"on\"")]
    [InlineData("y", "\"y\"")]
    [InlineData("true", "true")]
    [InlineData("True", "true")]
    [InlineData("FALSE", "false")]
    [InlineData("tRue", "\"tRue\"")]
    [InlineData("~", "null")]
    [InlineData("Null", "null")]
    [InlineData("", "null")]
    [InlineData("'null'", "\"null\"")]
    [InlineData("1", "1")]
    [InlineData("+1", "1")]
    [InlineData("-0", "0")]
    [InlineData("1_000", "1000")]
    [InlineData("0x1F", "31")]
    [InlineData("0o14", "12")]
    [InlineData("014", "12")]
    [InlineData("08", "8")]
    [InlineData("-0b11", "-3")]
    [InlineData("9223372036854775807", "9223372036854775807")]
    [InlineData("-9223372036854775808", "-9223372036854775808")]
    [InlineData("12345678901234567890", "12345678901234567890")]
    [InlineData("123456789012345678901234567890", "123456789012345678901234567890")]
    [InlineData("1.20", "1.20")]
    [InlineData("1e3", "1e3")]
    [InlineData(".5", "0.5")]
    [InlineData("5.", "5")]
    [InlineData("+1.50", "1.5")]
    [InlineData("1.2.3", "\"1.2.3\"")]
    [InlineData("1e400", "\"1e400\"")]
    [InlineData("1:30", "\"1:30\"")]
    [InlineData("0x", "\"0x\"")]
    [InlineData(".", "\".\"")]
    [InlineData("1-2", "\"1-2\"")]
    [InlineData("12e03", "12e03")]
    [InlineData("2001-01-01", "\"2001-01-01T00:00:00Z\"")]
    [InlineData("2001-1-2 3:4:5.10", "\"2001-01-02T03:04:05.1Z\"")]
    [InlineData("2001-12-14t21:59:43.10-05:00", "\"2001-12-14T21:59:43.1-05:00\"")]
    [InlineData("2001-13-01", "\"2001-13-01\"")]
    [InlineData("v1.2.3", "\"v1.2.3\"")]
    public void PlainScalarsResolveAsGoYamlV3Does(string scalar, string expected) => Assert.Equal($"{{\"a\":{expected}}}", Json($"a: {scalar}\n"));

    [Theory]
    [InlineData("!!str 5", "\"5\"")]
    [InlineData("!!int \"5\"", "5")]
    [InlineData("!!float 1", "1")]
    [InlineData("!!bool \"true\"", "true")]
    [InlineData("!!binary aGk=", "\"hi\"")]
    [InlineData("!local x", "\"x\"")]
    [InlineData("!local 5", "\"5\"")]
    public void TagsDecide(string scalar, string expected) => Assert.Equal($"{{\"a\":{expected}}}", Json($"a: {scalar}\n"));

    [Theory]
    [InlineData("a: !!int x\n", "f.yaml:1:4: cannot decode a !!str as a !!int")]
    [InlineData("a: 1\nb: .inf\n", "f.yaml:2:4: `.inf` is no number that JSON can hold; quote it to make it a string")]
    [InlineData("a: 1\nb: 2\na: 3\n", "f.yaml:3:1: mapping key \"a\" already defined at line 1")]
    [InlineData("a: *x\n", "f.yaml:1:4: unknown anchor referenced; quote the value if it is none")]
    [InlineData("a: &x\n  b: *x\n", "f.yaml:2:6: anchor 'x' value contains itself")]
    [InlineData("a:\n  <<: 5\n", "f.yaml:2:7: map merge requires map or sequence of maps as the value")]
    [InlineData("? [a]\n: b\n", "f.yaml:1:3: a collection cannot be a key")]
    public void FaultsNameFileLineAndColumn(string yaml, string message) =>
        Assert.Equal(message, Assert.Throws<YamlReadException>(() => YamlReader.ReadAll(yaml, "f.yaml")).Message);

    [Theory]
    [InlineData("a: b: c\n", 1)]
    [InlineData("a: 1\n b: 2\n", 2)]
    [InlineData("a: [1, 2\nb: 3\n", 2)]
    [InlineData("a: \"x\n", 1)]
    [InlineData("a: {{ .Values.x }}\n", 1)]
    [InlineData("a: 1\n---\nb: @x\n", 3)]
    public void BrokenSyntaxNamesItsLine(string yaml, int line)
    {
        var error = Assert.Throws<YamlReadException>(() => YamlReader.ReadAll(yaml, "f.yaml"));
        Assert.Equal(line, error.Position.Line);
        Assert.StartsWith($"f.yaml:{line}:", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MergeKeysExpandAndWrittenKeysWin()
    {
        const string Yaml = """
            base: &base {a: 1, b: 2}
            more: &more {b: 3, c: 4}
            one:
              <<: *base
              b: own
            list:
              a: own
              <<: [*base, *more]
            quoted:
              "<<": text
            """;
        Assert.Equal(
            """{"base":{"a":1,"b":2},"more":{"b":3,"c":4},"one":{"b":"own","a":1},"list":{"a":"own","b":2,"c":4},"quoted":{"<<":"text"}}""",
            Json(Yaml));
    }

    [Fact]
    public void KeysAreTheirText() =>
        Assert.Equal("""{"1":"a","true":"b","~":"c","0x10":"d","k":"v","":null}""", Json("1: a\ntrue: b\n~: c\n0x10: d\n? k\n: v\n\"\":\n"));

    [Fact]
    public void AliasesAreCopies()
    {
        var root = (JsonObject)YamlReader.ReadOne("a: &x {k: [1]}\nb: *x\nc: &k key\n*k : v\n").Root!;
        root["b"]!["k"]!.AsArray().Add(2);
        Assert.Equal("""{"a":{"k":[1]},"b":{"k":[1,2]},"c":"key","key":"v"}""", root.ToJsonString());
    }

    [Fact]
    public void AnchorsEndWithTheirDocument() =>
        Assert.Contains("unknown anchor", Assert.Throws<YamlReadException>(() => YamlReader.ReadAll("a: &x 1\n---\nb: *x\n")).Message);

    [Fact]
    public void AnAliasBombMeetsTheBudget()
    {
        var lines = new List<string> { "a0: &a0 [x, x, x, x, x, x, x, x, x, x]" };
        for (var i = 1; i < 12; i++)
        {
            lines.Add($"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]");
        }

        var error = Assert.Throws<YamlReadException>(() => YamlReader.ReadAll(string.Join('\n', lines), "bomb.yaml", new YamlReaderOptions { MaxNodes = 100_000 }));
        Assert.Contains("more than 100000 nodes, aliases expanded", error.Message);
    }

    [Fact]
    public void AMergeBombMeetsTheBudget()
    {
        var wide = string.Join(", ", Enumerable.Range(0, 100).Select(i => $"k{i}: 1"));
        var yaml = $"a: &a {{{wide}}}\nb:\n" + string.Concat(Enumerable.Repeat("- <<: *a\n", 500));
        Assert.Throws<YamlReadException>(() => YamlReader.ReadAll(yaml, "", new YamlReaderOptions { MaxNodes = 10_000 }));
    }

    [Theory]
    [InlineData("flow")]
    [InlineData("block")]
    [InlineData("alias")]
    public void DepthIsCapped(string kind)
    {
        var yaml = kind switch
        {
            "flow" => new string('[', 100_000),
            "block" => string.Concat(Enumerable.Repeat("- ", 5_000)) + "x",
            _ => $"a: &a {new string('[', 60)}{new string(']', 60)}\nb: {new string('[', 60)}*a{new string(']', 60)}",
        };
        Assert.Contains("nested deeper than 100 levels", Assert.Throws<YamlReadException>(() => YamlReader.ReadAll(yaml)).Message);
    }

    [Fact]
    public void LengthIsCapped() =>
        Assert.Contains("over the cap of 10", Assert.Throws<YamlReadException>(() => YamlReader.ReadAll("aaaaaaaaaaaa", "", new YamlReaderOptions { MaxLength = 10 })).Message);

    [Fact]
    public void DocumentsKeepTheirStartLines()
    {
        var documents = YamlReader.ReadAll("# head\na: 1\n---\n---\n# c\n\nb: 2\n...\n---\nnull\n--- {c: 3}\n", "m.yaml");
        Assert.Equal([2, 7, 10, 11], documents.Select(document => document.StartLine));
        Assert.Equal(["{\"a\":1}", "{\"b\":2}", "null", "{\"c\":3}"], documents.Select(document => document.Root?.ToJsonString() ?? "null"));
    }

    [Fact]
    public void PositionsOfNodesAreKnown()
    {
        var document = YamlReader.ReadOne("spec:\n  list:\n  - name: a\n    value: 5\n  none:\n  copy: &x {k: v}\n  again: *x\n", "d.yaml");
        var list = document.Root!["spec"]!["list"]!;
        Assert.Equal(new YamlPosition(4, 12), document.PositionOf(list[0]!["value"]));
        Assert.Equal(new YamlPosition(4, 12), document.PositionOf("spec", "list", "0", "value"));
        Assert.Equal("d.yaml:3", document.Where(list[0]));
        Assert.Equal(2, document.PositionOf("spec", "none").Line);
        Assert.Equal(2, document.PositionOf(document.Root!["spec"]!["again"]!["k"]).Line);
        Assert.Equal(3, document.PositionOf("spec", "list", "7", "x").Line);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# only a comment\n")]
    [InlineData("---\n# nothing\n---\n")]
    [InlineData("\uFEFF")]
    public void NothingGivesNoDocument(string yaml) => Assert.Empty(YamlReader.ReadAll(yaml));

    [Theory]
    [InlineData("\uFEFFa: 1\r\nb:\r\n- x\r\n", """{"a":1,"b":["x"]}""")]
    [InlineData("a: |\r\n  x\r\n  y\r\n", """{"a":"x\ny\n"}""")]
    [InlineData("a: >-\n  x\n  y\n\n  z\n", """{"a":"x y\nz"}""")]
    [InlineData("a: 'it''s'\nb: \"\\u263a\\x41\"", """{"a":"it's","b":"☺A"}""")]
    [InlineData("a: x # c\n# d\nb: y#z\n", """{"a":"x","b":"y#z"}""")]
    [InlineData("- a\n- - b\n  - c\n", """["a",["b","c"]]""")]
    [InlineData("%YAML 1.1\n---\na: 1\n", """{"a":1}""")]
    [InlineData("a: http://x:80/y\n", """{"a":"http://x:80/y"}""")]
    [InlineData("{a: [b, c: d], \"e\":f}", """{"a":["b",{"c":"d"}],"e":"f"}""")]
    public void TextForms(string yaml, string json) => Assert.Equal(json, Json(yaml));

    [Fact]
    public void ReadOneRefusesASecondDocument() =>
        Assert.Equal("x.yaml:3:1: expected a single document, found a second one", Assert.Throws<YamlReadException>(() => YamlReader.ReadOne("a: 1\n---\nb: 2\n", "x.yaml")).Message);

    [Fact]
    public void NumbersAnswerLikeParsedJson()
    {
        var root = YamlReader.ReadOne("a: 5\nb: 1.5\n").Root!;
        Assert.Equal(5, root["a"]!.GetValue<int>());
        Assert.Equal(5L, root["a"]!.GetValue<long>());
        Assert.Equal(1.5, root["b"]!.GetValue<double>());
        Assert.True(JsonNode.DeepEquals(root, JsonNode.Parse("""{"a":5,"b":1.5}""")));
    }
}
