using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using GitOpsToolkit.Sandbox.Machinery.Tables;
using Xunit;

namespace GitOpsToolkit.Sandbox.Machinery.Tests;

public sealed class TextTests
{
    [Theory]
    [InlineData("1", "1")]
    [InlineData("0", "0")]
    [InlineData("0.5", "500m")]
    [InlineData("100m", "100m")]
    [InlineData("1000m", "1")]
    [InlineData("1500m", "1500m")]
    [InlineData("1.5", "1500m")]
    [InlineData("1000", "1k")]
    [InlineData("1234", "1234")]
    [InlineData("1000k", "1M")]
    [InlineData("1024Mi", "1Gi")]
    [InlineData("1Gi", "1Gi")]
    [InlineData("1.5Gi", "1536Mi")]
    [InlineData("512", "512")]
    [InlineData("0.5Gi", "512Mi")]
    [InlineData("1000Ki", "1000Ki")]
    [InlineData("0.5Ki", "512")]
    [InlineData("1e3", "1e3")]
    [InlineData("1E", "1E")]
    [InlineData("12e6", "12e6")]
    [InlineData("1e2", "100")]
    [InlineData("-1.5", "-1500m")]
    [InlineData("+5", "5")]
    [InlineData("1n", "1n")]
    [InlineData("0.1n", "1n")]
    [InlineData("3u", "3u")]
    [InlineData(".5", "500m")]
    [InlineData("5.", "5")]
    public void QuantitiesAreCanonical(string given, string expected)
    {
        Assert.Equal(expected, Quantity.Canonical(given));
        Assert.Equal(expected, Quantity.Canonical(expected));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("1x")]
    [InlineData("1 ")]
    [InlineData("Gi")]
    [InlineData("1.2.3")]
    [InlineData("1mi")]
    [InlineData("--1")]
    [InlineData("1e")]
    [InlineData("1e99")]
    public void NotEveryTextIsAQuantity(string given) => Assert.False(Quantity.IsValid(given));

    [Fact]
    public void CanonicalQuantitiesKeepTheirValue() =>
        Gen.Select(Gen.Long[-1_000_000_000, 1_000_000_000], Gen.Int[0, 15]).Sample((number, suffix) =>
        {
            string[] suffixes = ["", "m", "k", "M", "G", "Ki", "Mi", "Gi", "u", "n", "e3", "e-3", "T", "Ti", "e0", "E1"];
            var text = $"{number}{suffixes[suffix]}";
            return Quantity.Value(Quantity.Canonical(text)!) == Quantity.Value(text);
        }, iter: 2000);

    [Theory]
    [InlineData(-5, "<invalid>")]
    [InlineData(-1, "0s")]
    [InlineData(0, "0s")]
    [InlineData(119, "119s")]
    [InlineData(120, "2m")]
    [InlineData(185, "3m5s")]
    [InlineData(599, "9m59s")]
    [InlineData(600, "10m")]
    [InlineData(3600, "60m")]
    [InlineData(10799, "179m")]
    [InlineData(10800, "3h")]
    [InlineData(11000, "3h3m")]
    [InlineData(28799, "7h59m")]
    [InlineData(28800, "8h")]
    [InlineData(172799, "47h")]
    [InlineData(172800, "2d")]
    [InlineData(180000, "2d2h")]
    [InlineData(691199, "7d23h")]
    [InlineData(691200, "8d")]
    [InlineData(63071999, "729d")]
    [InlineData(63072000, "2y")]
    [InlineData(66000000, "2y33d")]
    [InlineData(252288000, "8y")]
    [InlineData(300000000, "9y")]
    public void DurationsReadAsKubectlWritesThem(long seconds, string expected) =>
        Assert.Equal(expected, HumanDuration.Format(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z")]
    [InlineData("2026-01-02T03:04:05+02:00", "2026-01-02T01:04:05Z")]
    [InlineData("2026-01-02T03:04:05.999Z", "2026-01-02T03:04:05Z")]
    [InlineData("2026-01-02T03:04:05.123456789Z", "2026-01-02T03:04:05Z")]
    [InlineData("2026-01-02T03:04:05", null)]
    [InlineData("2026-01-02", null)]
    [InlineData("2026-13-02T03:04:05Z", null)]
    [InlineData("", null)]
    [InlineData("x", null)]
    public void TimesAreRfc3339(string given, string? expected) =>
        Assert.Equal(expected, Rfc3339.TryParse(given, out var time) ? Rfc3339.Format(time) : null);

    [Fact]
    public void MicroTimesHaveSixDigits()
    {
        Assert.True(Rfc3339.TryParse("2026-01-02T03:04:05.123456Z", out var time));
        Assert.Equal("2026-01-02T03:04:05.123456Z", Rfc3339.FormatMicro(time));
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("a-b", true)]
    [InlineData("9", true)]
    [InlineData("a.b", false)]
    [InlineData("-a", false)]
    [InlineData("a-", false)]
    [InlineData("A", false)]
    [InlineData("a\n", false)]
    [InlineData("", false)]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true)]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false)]
    public void Labels(string name, bool valid) => Assert.Equal(valid, Names.Label(name).Count == 0);

    [Theory]
    [InlineData("a.b-c.d", true)]
    [InlineData("a..b", false)]
    [InlineData(".a", false)]
    [InlineData("a_b", false)]
    public void Subdomains(string name, bool valid) => Assert.Equal(valid, Names.Subdomain(name).Count == 0);

    [Theory]
    [InlineData("app", true)]
    [InlineData("example.com/app", true)]
    [InlineData("Example_1.x", true)]
    [InlineData("a/b/c", false)]
    [InlineData("/a", false)]
    [InlineData("a/", false)]
    [InlineData("UPPER.com/x", false)]
    [InlineData("-a", false)]
    public void QualifiedNames(string name, bool valid) => Assert.Equal(valid, Names.QualifiedName(name).Count == 0);

    [Theory]
    [InlineData("""{"a":1,"b":{"c":2,"c":3},"a":4}""", "b.c,a", """{"a":4,"b":{"c":3}}""")]
    [InlineData("""{"l":[{"x":1,"x":2}]}""", "l[0].x", """{"l":[{"x":2}]}""")]
    [InlineData("""{"a":[1,2.5,"x",true,null]}""", "", """{"a":[1,2.5,"x",true,null]}""")]
    public void RepeatedKeysAreNamed(string body, string expected, string read)
    {
        var duplicates = new List<string>();
        Cases.Same(StrictJson.Parse(read), StrictJson.Parse(body, duplicates));
        Assert.Equal(expected, string.Join(',', duplicates));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{} {}")]
    [InlineData("{'a':1}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("nope")]
    [InlineData("{\"a\":\"\\ud800\"}")]
    [InlineData("{\"\\udc00\":1}")]
    public void WhatIsNoJsonIsRefused(string body) => Assert.ThrowsAny<JsonException>(() => StrictJson.Parse(body));

    [Fact]
    public void DepthIsLimited()
    {
        var deep = new string('[', 200) + new string(']', 200);
        Assert.ThrowsAny<JsonException>(() => StrictJson.Parse(Encoding.UTF8.GetBytes(deep)));
    }

    [Fact]
    public void BigNumbersKeepTheirDigits() =>
        Assert.Equal("[123456789012345678901234567890,1.10]", StrictJson.Parse("[123456789012345678901234567890,1.10]")!.ToJsonString());

    [Fact]
    public void WhatIsReadIsWhatWasWritten() => Trees.Object.Sample(tree => JsonNode.DeepEquals(tree, StrictJson.Parse(tree.ToJsonString())), iter: 300);

    [Theory]
    [InlineData("a\"b\\c\n\t", "\"a\\\"b\\\\c\\n\\t\"")]
    [InlineData("é", "\"é\"")]
    [InlineData("\u0001", "\"\\x01\"")]
    public void TextsAreQuotedAsInGo(string text, string expected) => Assert.Equal(expected, GoText.Quote(text));

    [Fact]
    public void ErrorsReadAsTheServersDo()
    {
        FieldError[] errors =
        [
            FieldError.Required("a"), FieldError.Required("a", "why"), FieldError.InvalidText("b", "x", "why"),
            FieldError.Invalid("c", Cases.Obj("""{"k":[1]}"""), "why"), FieldError.Duplicate("d", JsonValue.Create(1)),
            FieldError.NotSupported("e", JsonValue.Create("x"), ["a", "b"]), FieldError.Forbidden("f", "why"), FieldError.TooLong("g", 3),
            FieldError.TooMany("h", 3, 2), FieldError.TypeInvalid("i", JsonValue.Create("x"), "why"),
        ];
        Assert.Equal(
            [
                "a: Required value", "a: Required value: why", "b: Invalid value: \"x\": why", "c: Invalid value: {\"k\":[1]}: why",
                "d: Duplicate value: 1", "e: Unsupported value: \"x\": supported values: \"a\", \"b\"", "f: Forbidden: why",
                "g: Too long: may not be more than 3 bytes", "h: Too many: 3: must have at most 2 items", "i: Invalid value: \"string\": why",
            ],
            errors.Select(e => e.ToString()));
        Assert.Equal("a: Required value", FieldError.Join([errors[0]]));
        Assert.Equal("[a: Required value, f: Forbidden: why]", FieldError.Join([errors[0], errors[6], errors[0]]));
        Assert.Equal(
            ["FieldValueRequired", "FieldValueInvalid", "FieldValueDuplicate", "FieldValueNotSupported", "FieldValueForbidden", "FieldValueTooLong",
                "FieldValueTooMany", "FieldValueTypeInvalid"],
            errors.Select(e => e.Reason).Distinct());
    }
}
