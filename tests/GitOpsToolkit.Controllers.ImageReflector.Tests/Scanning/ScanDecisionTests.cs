using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Controllers.ImageReflector.Scanning;
using GitOpsToolkit.Controllers.ImageReflector.Storage;
using GitOpsToolkit.Registry;
using Xunit;

namespace GitOpsToolkit.Controllers.ImageReflector.Tests.Scanning;

public sealed class ScanDecisionTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private static readonly string[] Exclusions = ["^.*\\.sig$"];

    [Fact]
    public void Nothing_new_waits_for_the_rest_of_the_interval()
    {
        var decision = Decide(Scanned());
        Assert.Null(decision.Reason);
        Assert.Equal(TimeSpan.FromMinutes(6), decision.Wait);
    }

    [Fact]
    public void The_reasons_are_those_of_Flux()
    {
        Assert.Equal("reconcile requested", Decide(Scanned(), requested: true).Reason);
        Assert.Equal("first scan", Decide(Scanned() with { Status = new ImageRepositoryStatus() }).Reason);
        Assert.Equal("new image name", Decide(Scanned(status => status with { CanonicalImageName = "ghcr.io/team/other" })).Reason);
        Assert.Equal("exclusion list changed", Decide(Scanned(status => status with { ObservedExclusionList = ["x"] })).Reason);
        Assert.Equal("no tags in database", Decide(Scanned(), kept: null).Reason);
        Assert.Equal("no tags in database", Decide(Scanned(), Kept(4) with { Image = "ghcr.io/team/other" }).Reason);
        Assert.Equal("spec changed", Decide(Scanned(status => status with { ObservedGeneration = 1 })).Reason);
        Assert.Equal("interval elapsed", Decide(Scanned(), Kept(10)).Reason);
        Assert.Equal("interval elapsed", Decide(Scanned(), Kept(10) with { ScannedAt = Noon.AddSeconds(-599.5) }).Reason);
    }

    [Fact]
    public void A_requested_scan_takes_nothing_from_before()
    {
        Assert.Equal(Noon, Decide(Scanned(), requested: true).NewerThan);
    }

    [Fact]
    public void A_due_scan_takes_a_listing_of_others_that_it_has_not_seen_and_that_is_not_older_than_the_interval()
    {
        Assert.Equal(Noon.AddMinutes(-10), Decide(Scanned(), Kept(12)).NewerThan);
        Assert.Equal(Noon.AddSeconds(-599.5), Decide(Scanned(), Kept(0) with { ScannedAt = Noon.AddSeconds(-599.5) }).NewerThan);
        Assert.Equal(Noon.AddMinutes(-10), Decide(Scanned(), kept: null).NewerThan);
    }

    [Fact]
    public void A_held_listing_counts_as_a_look_so_that_the_next_comes_an_interval_later()
    {
        var waiting = Decide(Scanned(), Kept(60), heldAt: Noon.AddMinutes(-4));
        Assert.Equal((null, TimeSpan.FromMinutes(6)), (waiting.Reason, waiting.Wait));
        Assert.Null(Decide(Scanned(), kept: null, heldAt: Noon.AddMinutes(-4)).Reason);

        var due = Decide(Scanned(), Kept(60), heldAt: Noon.AddMinutes(-10));
        Assert.Equal("interval elapsed", due.Reason);
        Assert.Equal("reconcile requested", Decide(Scanned(), Kept(60), requested: true, Noon).Reason);
    }

    [Fact]
    public void A_scan_in_the_future_is_one_of_a_wrong_clock()
    {
        Assert.Equal("interval elapsed", Decide(Scanned(), Kept(-2)).Reason);
        Assert.Equal(Noon.AddMinutes(-10), Decide(Scanned(), Kept(-2)).NewerThan);
        Assert.Null(Decide(Scanned(), Kept(0)).Reason);
    }

    [Fact]
    public void Only_what_nobody_asked_for_may_be_put_off()
    {
        Assert.True(Decide(Scanned(), Kept(10)).IsRoutine);
        Assert.True(Decide(Scanned(), kept: null).IsRoutine);
        Assert.False(Decide(Scanned(), requested: true).IsRoutine);
        Assert.False(Decide(Scanned() with { Status = new ImageRepositoryStatus() }).IsRoutine);
        Assert.False(Decide(Scanned(status => status with { ObservedExclusionList = ["x"] })).IsRoutine);
    }

    private static ImageRepository Scanned(Func<ImageRepositoryStatus, ImageRepositoryStatus>? change = null)
    {
        var status = new ImageRepositoryStatus
        {
            ObservedGeneration = 2,
            CanonicalImageName = "ghcr.io/team/app",
            ObservedExclusionList = Exclusions,
            LastScanResult = new ScanResult { Revision = "r", TagCount = 1 },
        };
        return new ImageRepository
        {
            Spec = new ImageRepositorySpec { Image = "ghcr.io/team/app", Interval = GoDuration.Parse("10m") },
            Status = change is null ? status : change(status),
        };
    }

    private static TagSetSummary Kept(double minutesAgo) => new("ghcr.io/team/app", "r", 1, Noon.AddMinutes(-minutesAgo));

    private static ScanDecision Decide(ImageRepository repository, bool requested = false) => Decide(repository, Kept(4), requested);

    private static ScanDecision Decide(
        ImageRepository repository, TagSetSummary? kept, bool requested = false, DateTimeOffset? heldAt = null)
    {
        Assert.True(ImageName.TryParse("ghcr.io/team/app", out var image, out _));
        return ScanDecision.Make(repository, new ScanTerms(image, Exclusions, Generation: 2, requested), kept, heldAt, Noon);
    }
}
