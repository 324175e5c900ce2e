using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Controllers.ImageReflector.Storage;
using GitOpsToolkit.Registry;

namespace GitOpsToolkit.Controllers.ImageReflector.Scanning;

/// <summary>Whether a repository is to be scanned now.</summary>
/// <param name="Reason">Why, or null where it is not.</param>
/// <param name="Wait">How long until the next scan is due.</param>
/// <param name="NewerThan">A listing that another object made counts if it is newer than this.</param>
internal sealed record ScanDecision(string? Reason, TimeSpan Wait, DateTimeOffset NewerThan)
{
    // Timers may fire a little early: a scan that is due within this time is due.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(1);

    internal static ScanDecision Make(
        ImageRepository repository, long generation, bool requested, ImageName image, IReadOnlyList<string> exclusions, TagSet? kept,
            DateTimeOffset now)
    {
        var interval = repository.Spec.Interval.ToTimeSpan();
        var status = repository.Status;
        var reason = requested ? "reconcile requested"
            : status.LastScanResult is null ? "first scan"
            : status.CanonicalImageName != image.Canonical ? "new image name"
            : !status.ObservedExclusionList.SequenceEqual(exclusions) ? "exclusion list changed"
            : kept is null || kept.Image != image.Canonical ? "no tags in database"
            : status.ObservedGeneration != generation ? "spec changed"
            : now - kept.ScannedAt >= interval - Slack ? "interval elapsed"
            : null;
        if (reason is null)
        {
            return new ScanDecision(Reason: null, interval - (now - kept!.ScannedAt), now);
        }

        // Asked for by hand: nothing that was listed before will do. Otherwise whatever this object has not seen yet.
        var seen = kept?.ScannedAt ?? DateTimeOffset.MinValue;
        var oldest = now - interval;
        return new ScanDecision(reason, interval, requested ? now : seen > oldest ? seen : oldest);
    }
}
