using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Controllers.ImageReflector.Access;
using GitOpsToolkit.Controllers.ImageReflector.Storage;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Reconciling;
using GitOpsToolkit.Reconciling.Events;
using GitOpsToolkit.Reconciling.Status;
using GitOpsToolkit.Registry;
using GitOpsToolkit.Versioning;
using Microsoft.Extensions.Logging;
using RepositoryScope = GitOpsToolkit.Reconciling.Scope<GitOpsToolkit.Api.Image.V1.ImageRepository,
    GitOpsToolkit.Api.Image.V1.ImageRepositoryStatus>;

namespace GitOpsToolkit.Controllers.ImageReflector.Scanning;

/// <summary>
/// Scans an ImageRepository when it is due: 1. name and exclusions, 2. whether to scan, 3. login, 4. listing, 5. whether to believe it,
/// 6. store and status.
/// </summary>
internal sealed class ImageRepositoryReconciler(
    WatchCache<ImageRepository> cache, ReconcilerServices services, ITagStore store, TagScanner scanner, ScanSpread spread, RegistryLogin login)
    : ToolkitReconciler<ImageRepository, ImageRepositoryStatus>(cache, services, Options)
{
    private const int LatestTags = 10;

    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);

    private readonly ShrinkGuard guard = new();

    /// <inheritdoc/>
    protected override IReadOnlyList<Step<ImageRepository, ImageRepositoryStatus>> Steps => [ReadAsync, ScanAsync];

    private static ReconcilerOptions Options { get; } = new() { FieldManager = "image-reflector-controller" };

    /// <inheritdoc/>
    protected override ReadyMessage Success(RepositoryScope scope)
    {
        var result = scope.Status.LastScanResult;
        return new ReadyMessage(Reasons.Succeeded, $"successful scan: found {result?.TagCount} tags with checksum {result?.Revision}");
    }

    /// <inheritdoc/>
    protected override Task<Outcome> FinalizeAsync(RepositoryScope scope, CancellationToken cancellation)
    {
        store.Remove(scope.Key);
        return Task.FromResult(Outcome.Next);
    }

    /// <inheritdoc/>
    protected override void Forget(ObjectKey key)
    {
        // Also where the object went without its finalizer.
        store.Remove(key);
        guard.Forget(key);
    }

    /// <summary>1. What the spec says, in terms to work with.</summary>
    private Task<Outcome> ReadAsync(RepositoryScope scope, CancellationToken cancellation)
    {
        var spec = scope.Object.Spec;
        if (login.Refuse(spec) is { } refused)
        {
            return Task.FromResult<Outcome>(refused);
        }

        if (!ImageName.TryParse(spec.Image, out var image, out var problem))
        {
            return Task.FromResult<Outcome>(new Outcome.Stalled(Reasons.ImageURLInvalid, problem));
        }

        if (!Exclusions.TryRead(spec, out var exclusions, out problem))
        {
            return Task.FromResult<Outcome>(new Outcome.Stalled(Reasons.InvalidSpec, $"spec.exclusionList: {problem}"));
        }

        scope.Set(new Plan(image, Exclusions.PatternsOf(spec), exclusions));
        return Task.FromResult(Outcome.Next);
    }

    private async Task<Outcome> ScanAsync(RepositoryScope scope, CancellationToken cancellation)
    {
        // 2. Whether to scan.
        var plan = scope.Get<Plan>();
        var now = Time.GetUtcNow();
        var terms = new ScanTerms(plan.Image, plan.Patterns, scope.Generation, scope.IsRequested);
        var decision = ScanDecision.Make(scope.Object, terms, store.Describe(scope.Key), guard.HeldAt(scope.Key), now);
        if (decision.Reason is null)
        {
            return new Outcome.Done(decision.Wait);
        }

        if (decision.IsRoutine
            && spread.Delay(scope.Key, plan.Image, scope.Object.Spec.Interval.ToTimeSpan(), now) is { Ticks: > 0 } delay)
        {
            return new Outcome.Done(delay);
        }

        var spec = scope.Object.Spec;
        var timeout = RegistryTimeout.Of(spec);
        using var deadline = Time.StartDeadline(timeout.Span);
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        try
        {
            // 3. Login.
            var (access, fault) = await login.ResolveAsync(scope.Object, plan.Image, bounded.Token);
            if (access is null)
            {
                return new Outcome.Retry(fault!);
            }

            // 4. Listing.
            var listing = await scanner.ListAsync(plan.Image, access, decision.NewerThan, bounded.Token);
            Keep(scope, plan, listing, decision.Reason);

            // Reckoned from the listing, so that objects that share one stay together.
            var next = listing.At + spec.Interval.ToTimeSpan() - Time.GetUtcNow();
            return new Outcome.Done(next > ShortestPause ? next : ShortestPause);
        }
        catch (RegistryException error)
        {
            return new Outcome.Retry(new Fault(RegistryFaults.ReasonOf(error), $"scan failed: {error.Message}"), error.RetryAfter);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new Outcome.Retry(
                Reasons.StorageOperationFailed, $"the tags could not be stored in --storage-path; those of before stand: {error.Message}");
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return new Outcome.Retry(Reasons.ReadOperationFailed, $"scan failed: {timeout.Exceeded} ({timeout.Field})");
        }
    }

    /// <summary>
    /// 5. Whether to believe it. 6. Store and status. The status is written only where the tag set or its terms differ, so that a scan
    /// without news writes nothing.
    /// </summary>
    private void Keep(RepositoryScope scope, Plan plan, TagListing listing, string why)
    {
        var canonical = plan.Image.Canonical;
        var scanned = new ScannedTags(canonical, plan.Exclusions.WithoutExcluded(listing.Tags), listing.At);
        var before = FindBefore(scope, plan);
        if (guard.MustHold(scope.Key, before, scanned))
        {
            Hold(scope, before.Count, scanned.Tags.Count);
            return;
        }

        scope.Conditions.Remove(ConditionTypes.TagListShrunk);
        var tags = store.Replace(scope.Key, scanned);
        var last = scope.Status.LastScanResult;
        var news = last?.Revision != tags.Revision || scope.Status.CanonicalImageName != canonical;
        scope.Status = scope.Status with
        {
            CanonicalImageName = canonical,
            ObservedExclusionList = plan.Patterns,
            LastScanResult = news
                ? new ScanResult
                {
                    Revision = tags.Revision,
                    TagCount = tags.Packed.Count,
                    ScanTime = tags.ScannedAt,
                    LatestTags = tags.Packed.First(LatestTags),
                }
                : last,
        };
        if (news)
        {
            var ready = Success(scope);
            scope.Event(EventType.Normal, ready.Reason, ready.Message);
        }

        scope.Logger.Log(
            news || scope.IsRequested ? LogLevel.Information : LogLevel.Debug,
            "scanned {Image} ({Reason}): {Count} tags", canonical, why, tags.Packed.Count);
    }

    /// <summary>The tags before, by the exclusions of now. Where the store was lost the status still says how many there were.</summary>
    private TagsBefore FindBefore(RepositoryScope scope, Plan plan)
    {
        var status = scope.Object.Status;
        var sameExclusions = status.ObservedExclusionList.SequenceEqual(plan.Patterns);
        if (store.Find(scope.Key) is { } kept && kept.Image == plan.Image.Canonical)
        {
            var tags = sameExclusions ? kept.Packed : plan.Exclusions.WithoutExcluded(kept.Packed);
            return new TagsBefore(tags.Count, tags);
        }

        var isKnown = sameExclusions && status.CanonicalImageName == plan.Image.Canonical;
        return new TagsBefore(isKnown ? status.LastScanResult?.TagCount ?? 0 : 0, Tags: null);
    }

    private static void Hold(RepositoryScope scope, int before, int listed)
    {
        ReflectorMetrics.HeldListing();
        var message = $"the registry listed {listed} tags where there were {before}; held until the next scan confirms it";
        if (!scope.Conditions.IsTrue(ConditionTypes.TagListShrunk))
        {
            scope.Event(EventType.Warning, Reasons.TagListShrunk, message);
        }

        scope.Conditions.SetTrue(ConditionTypes.TagListShrunk, Reasons.TagListShrunk, message);
        scope.Logger.LogWarning("scanned {Image}: {Message}", scope.Object.Spec.Image, message);
    }

    private sealed record Plan(ImageName Image, IReadOnlyList<string> Patterns, ExclusionList Exclusions);
}
