using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Controllers.ImageReflector.Storage;
using GitOpsToolkit.Registry;

namespace GitOpsToolkit.Controllers.ImageReflector.Scanning;

/// <summary>Whether a repository is to be scanned now.</summary>
/// <param name="Reason">Why, or null where it is not.</param>
/// <param name="Wait">How long until the next scan is due.</param>
/// <param name="NewerThan">A listing that another object made counts if it was begun after this.</param>
/// <param name="IsRoutine">Nobody asked and nothing of the object changed: the scan may be put off a little.</param>
internal sealed record ScanDecision(string? Reason, TimeSpan Wait, DateTimeOffset NewerThan, bool IsRoutine)
{
    // Timers may fire a little early: a scan that is due within this time is due.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(1);

    /// <summary>Decides.</summary>
    /// <param name="repository">The object.</param>
    /// <param name="asked">What the object asks for now.</param>
    /// <param name="kept">What is stored for it.</param>
    /// <param name="heldAt">When a listing was held back, if one is.</param>
    /// <param name="now">The time.</param>
    internal static ScanDecision Make(
        ImageRepository repository, ScanTerms asked, TagSetSummary? kept, DateTimeOffset? heldAt, DateTimeOffset now)
    {
        var interval = repository.Spec.Interval.ToTimeSpan();
        var status = repository.Status;
        var last = kept?.Image != asked.Image.Canonical ? heldAt : heldAt > kept.ScannedAt ? heldAt : kept.ScannedAt;
        var change = asked.IsRequested ? "reconcile requested"
            : status.LastScanResult is null ? "first scan"
            : status.CanonicalImageName != asked.Image.Canonical ? "new image name"
            : !status.ObservedExclusionList.SequenceEqual(asked.Exclusions) ? "exclusion list changed"
            : last is not null && status.ObservedGeneration != asked.Generation ? "spec changed"
            : null;

        // A scan in the future is one of a clock that was wrong.
        var reason = change
            ?? (last is null ? "no tags in database"
                : now - last >= interval - Slack || last > now + Slack ? "interval elapsed"
                : null);
        if (reason is null)
        {
            return new ScanDecision(Reason: null, interval - (now - last!.Value), now, IsRoutine: true);
        }

        // Asked for by hand: nothing that was begun before will do. Otherwise whatever this object has not seen yet.
        var oldest = now - interval;
        return new ScanDecision(reason, interval, asked.IsRequested ? now : last > oldest && last <= now ? last.Value : oldest, change is null);
    }
}

/// <summary>What an object asks for now.</summary>
/// <param name="Image">The repository.</param>
/// <param name="Exclusions">The patterns of tags to drop.</param>
/// <param name="Generation">The object's generation.</param>
/// <param name="IsRequested">Whether the user asked for a scan.</param>
internal sealed record ScanTerms(ImageName Image, IReadOnlyList<string> Exclusions, long Generation, bool IsRequested);
