using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Controllers.ImageReflector.Scanning;
using GitOpsToolkit.Controllers.ImageReflector.Storage;
using GitOpsToolkit.Registry;
using Xunit;

namespace GitOpsToolkit.Controllers.ImageReflector.Tests;

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

    private static TagSet Kept(double minutesAgo) => TagSets.Create("ghcr.io/team/app", ["v1"], Noon.AddMinutes(-minutesAgo));

    private static ScanDecision Decide(ImageRepository repository, bool requested = false) => Decide(repository, Kept(4), requested);

    private static ScanDecision Decide(ImageRepository repository, TagSet? kept, bool requested = false)
    {
        Assert.True(ImageName.TryParse("ghcr.io/team/app", out var image, out _));
        return ScanDecision.Make(repository, generation: 2, requested, image, Exclusions, kept, Noon);
    }
}
