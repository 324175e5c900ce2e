namespace GitOpsToolkit.Templating.Tests;

public sealed class TemplateTests
{
    private static readonly Dictionary<string, object?> Data = new(StringComparer.Ordinal)
    {
        ["Name"] = "app",
        ["Empty"] = "",
        ["Yes"] = true,
        ["No"] = false,
        ["Three"] = 3L,
        ["Zero"] = 0L,
        ["Half"] = 0.5,
        ["Nil"] = null,
        ["List"] = new List<object?> { "a", "b", "c" },
        ["None"] = new List<object?>(),
        ["Map"] = new Dictionary<string, object?>(StringComparer.Ordinal) { ["z"] = 1L, ["a"] = 2L, ["m"] = new Dictionary<string, object?>(StringComparer.Ordinal) { ["k"] = "deep" } },
        ["Change"] = new TemplateRecord("update.Change", [new("OldValue", "v1"), new("NewValue", "v2"), new("Setter", "ns:p")]),
        ["Object"] = new TemplateRecord("types.NamespacedName", [new("Namespace", "ns"), new("Name", "n")], "ns/n"),
        ["Keyed"] = new TemplateMap(
        [
            new(new TemplateRecord("id", [new("Name", "b"), new("Kind", "X")]), new List<object?> { 1L }),
            new(new TemplateRecord("id", [new("Name", "a"), new("Kind", "Z")]), new List<object?> { 2L }),
        ]),
    };

    private static string Run(string template) => Template.Parse("t", template).Execute(Data);

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("", "")]
    [InlineData("{{.Name}}", "app")]
    [InlineData("{{ .Map.m.k }}", "deep")]
    [InlineData("{{ $.Name }} {{ with .Map }}{{ $.Name }}{{ .a }}{{ end }}", "app app2")]
    [InlineData("a {{- .Name -}} b", "aappb")]
    [InlineData("a \n\t{{- .Name }} b", "aapp b")]
    [InlineData("a {{/* gone */}} b", "a  b")]
    [InlineData("a {{- /* gone */ -}} b", "ab")]
    [InlineData("a {{-3}} b", "a -3 b")]
    [InlineData("{{\"q\\\"\\n\\u263a\"}}", "q\"\n☺")]
    [InlineData("{{`raw\\n`}}", "raw\\n")]
    [InlineData("{{'a'}}{{0x10}}{{1_000}}{{1.50}}{{-2}}{{1e3}}{{0b11}}{{017}}", "971610001.5-2100031" + "5")]
    [InlineData("{{.Missing}} {{.Map.nope}}", "<no value> <no value>")]
    [InlineData("{{.Nil}} {{print .Nil}}", "<no value> <nil>")]
    [InlineData("{{.List}} {{.Map}} {{.None}}", "[a b c] map[a:2 m:map[k:deep] z:1] []")]
    [InlineData("{{.Change}} {{.Object}} {{.Object.Name}} {{.Change.Setter}}", "{v1 v2 ns:p} ns/n n ns:p")]
    [InlineData("{{.Keyed}}", "map[{a Z}:[2] {b X}:[1]]")]
    [InlineData("{{.Yes}} {{.Three}} {{.Half}}", "true 3 0.5")]
    public void TextFieldsAndPrinting(string template, string expected) => Assert.Equal(expected, Run(template));

    [Theory]
    [InlineData("{{if .Yes}}y{{end}}", "y")]
    [InlineData("{{if .No}}y{{else}}n{{end}}", "n")]
    [InlineData("{{if .No}}1{{else if .Zero}}2{{else if .Name}}3{{else}}4{{end}}", "3")]
    [InlineData("{{if .None}}y{{else}}n{{end}}{{if .Change}}y{{end}}", "ny")]
    [InlineData("{{with .Name}}<{{.}}>{{else}}none{{end}}", "<app>")]
    [InlineData("{{with .Empty}}x{{else}}none{{end}}", "none")]
    [InlineData("{{with .Empty}}x{{else with .Name}}{{.}}{{end}}", "app")]
    [InlineData("{{with $x := .Name}}{{$x}}{{end}}", "app")]
    [InlineData("{{range .List}}{{.}},{{end}}", "a,b,c,")]
    [InlineData("{{range $i, $e := .List}}{{$i}}{{$e}} {{end}}", "0a 1b 2c ")]
    [InlineData("{{range $e := .List}}{{$e}}{{end}}", "abc")]
    [InlineData("{{range $k, $v := .Map}}{{$k}} {{end}}", "a m z ")]
    [InlineData("{{range $id, $v := .Keyed}}{{$id.Kind}}{{range $v}}{{.}}{{end}} {{end}}", "Z2 X1 ")]
    [InlineData("{{range .None}}x{{else}}none{{end}}", "none")]
    [InlineData("{{range .Nil}}x{{else}}nil{{end}}", "nil")]
    [InlineData("{{range .Three}}{{.}}{{end}}", "012")]
    [InlineData("{{range .List}}{{if eq . \"b\"}}{{continue}}{{end}}{{.}}{{end}}", "ac")]
    [InlineData("{{range .List}}{{if eq . \"b\"}}{{break}}{{end}}{{.}}{{end}}", "a")]
    [InlineData("{{$x := 1}}{{range .List}}{{$x = .}}{{end}}{{$x}}", "c")]
    [InlineData("{{$x := 1}}{{if .Yes}}{{$x := 2}}{{$x}}{{end}}{{$x}}", "21")]
    [InlineData("{{- range $i, $e := .List }}\n- {{ $e -}}\n{{ end }}\nend", "\n- a\n- b\n- c\nend")]
    public void Control(string template, string expected) => Assert.Equal(expected, Run(template));

    [Theory]
    [InlineData("{{.Name | upper | printf \"%s-%d\" \"x\" 3}}", "x-3%!(EXTRA string=APP)")]
    [InlineData("{{printf \"%s|%5s|%-5s|%q|%v|%05d|%x|%.2f|%t|%%\" .Name \"r\" \"l\" \"q\\\"\" .List 42 255 .Half .Yes}}", "app|    r|l    |\"q\\\"\"|[a b c]|00042|ff|0.50|true|%")]
    [InlineData("{{printf \"%d\" \"x\"}} {{printf \"%s\"}} {{printf \"%s\" .Object}}", "%!d(string=x) %!s(MISSING) ns/n")]
    [InlineData("{{printf \"%+d %X %#x %o %b %c %U %e\" 5 255 255 8 5 65 9786 1500.0}}", "+5 FF 0xff 10 101 A U+263A 1.500000e+03")]
    [InlineData("{{print 1 2 \"a\" 3 .Yes}}|{{println \"x\" 1}}", "1 2a3 true|x 1\n")]
    [InlineData("{{and .Yes .Name}} {{or .Empty \"d\"}} {{not .No}} {{and .No (index .List 9)}}", "app d true false")]
    [InlineData("{{eq .Three 3}} {{eq .Name \"x\" \"app\"}} {{ne 1 2}} {{lt 1 2}} {{le 2 2}} {{gt \"b\" \"a\"}} {{ge 1.5 2.5}} {{eq .Nil nil}}", "true true true true true true false true")]
    [InlineData("{{len .List}} {{len \"é\"}} {{len .Map}} {{len .Keyed}}", "3 2 3 2")]
    [InlineData("{{index .List 1}} {{index .Map \"m\" \"k\"}} {{index .Map \"no\"}} {{slice .Name 1}} {{slice .Name 0 2}} {{slice .List 1 2}}", "b deep <no value> pp ap [b]")]
    [InlineData("{{(index .Map \"m\").k}} {{(printf \"%s\" .Name) | len}}", "deep 3")]
    [InlineData("{{html \"<a&'\\\">\"}} {{urlquery \"a b&c\"}}", "&lt;a&amp;&#39;&#34;&gt; a+b%26c")]
    public void BuiltIns(string template, string expected) => Assert.Equal(expected, Run(template));

    [Theory]
    [InlineData("{{trim \" a \"}}|{{trimAll \"-\" \"--a-\"}}|{{trimPrefix \"v\" \"v1\"}}|{{trimSuffix \".yaml\" \"a.yaml\"}}", "a|a|1|a")]
    [InlineData("{{upper \"a\"}}{{lower \"B\"}} {{title \"hello world\"}} {{untitle \"Hello World\"}} {{swapcase \"aB\"}}", "Ab Hello World hello world Ab")]
    [InlineData("{{contains \"b\" \"abc\"}} {{hasPrefix \"a\" \"abc\"}} {{hasSuffix \"a\" \"abc\"}}", "true true false")]
    [InlineData("{{replace \"a\" \"b\" \"banana\"}} {{repeat 3 \"x\"}} {{nospace \"a b\"}} {{trunc 2 \"abc\"}} {{trunc -2 \"abc\"}} {{substr 1 3 \"abcd\"}} {{abbrev 5 \"abcdefgh\"}}", "bbnbnb xxx ab ab bc bc ab...")]
    [InlineData("{{quote .Name 1 .Nil}} {{squote \"a\"}} {{cat \"a\" 1 .Nil \"b\"}} {{toString 5}} {{plural \"one\" \"many\" 2}}", "\"app\" \"1\" 'a' a 1 b 5 many")]
    [InlineData("{{indent 2 \"a\\nb\"}}{{nindent 1 \"c\"}}", "  a\n  b\n c")]
    [InlineData("{{snakecase \"FirstName\"}} {{kebabcase \"HTTPServer one\"}} {{camelcase \"http_server\"}} {{initials \"First Try\"}}", "first_name http-server-one HttpServer FT")]
    [InlineData("{{list 1 2 3 | join \"-\"}} {{first .List}}{{last .List}}{{rest .List}}{{initial .List}}{{reverse .List}}", "1-2-3 ac[b c][a b][c b a]")]
    [InlineData("{{list \"b\" \"a\" \"b\" | uniq | sortAlpha}} {{has \"a\" .List}} {{without .List \"a\"}} {{append .List \"d\"}} {{prepend .List \"d\"}} {{concat .List .None}} {{compact (list 0 1)}}", "[a b] true [b c] [a b c d] [d a b c] [a b c] [1]")]
    [InlineData("{{splitList \"/\" \"a/b\"}} {{(split \":\" \"a:b\")._1}} {{$d := dict \"k\" 1}}{{get $d \"k\"}}{{hasKey $d \"x\"}}{{keys $d}}{{values $d}}", "[a b] b 1false[k][1]")]
    [InlineData("{{default \"d\" .Empty}} {{default \"d\" .Missing}} {{default \"d\" .Name}} {{empty .None}} {{coalesce .Empty .Nil \"c\"}} {{ternary \"t\" \"f\" .Yes}} {{all 1 .Name}} {{any 0 .Name}}", "d d app true c t true true")]
    [InlineData("{{add 1 2 3}} {{sub 5 2}} {{mul 2 3}} {{div 7 2}} {{mod 7 2}} {{max 1 5 2}} {{min 4 2}} {{add1 1}} {{int \"12\"}} {{atoi \"x\"}} {{until 3}}", "6 3 6 3 1 5 2 2 12 0 [0 1 2]")]
    [InlineData("{{b64enc \"hi\"}} {{b64dec \"aGk=\"}} {{sha256sum \"\" | trunc 8}} {{sha1sum \"\" | trunc 8}} {{sha512sum \"\" | trunc 4}}", "aGk= hi e3b0c442 da39a3ee cf83")]
    [InlineData("{{wrap 5 \"aa bb cc\"}}", "aa bb\ncc")]
    public void Sprig(string template, string expected) => Assert.Equal(expected, Run(template));

    [Theory]
    [InlineData("a\n{{ nope }}", "t:2:4: function \"nope\" not defined")]
    [InlineData("{{ env \"X\" }}", "t:1:4: function \"env\" not defined")]
    [InlineData("{{ now }}", "t:1:4: function \"now\" not defined")]
    [InlineData("{{ .Name", "t:1:9: unclosed action")]
    [InlineData("{{ if .X }}", "t:1:12: unexpected EOF: an {{end}} is missing")]
    [InlineData("{{ end }}", "t:1:4: unexpected {{end}}")]
    [InlineData("{{ else }}", "t:1:4: unexpected {{else}}")]
    [InlineData("{{ $x }}", "t:1:4: undefined variable \"$x\"")]
    [InlineData("{{ $x = 1 }}", "t:1:7: undefined variable \"$x\"")]
    [InlineData("{{ \"a }}", "t:1:4: unterminated quoted string")]
    [InlineData("{{ `a }}", "t:1:4: unterminated raw quoted string")]
    [InlineData("{{/* a", "t:1:3: unclosed comment")]
    [InlineData("{{ }}", "t:1:4: missing value for command")]
    [InlineData("{{ .Name | 3 }}", "t:1:12: non executable command in pipeline: only functions and fields take a piped value")]
    [InlineData("{{ break }}", "t:1:4: {{break}} outside {{range}}")]
    [InlineData("{{ define \"x\" }}{{ end }}", "t:1:4: {{define}} is not supported in this template")]
    [InlineData("{{ 1x }}", "t:1:4: bad number syntax: \"1x\"")]
    [InlineData("{{ .Name ; }}", "t:1:10: unexpected \";\" in action")]
    [InlineData("{{ if .X }}{{ else }}{{ else }}{{ end }}", "t:1:25: expected end; found {{else}}")]
    public void ParseFaultsNameLineAndColumn(string template, string message) =>
        Assert.Equal(message, Assert.Throws<TemplateException>(() => Template.Parse("t", template)).Message);

    [Theory]
    [InlineData("x\n  {{ .Change.Nope }}", "t:2:6: can't evaluate field Nope in type update.Change")]
    [InlineData("{{ .Name.X }}", "t:1:4: can't evaluate field X in type string")]
    [InlineData("{{ .Nil.X }}", "t:1:4: nil value; can't evaluate field X")]
    [InlineData("{{ index .List 3 }}", "t:1:4: error calling index: index out of range: 3")]
    [InlineData("{{ index .List \"a\" }}", "t:1:4: error calling index: cannot index slice/array with type string")]
    [InlineData("{{ lt 1 \"a\" }}", "t:1:4: error calling lt: incompatible types for comparison")]
    [InlineData("{{ upper 1 }}", "t:1:4: error calling upper: argument 1 of upper: expected string, found int")]
    [InlineData("{{ upper }}", "t:1:4: wrong number of args for upper: want 1 got 0")]
    [InlineData("{{ printf }}", "t:1:4: wrong number of args for printf: want at least 1 got 0")]
    [InlineData("{{ .Name 1 }}", "t:1:4: can't give argument to non-function")]
    [InlineData("{{ range .Name }}{{ end }}", "t:1:4: range can't iterate over app")]
    [InlineData("{{ div 1 0 }}", "t:1:4: error calling div: division by zero")]
    [InlineData("{{ fail \"no\" }}", "t:1:4: error calling fail: no")]
    public void ExecutionFaultsNameLineAndColumn(string template, string message)
    {
        var parsed = Template.Parse("t", template);
        Assert.Equal(message, Assert.Throws<TemplateException>(() => parsed.Execute(Data)).Message);
    }

    [Fact]
    public void NestingIsCapped()
    {
        Assert.Contains("nested deeper", Assert.Throws<TemplateException>(() => Template.Parse("t", "{{" + new string('(', 1000) + "1" + new string(')', 1000) + "}}")).Message);
        Assert.Contains("nested deeper", Assert.Throws<TemplateException>(() => Template.Parse("t", string.Concat(Enumerable.Repeat("{{if 1}}", 1000)))).Message);
    }

    [Theory]
    [InlineData("{{range until 1000}}{{range until 1000}}{{range until 1000}}{{end}}{{end}}{{end}}", "stopped after 10000 steps")]
    [InlineData("{{range until 100}}{{range until 100}}xxxxxxxxxx{{end}}{{end}}", "output is over the cap of 1000 characters")]
    [InlineData("{{repeat 1000000 \"x\"}}", "result is over the cap of 1000 characters")]
    [InlineData("{{$x := \"xxxxxxxxxx\"}}{{range until 100}}{{$x = print $x $x}}{{end}}", "over the cap of 1000")]
    [InlineData("{{range 1000000000}}{{end}}", "stopped after 10000 steps")]
    [InlineData("{{printf \"%1000000d\" 1}}", "printf width over 10000")]
    public void RunsAreCapped(string template, string message)
    {
        var parsed = Template.Parse("t", template, new TemplateOptions { MaxSteps = 10_000, MaxOutput = 1000 });
        Assert.Contains(message, Assert.Throws<TemplateException>(() => parsed.Execute(Data)).Message);
    }

    [Fact]
    public void OneParsedTemplateRunsOnManyData()
    {
        var parsed = Template.Parse("t", "{{.}}{{$x := 1}}{{$x}}");
        Assert.Equal("a1", parsed.Execute("a"));
        Assert.Equal("21", parsed.Execute(2L));
    }

    [Fact]
    public void FunctionsThatDependOnTimePlaceOrChanceAreAbsent()
    {
        string[] forbidden = ["now", "date", "env", "expandenv", "getHostByName", "randAlpha", "randNumeric", "uuidv4", "genPrivateKey", "htmlDate", "ago"];
        Assert.Empty(FunctionTable.Hermetic.Names.Intersect(forbidden));
        Assert.Contains("sha256sum", FunctionTable.Hermetic.Names);
    }

    /// <summary>The example of Flux's documentation, in the shape of its data.</summary>
    [Fact]
    public void AMessageOfTheDocumentedForm()
    {
        const string Message = """
            Automated image update

            Automation name: {{ .AutomationObject }}

            Files:
            {{ range $filename, $_ := .Changed.FileChanges -}}
            - {{ $filename }}
            {{ end -}}

            Objects:
            {{ range $resource, $changes := .Changed.Objects -}}
            - {{ $resource.Kind }} {{ $resource.Name }}
              Changes:
            {{- range $_, $change := $changes }}
                - {{ $change.OldValue }} -> {{ $change.NewValue }}
            {{ end -}}
            {{ end -}}
            """;
        var id = new TemplateRecord("id", [new("Name", "app"), new("Namespace", ""), new("APIVersion", "apps/v1"), new("Kind", "Deployment")]);
        var changes = new List<object?> { Data["Change"] };
        var result = new TemplateRecord("update.Result", [new("FileChanges", new Dictionary<string, object?>(StringComparer.Ordinal) { ["a.yaml"] = changes })])
        {
            Methods = new Dictionary<string, object?>(StringComparer.Ordinal) { ["Objects"] = new TemplateMap([new(id, changes)]) },
        };
        var data = new TemplateRecord("source.TemplateData", [new("AutomationObject", Data["Object"]), new("Changed", result)]);
        Assert.Equal(
            "Automated image update\n\nAutomation name: ns/n\n\nFiles:\n- a.yaml\nObjects:\n- Deployment app\n  Changes:\n    - v1 -> v2\n",
            Template.Parse("commit message", Message).Execute(data));
    }
}
