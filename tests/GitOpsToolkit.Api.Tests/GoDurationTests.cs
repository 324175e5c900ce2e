using CsCheck;
using GitOpsToolkit.Api.Meta;
using Xunit;

namespace GitOpsToolkit.Api.Tests;

public sealed class GoDurationTests
{
    [Theory]
    [InlineData("0", 0, "0s")]
    [InlineData("+0", 0, "0s")]
    [InlineData("0s", 0, "0s")]
    [InlineData("5s", 5_000_000_000, "5s")]
    [InlineData("1m", 60_000_000_000, "1m0s")]
    [InlineData("90s", 90_000_000_000, "1m30s")]
    [InlineData("1h30m", 5_400_000_000_000, "1h30m0s")]
    [InlineData("1h", 3_600_000_000_000, "1h0m0s")]
    [InlineData("750ms", 750_000_000, "750ms")]
    [InlineData("1.5s", 1_500_000_000, "1.5s")]
    [InlineData("1.5h", 5_400_000_000_000, "1h30m0s")]
    [InlineData(".5m", 30_000_000_000, "30s")]
    [InlineData("5.s", 5_000_000_000, "5s")]
    [InlineData("5.0m", 300_000_000_000, "5m0s")]
    [InlineData("-10ms", -10_000_000, "-10ms")]
    [InlineData("1h15m30.918s", 4_530_918_000_000, "1h15m30.918s")]
    [InlineData("3h2m1s", 10_921_000_000_000, "3h2m1s")]
    [InlineData("10ns", 10, "10ns")]
    [InlineData("11us", 11_000, "11µs")]
    [InlineData("12µs", 12_000, "12µs")]
    [InlineData("12μs10ns", 12_010, "12.01µs")]
    [InlineData("1ns1h", 3_600_000_000_001, "1h0m0.000000001s")]
    [InlineData("0.100000000000000000000h", 360_000_000_000, "6m0s")]
    [InlineData("0.3333333333333333333h", 1_200_000_000_000, "20m0s")]
    [InlineData("9007199254740993ns", 9_007_199_254_740_993, "2501h59m59.254740993s")]
    [InlineData("9223372036854775807ns", long.MaxValue, "2562047h47m16.854775807s")]
    [InlineData("-9223372036854775808ns", long.MinValue, "-2562047h47m16.854775808s")]
    [InlineData("0.9223372036854775807h", 3_320_413_933_267, "55m20.413933267s")]
    public void Reads_and_prints_as_go_does(string text, long nanoseconds, string printed)
    {
        var value = GoDuration.Parse(text);

        Assert.Equal(nanoseconds, value.Nanoseconds);
        Assert.Equal(printed, value.ToString());
    }

    [Theory]
    [InlineData("", "it has no number")]
    [InlineData("-", "it has no number")]
    [InlineData("3", "a number has no unit; use ms, s, m or h, such as 1m30s")]
    [InlineData("1m3", "a number has no unit; use ms, s, m or h, such as 1m30s")]
    [InlineData("s", "it has no number where one is due")]
    [InlineData(".", "it has no number where one is due")]
    [InlineData(".s", "it has no number where one is due")]
    [InlineData("+.s", "it has no number where one is due")]
    [InlineData("--1s", "it has no number where one is due")]
    [InlineData(" 1s", "it has no number where one is due")]
    [InlineData("1s ", "unknown unit \"s \"; use ms, s, m or h, such as 1m30s")]
    [InlineData("1d", "unknown unit \"d\"; use ms, s, m or h, such as 1m30s")]
    [InlineData("1 m", "unknown unit \" m\"; use ms, s, m or h, such as 1m30s")]
    [InlineData("1M", "unknown unit \"M\"; use ms, s, m or h, such as 1m30s")]
    [InlineData("1m-5s", "unknown unit \"m-\"; use ms, s, m or h, such as 1m30s")]
    [InlineData("3000000h", "it is longer than 292 years")]
    [InlineData("9223372036854775808ns", "it is longer than 292 years")]
    [InlineData("9223372036854ms775us808ns", "it is longer than 292 years")]
    [InlineData("99999999999999999999s", "it is longer than 292 years")]
    public void Refuses_what_go_refuses_and_says_why(string text, string problem)
    {
        Assert.False(GoDuration.TryParse(text, out var value, out var actual));
        Assert.Equal(problem, actual);
        Assert.Equal(GoDuration.Zero, value);
        Assert.Contains(problem, Assert.Throws<FormatException>(() => GoDuration.Parse(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_text_is_no_duration() => Assert.False(GoDuration.TryParse(null, out _, out _));

    [Fact]
    public void Every_duration_parses_back_from_its_own_text() =>
        Gen.OneOf(Gen.Long, Gen.Long[-2_000_000_000, 2_000_000_000]).Sample(n => GoDuration.Parse(new GoDuration(n).ToString()).Nanoseconds == n);

    [Fact]
    public void What_the_crd_pattern_allows_is_the_sum_of_its_terms()
    {
        var unit = Gen.OneOf(
            Gen.Const(("h", 3_600_000_000_000L)), Gen.Const(("m", 60_000_000_000L)), Gen.Const(("s", 1_000_000_000L)), Gen.Const(("ms", 1_000_000L)));
        var term = Gen.Select(Gen.Int[0, 9999], unit);

        term.Array[1, 6].Sample(terms =>
        {
            var text = string.Concat(terms.Select(t => $"{t.Item1}{t.Item2.Item1}"));
            return GoDuration.Parse(text).Nanoseconds == terms.Sum(t => t.Item1 * t.Item2.Item2);
        });
    }

    [Fact]
    public void No_text_makes_it_throw_anything_but_a_format_exception() =>
        Gen.Char["0123456789.-+nuµmsh dM"].Array[0, 12].Select(c => new string(c)).Sample(text =>
        {
            var parsed = GoDuration.TryParse(text, out _, out var problem);
            return parsed == problem is null;
        });

    [Fact]
    public void Converts_from_and_to_time_spans()
    {
        Assert.Equal("1m30s", GoDuration.From(TimeSpan.FromSeconds(90)).ToString());
        Assert.Equal(TimeSpan.FromMilliseconds(750), GoDuration.Parse("750ms").ToTimeSpan());
        Assert.Equal(TimeSpan.Zero, GoDuration.Parse("99ns").ToTimeSpan());
        Assert.Equal(long.MaxValue, GoDuration.From(TimeSpan.MaxValue).Nanoseconds);
        Assert.Equal(long.MinValue, GoDuration.From(TimeSpan.MinValue).Nanoseconds);
    }

    [Fact]
    public void Compares_by_length()
    {
        var minute = GoDuration.Parse("1m");
        var seconds = GoDuration.Parse("60s");

        Assert.True(minute == seconds);
        Assert.Equal(minute.GetHashCode(), seconds.GetHashCode());
        Assert.True(minute < GoDuration.Parse("61s"));
        Assert.True(minute > GoDuration.Parse("59s"));
        Assert.True(minute >= seconds && minute <= seconds && !(minute != seconds));
    }
}
