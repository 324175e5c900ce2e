using Xunit;

namespace GitOpsToolkit.Versioning.Tests;

public sealed class TagElectorTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private static TagPolicy Range(string range) => TagPolicy.TrySemVer(range, out var policy, out var error)
        ? policy
        : throw new FormatException(error);

    [Fact]
    public void Ties_go_to_the_first_version_and_to_the_last_number()
    {
        Assert.Equal("v1.0.0", new TagElector(Range(">=1.0.0")).Elect(["v1.0.0", "1.0.0", "01.0.0"]).Tag);
        Assert.Equal("1.0", new TagElector(TagPolicy.Numerical(TagOrder.Ascending)).Elect(["1", "0", "1.0"]).Tag);
        Assert.Equal("0.0", new TagElector(TagPolicy.Numerical(TagOrder.Descending)).Elect(["1", "0", "0.0"]).Tag);
    }

    [Fact]
    public void Nothing_to_choose_from_is_an_error_with_Flux_s_words()
    {
        Assert.Equal("version list argument cannot be empty", new TagElector(TagPolicy.Alphabetical(TagOrder.Ascending)).Elect([]).Error);
        Assert.Equal(
            "unable to determine latest version from provided list", new TagElector(Range("1.x")).Elect(["latest", "1.2", "2.0.0"]).Error);
        Assert.False(TagPolicy.TryParseOrder("up", out _, out var error));
        Assert.Equal("invalid order argument provided: 'up', must be one of: asc, desc", error);
    }

    [Fact]
    public void A_tag_that_is_no_number_is_passed_over_and_counted_or_fails_as_with_Flux()
    {
        var numbers = TagPolicy.Numerical(TagOrder.Ascending);
        var election = new TagElector(numbers).Elect(["x", "9", "10"]);
        Assert.Equal("10", election.Tag);
        Assert.Equal(1, election.Counts[TagRefusal.NotANumber]);
        Assert.Equal("no tag is a number, for example 'x'", new TagElector(numbers).Elect(["x", "y"]).Error);

        var strict = new TagElector(numbers, terms: new ElectionTerms { FailOnBadNumber = true }).Elect(["x", "9", "10"]);
        Assert.Null(strict.Tag);
        Assert.Equal("failed to parse invalid numeric value 'x'", strict.Error);
    }

    [Fact]
    public void Every_tag_is_counted_once_under_the_first_reason_that_refuses_it()
    {
        Assert.True(TagFilter.TryCreate("^v(?P<v>.*)$", "$v", out var filter, out _));
        var terms = new ElectionTerms { Now = Now, Holds = [new TagHold("1.3.0")], MinAge = TimeSpan.FromHours(1) };
        var young = new Dictionary<string, DateTimeOffset?> { ["v1.4.0"] = Now.AddMinutes(-10), ["v1.5.0"] = Now.AddMinutes(-50) };
        var elector = new TagElector(Range("^1.0"), filter, terms);

        var election = elector.Elect(
            ["v2.0.0", "v1.9", "v1.6.0", "v1.5.0", "v1.4.0", "v1.4.0-rc.1", "v1.3.0", "v1.2.0", "latest"],
            tag => tag == "v1.6.0" ? null : young.GetValueOrDefault(tag, Now.AddDays(-1)));

        Assert.Equal("v1.2.0", election.Tag);
        Assert.Equal(9, election.Counts.Considered);
        Assert.Equal(1, election.Counts.Eligible);
        Assert.Equal(
            "Filtered 1, NotAVersion 1, Prerelease 1, OutOfRange 1, Held 1, TooYoung 3",
            string.Join(", ", election.Counts.Refused.Select(refused => $"{refused.Key} {refused.Value}")));
        Assert.Equal(Now.AddMinutes(10), election.NextOfAge);
    }

    [Theory]
    [InlineData("1.4.0", "v1.4.0", true)]
    [InlineData("v1.4.0", "1.4.0", true)]
    [InlineData("1.4", "v1.4.7", true)]
    [InlineData("1.4", "v1.4.7-rc.1", true)]
    [InlineData(">=1.4.0 <1.4.3", "v1.4.3", false)]
    [InlineData(">=1.4.0 <1.4.3", "v1.4.2", true)]
    [InlineData("[1.4.0,1.4.3]", "v1.4.3", true)]
    [InlineData("1.4.0", "v1.4.1", false)]
    public void A_hold_names_a_version_or_a_range_of_them(string hold, string tag, bool held)
    {
        var terms = new ElectionTerms { Now = Now, Holds = [new TagHold(hold)] };
        Assert.Equal(held ? null : tag, new TagElector(Range(">=0.0.0-0"), terms: terms).Elect([tag]).Tag);
    }

    [Fact]
    public void A_hold_of_another_policy_names_a_tag_to_the_letter()
    {
        var terms = new ElectionTerms { Now = Now, Holds = [new TagHold("1.4")] };
        var election = new TagElector(TagPolicy.Alphabetical(TagOrder.Ascending), terms: terms).Elect(["1.4.2", "1.4"]);
        Assert.Equal("1.4.2", election.Tag);
        Assert.Equal(1, election.Counts[TagRefusal.Held]);
    }

    [Fact]
    public void A_hold_ends()
    {
        TagElection At(DateTimeOffset now) => new TagElector(
            Range("*"), terms: new ElectionTerms { Now = now, Holds = [new TagHold("2.0.0", Until: Now)] }).Elect(["2.0.0", "1.0.0"]);
        Assert.Equal("1.0.0", At(Now.AddTicks(-1)).Tag);
        Assert.Equal("2.0.0", At(Now).Tag);
    }

    [Fact]
    public void The_incumbent_never_becomes_too_young_again()
    {
        var terms = new ElectionTerms { Now = Now, MinAge = TimeSpan.FromDays(3), Incumbent = "1.0.0" };
        var election = new TagElector(Range("*"), terms: terms).Elect(["1.1.0", "1.0.0"], _ => null);
        Assert.Equal("1.0.0", election.Tag);
        var error = new TagElector(Range("*"), terms: terms with { Incumbent = null }).Elect(["1.1.0", "1.0.0"], _ => Now).Error;
        Assert.Equal("no tag that the policy admits may be used: 2 TooYoung", error);
    }

    [Fact]
    public void The_newest_is_the_one_seen_first_last_and_the_policy_decides_between_equals()
    {
        var seen = new Dictionary<string, DateTimeOffset?> { ["f00"] = Now.AddHours(-2), ["b4d"] = Now.AddHours(-1), ["ace"] = Now.AddHours(-1) };
        var terms = new ElectionTerms { NewestFirst = true, Now = Now };
        string? Elect(TagOrder order) =>
            new TagElector(TagPolicy.Alphabetical(order), terms: terms).Elect(["f00", "b4d", "ace", "999"], seen.GetValueOrDefault).Tag;
        Assert.Equal("b4d", Elect(TagOrder.Ascending));
        Assert.Equal("ace", Elect(TagOrder.Descending));
    }

    [Fact]
    public void What_was_looked_up_and_refused_leaves_the_next_best()
    {
        var refused = new Dictionary<string, TagObjection>
        {
            ["3.0.0"] = new(TagRefusal.WrongKey, "by nobody"),
            ["2.0.0"] = new(TagRefusal.PlatformMissing, "no arm64"),
        };
        var election = new TagElector(Range("*"), terms: new ElectionTerms { Refused = refused }).Elect(["3.0.0", "2.0.0", "1.0.0"]);
        Assert.Equal("1.0.0", election.Tag);
        Assert.Equal((1, 1), (election.Counts[TagRefusal.WrongKey], election.Counts[TagRefusal.PlatformMissing]));
    }

    [Theory]
    [InlineData(true, "latest")]
    [InlineData(true, "stable", "latest")]
    [InlineData(false, "stable", "latest", "deadbeef1")]
    [InlineData(false)]
    public void Only_tags_without_a_digit_make_an_election_float(bool expected, params string[] tags) =>
        Assert.Equal(expected, new TagElector(TagPolicy.Alphabetical(TagOrder.Ascending)).Elect(tags).IsFloating);

    [Fact]
    public void A_tag_that_filter_or_policy_refuses_does_not_count_for_floating_but_one_held_back_does()
    {
        Assert.True(TagFilter.TryCreate("^[a-z-]+(1.0.0)?$", extract: null, out var filter, out _));
        var elector = new TagElector(TagPolicy.Alphabetical(TagOrder.Ascending), filter);
        Assert.True(elector.Elect(["v2", "latest"]).IsFloating);

        var terms = new ElectionTerms { Now = Now, Holds = [new TagHold("b1.0.0", "breaks the login", "ann", Now.AddDays(1))] };
        var held = new TagElector(TagPolicy.Alphabetical(TagOrder.Ascending), filter, terms).Elect(["b1.0.0", "a"]);
        Assert.Equal(("a", 1, false), (held.Tag, held.Counts[TagRefusal.Held], held.IsFloating));
    }

    [Fact]
    public void Every_tag_is_explained()
    {
        Assert.True(TagFilter.TryCreate("^v(?P<v>[^+]*)", "$v", out var filter, out _));
        var hold = new TagHold("1.5.0", "breaks the login", "ann", Now.AddDays(1));
        var terms = new ElectionTerms { Now = Now, MinAge = TimeSpan.FromHours(1), Holds = [hold] };
        KeyValuePair<string, DateTimeOffset?> Old(string tag) => KeyValuePair.Create<string, DateTimeOffset?>(tag, Now.AddDays(-9));

        var report = new TagElector(Range("^1.0"), filter, terms).Explain(
            [Old("v2.0.0"), KeyValuePair.Create<string, DateTimeOffset?>("v1.7.0", null), KeyValuePair.Create<string, DateTimeOffset?>("v1.6.0", Now),
                Old("v1.5.0"), Old("v1.4.0-rc.1"), Old("v1.3.0+b"), Old("v1.3.0"), Old("v1.2.0"), Old("v1"), Old("latest")]);

        Assert.Equal("v1.3.0", report.Election.Tag);
        string[] expected =
        [
            "v2.0.0 OutOfRange: not in the range '^1.0'",
            "v1.7.0 TooYoung: not known when it was first seen: counts as too young",
            "v1.6.0 TooYoung: first seen 2026-11-23T12:00:00Z: old enough at 2026-11-23T13:00:00Z",
            "v1.5.0 Held: held back by ann until 2026-11-24T12:00:00Z: breaks the login",
            "v1.4.0-rc.1 Prerelease: a prerelease, and no item of the range '^1.0' names one",
            "v1.3.0+b Outranked: gives the same value as v1.3.0",
            "v1.3.0 Elected: elected",
            "v1.2.0 Outranked: v1.3.0 ranks higher",
            "v1 NotAVersion: '1' is no version of three parts",
            "latest Filtered: the pattern of spec.filterTags does not match",
        ];
        Assert.Equal(expected, report.Verdicts.Select(verdict => $"{verdict.Tag} {verdict.Reason}: {verdict.Message}"));
    }
}
