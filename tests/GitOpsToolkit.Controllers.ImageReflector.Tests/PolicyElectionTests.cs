using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Controllers.ImageReflector.Policies;
using GitOpsToolkit.Controllers.ImageReflector.Storage;
using GitOpsToolkit.Registry;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace GitOpsToolkit.Controllers.ImageReflector.Tests;

/// <summary>Age, order of arrival and deletion over the store's tag sets, with a clock of the test's own.</summary>
public sealed class PolicyElectionTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider time = new(Start);

    [Fact]
    public async Task A_tag_is_elected_when_it_comes_of_age_and_the_result_says_when_to_look()
    {
        var tags = After(TagSets.Create("i", ["1.0.0"], Start), TimeSpan.FromHours(10), "1.1.0", "1.0.0");
        var annotations = new PolicyAnnotations { MinAge = TimeSpan.FromHours(8) };

        var early = await RunAsync(tags, annotations);
        Assert.Equal("1.0.0", early.Election.Tag);
        Assert.Equal(TimeSpan.FromHours(8), early.LookAgain);

        time.Advance(TimeSpan.FromHours(8));
        var late = await RunAsync(tags, annotations, incumbent: "1.0.0");
        Assert.Equal("1.1.0", late.Election.Tag);
        Assert.Null(late.LookAgain);
    }

    [Fact]
    public async Task A_lost_store_makes_every_tag_too_young_but_the_elected_one()
    {
        var found = TagSets.Create("i", ["1.1.0", "1.0.0"], Start);
        var annotations = new PolicyAnnotations { MinAge = TimeSpan.FromDays(3) };
        Assert.Equal("1.0.0", (await RunAsync(found, annotations, incumbent: "1.0.0")).Election.Tag);

        var nothing = await RunAsync(found, annotations);
        Assert.Equal("no tag that the policy admits may be used: 2 TooYoung", nothing.Election.Error);
        Assert.Equal(TimeSpan.FromDays(3), nothing.LookAgain);
    }

    [Fact]
    public async Task The_newest_of_random_tags_is_the_one_pushed_last_and_stays_when_it_is_deleted()
    {
        var annotations = new PolicyAnnotations { Newest = true };
        var set = TagSets.Create("i", ["f00", "abc"], Start);
        Assert.Equal("f00", (await RunAsync(set, annotations)).Election.Tag);
        set = After(set, TimeSpan.FromHours(1), "f00", "abc", "0de");
        var newest = await RunAsync(set, annotations);
        Assert.Equal("0de", newest.Election.Tag);
        Assert.Equal(Start.AddHours(1), newest.FirstSeen);

        var gone = After(set, TimeSpan.FromHours(1), "f00", "abc");
        var held = await RunAsync(gone, annotations, "0de", newest.FirstSeen);
        Assert.Equal("0de", held.Election.Tag);
        Assert.True(held.IncumbentIsGone);
        Assert.Equal(newest.FirstSeen, held.FirstSeen);

        var next = After(gone, TimeSpan.FromHours(1), "f00", "abc", "0aa");
        var elected = await RunAsync(next, annotations, "0de", held.FirstSeen);
        Assert.Equal("0aa", elected.Election.Tag);
        Assert.False(elected.IncumbentIsGone);
    }

    [Fact]
    public async Task The_end_of_a_hold_is_a_time_to_look_again()
    {
        var holds = new PolicyAnnotations { Holds = [new("1.1.0", Until: Start.AddHours(5)), new("1.0.1")] };
        var result = await RunAsync(TagSets.Create("i", ["1.1.0", "1.0.1", "1.0.0"], Start), holds);
        Assert.Equal("1.0.0", result.Election.Tag);
        Assert.Equal(TimeSpan.FromHours(5), result.LookAgain);
    }

    [Theory]
    [InlineData(null, false, true)]
    [InlineData(null, true, false)]
    [InlineData(true, true, true)]
    [InlineData(false, false, false)]
    public async Task What_becomes_of_a_deleted_tag_is_the_annotations_or_else_the_modes(bool? annotation, bool compatible, bool stays)
    {
        var result = await RunAsync(
            TagSets.Create("i", ["1.0.0"], Start), new PolicyAnnotations { HoldDeleted = annotation }, "1.1.0", compatible: compatible);
        Assert.Equal(stays ? "1.1.0" : "1.0.0", result.Election.Tag);
        Assert.Equal(stays, result.IncumbentIsGone);
        Assert.Equal(1, result.Election.Counts.Considered);
    }

    [Fact]
    public async Task A_deleted_tag_that_the_policy_no_longer_admits_gives_way()
    {
        var result = await RunAsync(TagSets.Create("i", ["1.0.0"], Start), new PolicyAnnotations(), "2.0.0", range: "1.x");
        Assert.Equal("1.0.0", result.Election.Tag);
        Assert.False(result.IncumbentIsGone);
    }

    private TagSet After(TagSet before, TimeSpan wait, params string[] tags)
    {
        time.Advance(wait);
        return TagSets.Follow(before, new ScannedTags("i", PackedTags.Of(tags), time.GetUtcNow()));
    }

    private Task<PollResult> RunAsync(
        TagSet tags, PolicyAnnotations annotations, string? incumbent = null, DateTimeOffset? seen = null, string? range = null,
        bool compatible = false)
    {
        var isVersion = tags.Tags.Any(tag => tag.Contains('.', StringComparison.Ordinal));
        var choice = isVersion
            ? new ImagePolicyChoice { SemVer = new SemVerPolicy { Range = range ?? "*" } }
            : new ImagePolicyChoice { Alphabetical = new AlphabeticalPolicy() };
        Assert.True(ElectionRules.TryRead(new ImagePolicySpec { Policy = choice }, out var rules, out var error), error);
        var repository = new ImageRepository { Spec = new ImageRepositorySpec { Image = "i", Interval = GoDuration.Parse("10m") } };
        var poll = new Poll(rules, annotations, repository, tags)
        {
            Incumbent = incumbent,
            IncumbentFirstSeen = seen,
            FluxCompatible = compatible,
        };

        // No platforms are asked for: nothing is looked up.
        return new PolicyElection(inspector: null!, time).RunAsync(poll, CancellationToken.None);
    }
}
