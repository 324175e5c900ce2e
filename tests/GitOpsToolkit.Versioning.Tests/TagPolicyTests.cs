using CsCheck;
using NuGet.Versioning;
using Xunit;

namespace GitOpsToolkit.Versioning.Tests;

public sealed class TagPolicyTests
{
    [Theory]
    [InlineData("1e3", 1000d)]
    [InlineData("1E+3", 1000d)]
    [InlineData(".5", 0.5)]
    [InlineData("5.", 5d)]
    [InlineData("+7", 7d)]
    [InlineData("-7", -7d)]
    [InlineData("0x1p-2", 0.25)]
    [InlineData("0X1.8P1", 3d)]
    [InlineData("0x.8p1", 1d)]
    [InlineData("0x_1_0p0", 16d)]
    [InlineData("1_000", 1000d)]
    [InlineData("1_2.3_4e1_0", 12.34e10)]
    [InlineData("Inf", double.PositiveInfinity)]
    [InlineData("-infinity", double.NegativeInfinity)]
    [InlineData("nan", double.NaN)]
    [InlineData("0x1p-1074", double.Epsilon)]
    [InlineData("0x1.8p-1075", double.Epsilon)]
    [InlineData("0x1p-1075", 0d)]
    [InlineData("0x1p-99999999", 0d)]
    [InlineData("0x1.fffffffffffffp1023", double.MaxValue)]
    [InlineData("0x10000000000000800p0", 18446744073709551616d)]
    [InlineData("0x10000000000000801p0", 18446744073709555712d)]
    [InlineData("20230611", 20230611d)]
    [InlineData("1e-99999", 0d)]
    public void Numbers_read_as_in_Go(string text, double expected)
    {
        Assert.True(GoFloat.TryParse(text, out var value));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1a")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1,000")]
    [InlineData("_1")]
    [InlineData("1_")]
    [InlineData("1__0")]
    [InlineData("1_.5")]
    [InlineData("1._5")]
    [InlineData("1_e5")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("1e5.")]
    [InlineData(".")]
    [InlineData("-")]
    [InlineData("e5")]
    [InlineData("0x")]
    [InlineData("0x1")]
    [InlineData("0x1p")]
    [InlineData("0xp1")]
    [InlineData("0x.p1")]
    [InlineData("0x1.2.3p1")]
    [InlineData("0b11")]
    [InlineData("+nan")]
    [InlineData("infin")]
    [InlineData("1e400")]
    [InlineData("0x1p1024")]
    [InlineData("(1)")]
    [InlineData("$1")]
    public void What_Go_refuses_is_no_number(string text) => Assert.False(GoFloat.TryParse(text, out _));

    [Fact]
    public void Every_double_reads_back_in_decimal_and_hexadecimal() => Gen.Double.Sample(number =>
    {
        if (!double.IsFinite(number))
        {
            return true;
        }

        var bits = BitConverter.DoubleToInt64Bits(number);
        var fraction = bits & 0xfffffffffffffL;
        var exponent = (int)((bits >> 52) & 0x7ff);
        var hex = $"{(number < 0 ? "-" : "")}0x{(exponent == 0 ? "0" : "1")}.{fraction:x13}p{(exponent == 0 ? -1022 : exponent - 1023)}";
        return GoFloat.TryParse(hex, out var fromHex) && fromHex.Equals(number)
            && GoFloat.TryParse(number.ToString("R"), out var fromDecimal) && fromDecimal.Equals(number);
    });

    [Fact]
    public void One_extract_of_several_tags_stands_for_the_last_of_them()
    {
        Assert.True(TagFilter.TryCreate("^(?P<v>[0-9.]+)-", "$v", out var filter, out _));
        var filtered = filter.Apply(["1.0.0-b", "latest", "1.0.0-a", "2.0.0-a"]);
        Assert.Equal(["1.0.0", "2.0.0"], filtered.Values);
        Assert.Equal("1.0.0-a", filtered.TagOf("1.0.0"));
    }

    [Fact]
    public void Bad_patterns_name_themselves()
    {
        Assert.False(TagFilter.TryCreate("(a", null, out _, out var error));
        Assert.Equal("invalid regular expression pattern '(a': error parsing regexp: missing closing ): `(a`", error);
        Assert.False(ExclusionList.TryCreate(["^a$", "["], out _, out error));
        Assert.Equal("failed to compile regex '[': error parsing regexp: missing closing ]: `[`", error);
    }

    [Theory]
    [InlineData("v1.0.0.sig", true)]
    [InlineData("sha256-abc.sig", true)]
    [InlineData("sig", false)]
    [InlineData("1.0.sig.2", false)]
    public void Signatures_are_excluded_by_default(string tag, bool excluded)
    {
        Assert.True(ExclusionList.TryCreate(ExclusionList.Default, out var list, out _));
        Assert.Equal(excluded, list.Excludes(tag));
    }

    [Theory]
    [InlineData("[1.2,2.0)", "1.2.0", true)]
    [InlineData("[1.2,2.0)", "2.0.0", false)]
    [InlineData("[1.2,2.0)", "2.0.0-rc.1", false)]
    [InlineData("(1.2,2.0]", "1.2.0", false)]
    [InlineData("(1.2,2.0]", "2.0.0", true)]
    [InlineData("(,1.5]", "0.0.1", true)]
    [InlineData("[1.0.0]", "1.0.0+build", true)]
    [InlineData("[1.0.0-0,2)", "1.5.0-rc.1", true)]
    [InlineData(" [1,2) ", "1.0.20240115123456", true)]
    public void Intervals_are_ranges_too(string range, string version, bool inside) =>
        Assert.Equal(inside, SemVerRange.Parse(range).Contains(SemVer.Parse(version)));

    [Theory]
    [InlineData("[1.0.0.5,2)")]
    [InlineData("[1.*,2)")]
    [InlineData("[2,1]")]
    [InlineData("[")]
    [InlineData("(a,b)")]
    public void Bad_intervals_are_refused(string range) => Assert.False(SemVerRange.TryParse(range, out _, out string? _));

    private static Gen<string> AnyOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    [Fact]
    public void Agrees_with_NuGet_on_what_both_read() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[0, 3], AnyOf("", "-alpha", "-alpha.1", "-2", "-10", "-rc"))
        .Select((major, minor, patch, tail) => $"{major}.{minor}.{patch}{tail}").Array[2].Sample(pair =>
        {
            var theirs = VersionComparer.VersionRelease.Compare(NuGetVersion.Parse(pair[0]), NuGetVersion.Parse(pair[1]));
            return Math.Sign(theirs) == SemVer.Parse(pair[0]).CompareTo(SemVer.Parse(pair[1]));
        });

    [Fact]
    public void Precedence_is_a_total_order()
    {
        var version = Gen.Select(Gen.ULong, Gen.ULong[0, 2], Gen.String[Gen.Char["01a-."], 0, 6])
            .Select((major, minor, tail) => SemVer.TryParse($"{major}.{minor}.0-{tail}", out var read)
                ? read
                : SemVer.Parse($"{major}.{minor}"));
        Gen.Select(version, version, version).Sample((a, b, c) =>
            a.CompareTo(b) == -b.CompareTo(a) && !(a <= b && b <= c && a > c) && (a == b) == a.Equals(b));
    }

    [Fact]
    public void The_one_pass_election_is_the_head_of_the_sorted_list() =>
        AnyOf("1.0.0", "v1.0.0", "1.2.0", "1.2.0-rc.1", "2.0.0", "latest", "1.2", "1.10.0", "1.9.0").Array[0, 12].Sample(tags =>
        {
            var range = SemVerRange.Parse(">=1.0.0-0 <2");
            return range.Highest(tags) == SemVerOrder.Descending(tags, range).AsEnumerable().FirstOrDefault();
        });
}
