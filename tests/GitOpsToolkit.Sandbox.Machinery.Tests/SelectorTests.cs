using GitOpsToolkit.Sandbox.Machinery.Selectors;
using Xunit;

namespace GitOpsToolkit.Sandbox.Machinery.Tests;

public sealed class SelectorTests
{
    private const string Labels = """{"metadata":{"labels":{"app":"web","tier":"front","n":"5","example.com/x":"","e":"é"}}}""";

    [Theory]
    [InlineData("", true)]
    [InlineData("   ", true)]
    [InlineData("app=web", true)]
    [InlineData("app==web", true)]
    [InlineData(" app = web , tier=front ", true)]
    [InlineData("app=db", false)]
    [InlineData("app!=db", true)]
    [InlineData("app!=web", false)]
    [InlineData("nope!=x", true)]
    [InlineData("nope=x", false)]
    [InlineData("app in (web,db)", true)]
    [InlineData("app in (db)", false)]
    [InlineData("app notin (db),tier", true)]
    [InlineData("nope notin (db)", true)]
    [InlineData("app", true)]
    [InlineData("!app", false)]
    [InlineData("!nope", true)]
    [InlineData("! nope", true)]
    [InlineData("n>4", true)]
    [InlineData("n>5", false)]
    [InlineData("n<6", true)]
    [InlineData("app>1", false)]
    [InlineData("nope<1", false)]
    [InlineData("example.com/x=", true)]
    [InlineData("example.com/x", true)]
    [InlineData("app in (web, db), !nope, n>4", true)]
    [InlineData("in=x", false)]
    public void LabelTexts(string text, bool matches) => Assert.Equal(matches, LabelSelector.Parse(text).Matches(Cases.Obj(Labels)));

    [Theory]
    [InlineData("app in web", "unable to parse requirement: found 'web' expected: '('")]
    [InlineData("app in (web", "unable to parse requirement: found '', expected: ',' or ')'")]
    [InlineData("app in (=", "unable to parse requirement: found '=', expected: ',', ')' or identifier")]
    [InlineData("app=web tier=x", "found 'tier', expected: ',' or 'end of string'")]
    [InlineData("=web", "found '=', expected: !, identifier, or 'end of string'")]
    [InlineData("app=web,", "found '', expected: identifier after ','")]
    [InlineData(",", "found ',', expected: !, identifier, or 'end of string'")]
    [InlineData("!", "unable to parse requirement: found '', expected: identifier")]
    [InlineData("a===b", "unable to parse requirement: found '=', expected: identifier")]
    [InlineData("app like web", "unable to parse requirement: found 'like', expected: in, notin, =, ==, !=, gt, lt")]
    [InlineData("n>x", "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer")]
    [InlineData("-a=b", "unable to parse requirement: <nil>: Invalid value: \"-a\": name part must consist of")]
    [InlineData("a=-b", "unable to parse requirement: values[0][a]: Invalid value: \"-b\": a valid label must be")]
    public void BadLabelTexts(string text, string message)
    {
        var refusal = Assert.Throws<StatusException>(() => LabelSelector.Parse(text));
        Assert.Equal(400, refusal.Code);
        Assert.StartsWith(message, refusal.Message);
    }

    [Theory]
    [InlineData("tier notin (1,)", "x", true)]
    [InlineData("tier notin (1,)", "1", false)]
    [InlineData("tier in (,1)", "1", true)]
    [InlineData("tier in (,1)", "", true)]
    public void NothingBetweenCommasIsTheEmptyValue(string text, string tier, bool matches) =>
        Assert.Equal(matches, LabelSelector.Parse(text).Matches(Cases.Obj($$"""{"metadata":{"labels":{"tier":"{{tier}}"} } }""")));

    [Theory]
    [InlineData("{}", true)]
    [InlineData("""{"matchLabels":{"app":"web"}}""", true)]
    [InlineData("""{"matchLabels":{"app":"web","tier":"back"}}""", false)]
    [InlineData("""{"matchExpressions":[{"key":"app","operator":"In","values":["web"]}]}""", true)]
    [InlineData("""{"matchExpressions":[{"key":"app","operator":"NotIn","values":["web"]}]}""", false)]
    [InlineData("""{"matchExpressions":[{"key":"app","operator":"Exists"},{"key":"nope","operator":"DoesNotExist"}]}""", true)]
    [InlineData("""{"matchLabels":{"app":"web"},"matchExpressions":[{"key":"nope","operator":"Exists"}]}""", false)]
    public void LabelObjects(string selector, bool matches) =>
        Assert.Equal(matches, LabelSelector.FromObject(Cases.Obj(selector))!.Matches(Cases.Obj(Labels)));

    [Fact]
    public void NoSelectorIsNone()
    {
        Assert.Null(LabelSelector.FromObject(null));
        Assert.Throws<StatusException>(() => LabelSelector.FromObject(Cases.Obj("""{"matchExpressions":[{"key":"a","operator":"GreaterThan"}]}""")));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("metadata.name=p", true)]
    [InlineData("metadata.name==p,status.phase=Running", true)]
    [InlineData("metadata.name!=p", false)]
    [InlineData("status.phase!=Failed", true)]
    [InlineData("spec.nodeName=", true)]
    [InlineData("spec.hostNetwork=false", true)]
    [InlineData("metadata.name=a\\,b", false)]
    public void FieldTexts(string text, bool matches)
    {
        var pod = Cases.Obj("""{"metadata":{"name":"p"},"status":{"phase":"Running"}}""");
        var selector = FieldSelector.Parse(text);
        selector.Check("", "v1", "Pod");
        Assert.Equal(matches, selector.Matches(pod));
    }

    [Theory]
    [InlineData("", "Event", "involvedObject.name=x,reason=y")]
    [InlineData("", "Secret", "type=Opaque")]
    [InlineData("batch", "Job", "status.successful=0")]
    [InlineData("", "Node", "spec.unschedulable=false")]
    [InlineData("apps", "Deployment", "metadata.name=x,metadata.namespace=y")]
    public void KindsHaveTheirFields(string group, string kind, string text)
    {
        FieldSelector.Parse(text).Check(group, "v1", kind);
        Assert.NotEmpty(FieldSelector.Parse(text).ToString());
    }

    [Fact]
    public void OtherFieldsAreRefused()
    {
        var refusal = Assert.Throws<StatusException>(() => FieldSelector.Parse("spec.replicas=1").Check("", "v1", "Pod"));
        Assert.Equal((400, "field label not supported: spec.replicas"), (refusal.Code, refusal.Message));
        refusal = Assert.Throws<StatusException>(() => FieldSelector.Parse("spec.x=1").Check("example.com", "v1", "Thing", []));
        Assert.Equal("field label not supported: spec.x", refusal.Message);
        refusal = Assert.Throws<StatusException>(() => FieldSelector.Parse("data.k=v").Check("", "v1", "ConfigMap"));
        Assert.Equal("\"data.k\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"", refusal.Message);
        Assert.Equal("invalid field selector: unescaped character in value: 61",
            Assert.Throws<StatusException>(() => FieldSelector.Parse("metadata.name=a=b")).Message);
        FieldSelector.Parse("spec.x=1").Check("example.com", "v1", "Thing", ["spec.x"]);
        Assert.Equal("invalid selector: 'nonsense'; can't understand 'nonsense'",
            Assert.Throws<StatusException>(() => FieldSelector.Parse("nonsense")).Message);
    }
}
