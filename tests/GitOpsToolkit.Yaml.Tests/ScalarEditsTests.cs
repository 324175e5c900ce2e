using System.Text.Json.Nodes;

namespace GitOpsToolkit.Yaml.Tests;

public sealed class ScalarEditsTests
{
    private static YamlScalar Find(string text, string pointer) => YamlScalars.Read(text, "f.yaml").SelectMany(document => document.Scalars).Last(scalar => scalar.Pointer == pointer);

    private static string Edit(string text, string pointer, string value) => ScalarEdits.Apply(text, [new ScalarEdit(Find(text, pointer), value)]);

    [Theory]
    [InlineData("a: x\n", "w", "a: w\n")]
    [InlineData("a: 'x' # c\n", "it's", "a: 'it''s' # c\n")]
    [InlineData("a: \"x\"\r\n", "q\"\\", "a: \"q\\\"\\\\\"\r\n")]
    [InlineData("a: x", "1.20", "a: \"1.20\"")]
    [InlineData("a: x", "on", "a: \"on\"")]
    [InlineData("a: x", "null", "a: \"null\"")]
    [InlineData("a: x", "", "a: \"\"")]
    [InlineData("a: x", "0x1F", "a: \"0x1F\"")]
    [InlineData("a: x", "12e03", "a: \"12e03\"")]
    [InlineData("a: x", "2030-01-01", "a: \"2030-01-01\"")]
    [InlineData("a: 1.10", "2030-01-01", "a: 2030-01-01")]
    [InlineData("a: 'x'", "1.20", "a: '1.20'")]
    [InlineData("a: x", "a: b", "a: 'a: b'")]
    [InlineData("a: x", "a #b", "a: 'a #b'")]
    [InlineData("a: x", "l1\nl2", "a: \"l1\\nl2\"")]
    [InlineData("a: 'x'", "t\tb", "a: \"t\\tb\"")]
    [InlineData("a: &n x # c\nb: *n\n", "w", "a: &n w # c\nb: *n\n")]
    [InlineData("a: !!str x\n", "w", "a: !!str w\n")]
    [InlineData("{a: x, b: c}", "r:1", "{a: 'r:1', b: c}")]
    [InlineData("{a: x, b: c}", "r1", "{a: r1, b: c}")]
    [InlineData("\uFEFFa:   x   # c\n", "w", "\uFEFFa:   w   # c\n")]
    [InlineData("---\nb: 1\n---\na: x\n...\n", "w", "---\nb: 1\n---\na: w\n...\n")]
    [InlineData("a: x\n  z # c\nb: 1", "w", "a: w # c\nb: 1")]
    [InlineData("a: | # c\n  x\n\nb: 1\n", "w", "a: | # c\n  w\n\nb: 1\n")]
    [InlineData("a: |\n\n  x\nb: 1\n", "w", "a: |\n  w\nb: 1\n")]
    [InlineData("a: |-\r\n\r\n\r\n  x\r\nb: 1\r\n", "w", "a: |-\r\n  w\r\nb: 1\r\n")]
    [InlineData("a: |2-\n    x\n  y\nb: 1\n", "w", "a: |2-\n  w\nb: 1\n")]
    [InlineData("a: |-\n  x  \nb: 1\n", "w", "a: |-\n  w\nb: 1\n")]
    [InlineData("a: |+\n  x\n \n\nb: 1\n", "w", "a: |+\n  w\n \n\nb: 1\n")]
    [InlineData("a: >-\r\n    x\r\n    z\r\nb: 1\r\n", "v\nw", "a: >-\r\n    v\r\n    w\r\nb: 1\r\n")]
    [InlineData("# é𝄞\na: \"𝄞\" # ☃\n", "☃", "# é𝄞\na: \"☃\" # ☃\n")]
    [InlineData("b: 1 #\ta\t\na: x\t#\tb\n", "w", "b: 1 #\ta\t\na: w\t#\tb\n")]
    [InlineData("? a\n: x\n", "w", "? a\n: w\n")]
    [InlineData("a:\n  x # c\n", "w", "a:\n  w # c\n")]
    [InlineData("a: 1\na: x\n", "w", "a: 1\na: w\n")]
    public void OnlyTheScalarChanges(string text, string value, string expected)
    {
        var edited = Edit(text, "/a", value);
        Assert.Equal(expected, edited);
        Assert.Equal(value, Find(edited, "/a").Value.TrimEnd('\n').Replace(' ', '\n').Replace("\n", value.Contains('\n') ? "\n" : " "));
    }

    /// <summary>Written by hand from the types of YAML 1.1 and 1.2, not from what the reader says of them.</summary>
    [Theory]
    [InlineData("1.10")]
    [InlineData("1e3")]
    [InlineData("0o7")]
    [InlineData("0777")]
    [InlineData("0x1F")]
    [InlineData("0b11")]
    [InlineData("1_000")]
    [InlineData("1.")]
    [InlineData("1.5e-3")]
    [InlineData("12e03")]
    [InlineData("null")]
    [InlineData("Null")]
    [InlineData("NULL")]
    [InlineData("~")]
    [InlineData("true")]
    [InlineData("False")]
    [InlineData("yes")]
    [InlineData("Yes")]
    [InlineData("NO")]
    [InlineData("on")]
    [InlineData("Off")]
    [InlineData("y")]
    [InlineData("N")]
    [InlineData("2024-01-01")]
    [InlineData("2001-12-14T21:59:43Z")]
    [InlineData("1:30")]
    [InlineData("190:20:30")]
    [InlineData(".5")]
    [InlineData(".inf")]
    [InlineData(".NaN")]
    [InlineData("+1")]
    [InlineData("-1")]
    public void WhatSomeReaderTakesForAnotherTypeGetsQuotes(string value)
    {
        Assert.Equal($"a: \"{value}\" # c\n", Edit("a: x # c\n", "/a", value));
        Assert.Equal($"a: \"{value}\"\n", Edit("a: \"x\"\n", "/a", value));
        Assert.Equal($"a: '{value}'\r\n", Edit("a: 'x'\r\n", "/a", value));
        Assert.Equal($"a: {{b: \"{value}\"}}\n", Edit("a: {b: x}\n", "/a/b", value));
    }

    [Theory]
    [InlineData("a: x # one\n", "# one")]
    [InlineData("a: 'x' #one\r\n", "#one")]
    [InlineData("a: # key\n  x\n", null)]
    [InlineData("# key\na: x\n", null)]
    [InlineData("a:\n  # head\n  x\n", "# head")]
    [InlineData("a:\n  # old\n\n  # head\n  # more\n  x\n", "# head\n# more")]
    [InlineData("a:\n  # head\n  x # line\n", "# line")]
    [InlineData("a: {b: x} # flow\n", null)]
    [InlineData("a: &n # early\n  x\n", "# early")]
    [InlineData("a: | # block\n  x # no comment\n", "# block")]
    [InlineData("a: >- # block\n  x\n", "# block")]
    [InlineData("a: |\n  x # no comment\n", null)]
    [InlineData("a: \"x # no comment\"\n", null)]
    [InlineData("a: x\n# foot\n", null)]
    [InlineData("a: x # c\nb: y # d\n", "# c")]
    public void CommentsOfAMapValue(string text, string? comment) => Assert.Equal(comment, Find(text, text.Contains("{b") ? "/a/b" : "/a").Comment);

    [Theory]
    [InlineData("- x # line\n- y\n", "# line")]
    [InlineData("# head\n- x\n- y\n", "# head")]
    [InlineData("- # dash\n  x\n- y\n", "# dash")]
    [InlineData("[x, # comma\n y]\n", "# comma")]
    [InlineData("[x # scalar\n, y]\n", "# scalar")]
    [InlineData("[ # open\n x, y]\n", null)]
    [InlineData("[x, y] # list\n", null)]
    [InlineData("# far\n\n- x\n", null)]
    public void CommentsOfAListItem(string text, string? comment) => Assert.Equal(comment, Find(text, "/0").Comment);

    [Fact]
    public void AMapInAListDoesNotTakeTheCommentOfItsDash()
    {
        Assert.Null(Find("# head\n- a: x\n", "/0/a").Comment);
        Assert.Null(Find("- # dash\n  a: x\n", "/0/a").Comment);
        Assert.Null(Find("- y # line\n- a: x\n", "/1/a").Comment);
    }

    [Fact]
    public void DocumentsTellTheirRootAndValues()
    {
        var documents = YamlScalars.Read("kind: A\nmetadata: {name: n, x/y: z}\nlist: [[1], {k: v}]\n---\n- 1\n---\ntext\n---\n");
        Assert.Equal([YamlRootKind.Map, YamlRootKind.List, YamlRootKind.Scalar, YamlRootKind.Scalar], documents.Select(document => document.Root));
        Assert.Equal("n", documents[0].ValueAt("/metadata/name"));
        Assert.Equal("z", documents[0].ValueAt("/metadata/x~1y"));
        Assert.Equal("v", documents[0].ValueAt("/list/1/k"));
        Assert.Null(documents[0].ValueAt("/list"));
    }

    [Fact]
    public void TemplatesInFlowStyleDoNotDisturbTheRest() =>
        Assert.Equal("a: {{ .Values.x }}\nb: w\n", Edit("a: {{ .Values.x }}\nb: x\n", "/b", "w"));

    [Fact]
    public void EditsMayComeInAnyOrder()
    {
        const string Text = "a: 1\nb: 2\nc: 3\n";
        Assert.Equal("a: x\nb: 2\nc: z\n", ScalarEdits.Apply(Text, [new ScalarEdit(Find(Text, "/c"), "z"), new ScalarEdit(Find(Text, "/a"), "x")]));
        Assert.Throws<ArgumentException>(() => ScalarEdits.Apply(Text, [new ScalarEdit(Find(Text, "/c"), "z"), new ScalarEdit(Find(Text, "/c"), "x")]));
    }

    [Fact]
    public void AnEmptyBlockCannotBeEdited() => Assert.Throws<ArgumentException>(() => Edit("a: |\nb: 1\n", "/a", "x"));

    [Theory]
    [InlineData("a: [\n")]
    [InlineData("a: \"x\n")]
    [InlineData("a: b: c\n")]
    public void BrokenTextNamesItsPlace(string text) =>
        Assert.StartsWith("f.yaml:", Assert.Throws<YamlReadException>(() => YamlScalars.Read(text, "f.yaml")).Message, StringComparison.Ordinal);

    [Fact]
    public void CapsHold()
    {
        Assert.Throws<YamlReadException>(() => YamlScalars.Read(new string('[', 5000)));
        Assert.Throws<YamlReadException>(() => YamlScalars.Read("[a, b, c, d]", "", new YamlReaderOptions { MaxNodes = 3 }));
    }

    [Fact]
    public void LastKeyWinsWhereAsked()
    {
        var root = YamlReader.ReadOne("a: 1\nb: 2\na: 3\n", "", new YamlReaderOptions { LastKeyWins = true }).Root;
        Assert.True(JsonNode.DeepEquals(root, JsonNode.Parse("""{"a":3,"b":2}""")));
    }
}
