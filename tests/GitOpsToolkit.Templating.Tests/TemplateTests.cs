using System.Text.RegularExpressions;

namespace GitOpsToolkit.Templating.Tests;

/// <summary>What the rows of Go's answers cannot show: the interface, the places of errors, the functions that are left out.</summary>
public sealed class TemplateTests
{
    private static GoValue Nothing => default;

    [Fact]
    public void OneParsedTemplateRunsOnManyData()
    {
        var parsed = Template.Parse("t", "{{.}}{{$x := 1}}{{$x}}");

        Assert.Equal("a1", parsed.Execute(GoValue.Of("a")));
        Assert.Equal("21", parsed.Execute(GoValue.Of(2)));
        Assert.Equal("<no value>1", parsed.Execute(Nothing));
    }

    [Fact]
    public void TextsCallEachOthersTemplates()
    {
        var main = Template.Parse("main", "{{template \"helper\" \"x\"}}{{template \"other\"}}");
        main.Add("other", "{{define \"helper\"}}[{{.}}]{{end}}whole");

        Assert.Equal("[x]whole", main.Execute(Nothing));
    }

    [Fact]
    public void AnErrorInAnotherTextNamesThatText()
    {
        var main = Template.Parse("main", "{{template \"helper\" .}}");
        main.Add("other", "\n{{define \"helper\"}}{{.x.y}}{{end}}");

        var error = Assert.Throws<TemplateException>(() => main.Execute(GoValue.MapOf([new(GoValue.Of("x"), GoValue.Of("a"))])));
        Assert.Equal("template: other:2:23: executing \"helper\" at <.x.y>: can't evaluate field y in type interface {}", error.Message);
        Assert.Equal((2, 23), (error.Line, error.Column));
    }

    [Theory]
    [InlineData("a\n{{ nope }}", 2, 3, "function \"nope\" not defined")]
    [InlineData("{{ if .X }}", 1, 11, "unexpected EOF")]
    [InlineData("é{{ \"a }}", 1, 5, "unterminated quoted string")]
    [InlineData("{{1i}}", 1, 2, "complex constants are not supported: 1i")]
    public void AFaultyTextIsToldWithLineAndColumn(string text, int line, int column, string problem)
    {
        var error = Assert.Throws<TemplateException>(() => Template.Parse("t", text));

        Assert.Equal((line, column, problem), (error.Line, error.Column, error.Problem));
        Assert.Equal($"template: t:{line}:{column}: {problem}", error.Message);
    }

    [Fact]
    public void OwnFunctionsAreCalledWithConvertedArguments()
    {
        var twice = new GoFunction("twice", [GoType.Int], (_, arguments) => GoValue.Of(arguments[0].Integer * 2));
        var options = new TemplateOptions { Functions = FunctionTable.BuiltIn.With([twice]) };

        Assert.Equal("8", Template.Parse("t", "{{twice 2 | twice}}", options).Execute(Nothing));
        Assert.Throws<TemplateException>(() => Template.Parse("t", "{{upper \"a\"}}", options));
        Assert.Contains("expected int; got string",
            Assert.Throws<TemplateException>(() => Template.Parse("t", "{{\"a\" | twice}}", options).Execute(Nothing)).Message);
    }

    [Fact]
    public void AFunctionThatIsAValueIsCalled()
    {
        var function = new GoFunction("join", [GoType.String, GoType.Int64], (_, a) => GoValue.OfBytes(a[0].Bytes + a[1].Integer));
        var data = GoValue.MapOf([new(GoValue.Of("f"), GoValue.Of(function, "func(string, int64) string"))]);

        Assert.Equal("a3", Template.Parse("t", "{{call .f \"a\" 3}}").Execute(data));
        Assert.Contains("wrong number of args for .f: got 1 want 2", Fault("{{call .f 1}}", data));
        Assert.Contains("arg 0: value has type int; should be string", Fault("{{call .f 1 2}}", data));
    }

    [Fact]
    public void TextsKeepTheirBytes()
    {
        Assert.Equal("\uFFFD|☺", Template.Parse("t", "{{trunc 1 .}}|{{.}}").Execute(GoValue.Of("☺")));
        Assert.Equal("日 3", Template.Parse("t", "{{.}} {{len .}}").Execute(GoValue.Of("日")));
    }

    [Fact]
    public void FunctionsThatDependOnTimePlaceOrChanceAreAbsent()
    {
        string[] refused =
        [
            "now", "date", "dateInZone", "date_in_zone", "dateModify", "date_modify", "htmlDate", "htmlDateInZone", "ago", "env", "expandenv",
            "getHostByName", "randAlpha", "randAlphaNum", "randAscii", "randNumeric", "randBytes", "randInt", "shuffle", "uuidv4", "bcrypt",
            "htpasswd", "genPrivateKey", "genCA", "genCAWithKey", "genSelfSignedCert", "genSelfSignedCertWithKey", "genSignedCert",
            "genSignedCertWithKey", "encryptAES",
        ];

        Assert.Empty(FunctionTable.Hermetic.Names.Intersect(refused));
        Assert.All(refused, name => Assert.Contains(
            $"function \"{name}\" not defined", Assert.Throws<TemplateException>(() => Template.Parse("t", $"{{{{ {name} }}}}")).Message));
    }

    /// <summary>A function that no row of the oracle calls is one that nobody has held against Go.</summary>
    [Fact]
    public void EveryFunctionIsInTheTable()
    {
        var rows = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "cases", "go", "rows.jsonl"));

        // sprig has sha512sum since 3.3; the oracle's is older.
        Assert.Equal(["sha512sum"], FunctionTable.Hermetic.Names.Where(name => !Regex.IsMatch(rows, $@"[{{( ]{name}\b")));
        Assert.StartsWith("cf83e1357eefb8bd", Template.Parse("t", "{{sha512sum \"\"}}").Execute(Nothing));
    }

    private static string Fault(string template, GoValue data) =>
        Assert.Throws<TemplateException>(() => Template.Parse("t", template).Execute(data)).Message;
}
