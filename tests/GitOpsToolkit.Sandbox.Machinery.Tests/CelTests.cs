using GitOpsToolkit.Sandbox.Machinery.Cel;
using Xunit;

namespace GitOpsToolkit.Sandbox.Machinery.Tests;

public sealed class CelTests
{
    private const string Self = """
        {"name":"web-1","n":3,"f":1.5,"yes":true,"empty":"","list":[1,2,3],"texts":["b","a"],"map":{"k":"v","with-dash":1},"items":[{"name":"a","p":1},{"name":"b","p":2}]}
        """;

    [Theory]
    [InlineData("true")]
    [InlineData("1 + 2 * 3 == 7")]
    [InlineData("(1 + 2) * 3 == 9")]
    [InlineData("7 / 2 == 3 && 7 % 2 == 1 && -7 / 2 == -3")]
    [InlineData("1.5 + 1.5 == 3.0 && 3 == 3.0")]
    [InlineData("1 < 2 && 2 <= 2 && 3 > 2 && 2 >= 2 && 1 != 2")]
    [InlineData("!false && !(1 == 2)")]
    [InlineData("'a' + 'b' == \"ab\" && 'a' < 'b'")]
    [InlineData("r'\\d' == '\\\\d' && 'it\\'s' == \"it's\" && '''x\ny''' == 'x\\ny'")]
    [InlineData("'\\u00e9' == 'é' && 0x10 == 16")]
    [InlineData("self.name == 'web-1' && self['name'] == 'web-1'")]
    [InlineData("self.n > 2 ? true : false")]
    [InlineData("has(self.name) && !has(self.nope) && !has(self.map.nope)")]
    [InlineData("size(self.name) == 5 && self.list.size() == 3 && size(self.map) == 2 && size('é') == 1")]
    [InlineData("2 in self.list && !(4 in self.list) && 'k' in self.map && self.name in ['x', 'web-1']")]
    [InlineData("self.name.startsWith('web') && self.name.endsWith('1') && self.name.contains('b-')")]
    [InlineData("self.name.matches('^web-[0-9]+$') && !matches(self.name, '^x')")]
    [InlineData("self.list.all(i, i > 0) && self.list.exists(i, i == 2) && self.list.exists_one(i, i == 2)")]
    [InlineData("self.list.map(i, i * 2) == [2, 4, 6] && self.list.filter(i, i > 1) == [2, 3] && self.list.map(i, i > 1, i * 2) == [4, 6]")]
    [InlineData("self.map.all(k, k != 'x') && self.items.all(a, self.items.exists_one(b, b.name == a.name))")]
    [InlineData("[1, 2] + [3] == self.list && {'a': 1} == {'a': 1} && {'a': 1}.a == 1")]
    [InlineData("self.map.with__dash__dash == 1")]
    [InlineData("int('42') == 42 && string(42) == '42' && double('1.5') == self.f && type(1) == int && type('') == string")]
    [InlineData("duration('1h30m') > duration('60m') && duration('90s').getMinutes() == 1")]
    [InlineData("timestamp('2026-01-02T03:04:05Z').getFullYear() == 2026 && timestamp('2026-01-01T00:00:00Z') + duration('1h') == timestamp('2026-01-01T01:00:00Z')")]
    [InlineData("self.name.upperAscii() == 'WEB-1' && ' x '.trim() == 'x' && 'a,b'.split(',') == ['a', 'b'] && ['a', 'b'].join('-') == 'a-b'")]
    [InlineData("self.name.substring(4) == '1' && self.name.substring(0, 3) == 'web' && self.name.indexOf('-') == 3 && 'aa'.replace('a', 'b', 1) == 'ba'")]
    [InlineData("!self.texts.isSorted() && self.list.sum() == 6 && self.list.min() == 1 && self.list.max() == 3 && self.list.indexOf(3) == 2")]
    [InlineData("isURL('https://x/y') && url('https://x:81/y').getPort() == '81' && isQuantity('1Gi') && isIP('10.0.0.1')")]
    [InlineData("self.?nope.orValue('d') == 'd' && self.?name.hasValue() && self.map[?'zz'].orValue('x') == 'x'")]
    [InlineData("has(self.nope) || true || self.nope == 1")]
    [InlineData("self.nope == 1 || true")]
    [InlineData("!(self.nope == 1 && false)")]
    [InlineData("self.items.exists(i, i.nope == 1 || i.name == 'b')")]
    [InlineData("self.items // a comment\n.size() == 2")]
    [InlineData("1 in [1] ? 'a' == 'a' : 'b' == 'a'")]
    [InlineData("[[1], [2]].all(l, l.all(i, i > 0))")]
    [InlineData("null == null && self.yes != null")]
    public void Holds(string expression) => Assert.True(Evaluate(expression) is true, expression);

    [Theory]
    [InlineData("self.nope", "no such key: nope")]
    [InlineData("self.list[7]", "index out of bounds: 7")]
    [InlineData("1 / 0", "division by zero")]
    [InlineData("1 % 0", "modulus by zero")]
    [InlineData("9223372036854775807 + 1", "integer overflow")]
    [InlineData("1 + 'a'", "no such overload")]
    [InlineData("1 && true", "no such overload")]
    [InlineData("nope", "undeclared reference to 'nope' (in container '')")]
    [InlineData("nope(1)", "undeclared reference to 'nope' (in container '')")]
    [InlineData("self.list.min2()", "no such overload")]
    [InlineData("self.name.matches('(')", "error parsing regexp")]
    [InlineData("duration('x')", "type conversion error from 'string' to 'google.protobuf.Duration'")]
    public void Fails(string expression, string message) => Assert.StartsWith(message, Assert.Throws<CelException>(() => Evaluate(expression)).Message);

    [Theory]
    [InlineData("")]
    [InlineData("1 +")]
    [InlineData("(1")]
    [InlineData("a b")]
    [InlineData("'x")]
    [InlineData("#")]
    [InlineData("{1:}")]
    [InlineData("a.1b(")]
    [InlineData("'\\q'")]
    [InlineData("99999999999999999999")]
    public void IsRefused(string expression) => Assert.Throws<CelException>(() => CelParser.Parse(expression));

    [Fact]
    public void DepthAndLengthAreLimited()
    {
        Assert.Throws<CelException>(() => CelParser.Parse(new string('(', 5000) + "1" + new string(')', 5000)));
        Assert.Throws<CelException>(() => CelParser.Parse(new string('!', 5000) + "true"));
        Assert.Throws<CelException>(() => CelParser.Parse(new string(' ', 20_000) + "1"));
    }

    [Fact]
    public void TheBudgetEnds()
    {
        var list = new List<object?>(Enumerable.Range(0, 2000).Select(i => (object?)(long)i));
        var evaluator = new CelEvaluator(new Dictionary<string, object?> { ["l"] = list }, 100_000);
        var fault = Assert.Throws<CelException>(() => evaluator.Evaluate(CelParser.Parse("l.all(a, l.all(b, a != b || a == b))")));
        Assert.Equal("operation cancelled: actual cost limit exceeded", fault.Message);
    }

    private static object? Evaluate(string expression)
    {
        var self = CelValues.FromJson(Cases.Obj(Self), null);
        return new CelEvaluator(new Dictionary<string, object?> { ["self"] = self }, 1_000_000).Evaluate(CelParser.Parse(expression));
    }
}
