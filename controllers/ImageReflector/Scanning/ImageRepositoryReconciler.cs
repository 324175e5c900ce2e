using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Api.Meta;
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
/// Scans an ImageRepository when it is due: 1. name and exclusions, 2. whether to scan, 3. login, 4. listing, 5. store and status.
/// </summary>
internal sealed class ImageRepositoryReconciler(
    WatchCache<ImageRepository> cache, ReconcilerServices services, ITagStore store, TagScanner scanner, RegistryLogin login)
    : ToolkitReconciler<ImageRepository, ImageRepositoryStatus>(cache, services, Options)
{
    private const int LatestTags = 10;

    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override IReadOnlyList<Step<ImageRepository, ImageRepositoryStatus>> Steps => [ReadAsync, ScanAsync];

    private static ReconcilerOptions Options { get; } = new()
    {
        FieldManager = "image-reflector-controller",
        UnsupportedFields = ["provider=generic", "certSecretRef", "proxySecretRef"],
    };

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

    /// <summary>1. What the spec says, in terms to work with.</summary>
    private Task<Outcome> ReadAsync(RepositoryScope scope, CancellationToken cancellation)
    {
        var spec = scope.Object.Spec;
        if (!ImageName.TryParse(spec.Image, out var image, out var problem))
        {
            return Task.FromResult<Outcome>(new Outcome.Stalled(Reasons.ImageURLInvalid, problem));
        }

        var patterns = spec.ExclusionList.Count > 0 ? spec.ExclusionList : ExclusionList.Default;
        if (!ExclusionList.TryCreate(patterns, out var exclusions, out problem))
        {
            return Task.FromResult<Outcome>(new Outcome.Stalled(Reasons.InvalidSpec, $"spec.exclusionList: {problem}"));
        }

        scope.Set(new Plan(image, patterns, exclusions));
        return Task.FromResult(Outcome.Next);
    }

    private async Task<Outcome> ScanAsync(RepositoryScope scope, CancellationToken cancellation)
    {
        // 2. Whether to scan.
        var plan = scope.Get<Plan>();
        var kept = store.Find(scope.Key);
        var decision = ScanDecision.Make(
            scope.Object, scope.Generation, scope.IsRequested, plan.Image, plan.Patterns, kept, Time.GetUtcNow());
        if (decision.Reason is null)
        {
            return new Outcome.Done(decision.Wait);
        }

        var spec = scope.Object.Spec;
        var timeout = (spec.Timeout ?? spec.Interval).ToTimeSpan();
        timeout = timeout < ShortestTimeout ? ShortestTimeout : timeout;
        using var deadline = new CancellationTokenSource(timeout, Time);
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
            var hasNews = await KeepAsync(scope, plan, listing, cancellation);
            scope.Logger.Log(
                hasNews || scope.IsRequested ? LogLevel.Information : LogLevel.Debug,
                "scanned {Image} ({Reason}): {Count} tags", plan.Image.Canonical, decision.Reason, scope.Status.LastScanResult!.TagCount);
            return new Outcome.Done(spec.Interval.ToTimeSpan());
        }
        catch (RegistryException error)
        {
            return new Outcome.Retry(new Fault(RegistryFaults.ReasonOf(error), $"scan failed: {error.Message}"), error.RetryAfter);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            var field = spec.Timeout is null ? "spec.interval, for want of spec.timeout" : "spec.timeout";
            return new Outcome.Retry(Reasons.ReadOperationFailed, $"scan failed: not done within {GoDuration.From(timeout)} ({field})");
        }
    }

    /// <summary>
    /// 5. Store and status. The status is written only where the tag set or its terms differ, so that a scan without news writes nothing.
    /// </summary>
    /// <returns>Whether they differ.</returns>
    private async Task<bool> KeepAsync(RepositoryScope scope, Plan plan, TagListing listing, CancellationToken cancellation)
    {
        var tags = TagSets.Create(plan.Image.Canonical, listing.Tags.Where(tag => !plan.Exclusions.Excludes(tag)), listing.At);
        await store.ReplaceAsync(scope.Key, tags, cancellation);
        var before = scope.Status.LastScanResult;
        var news = before?.Revision != tags.Revision || scope.Status.CanonicalImageName != plan.Image.Canonical;
        scope.Status = scope.Status with
        {
            CanonicalImageName = plan.Image.Canonical,
            ObservedExclusionList = plan.Patterns,
            LastScanResult = news
                ? new ScanResult
                {
                    Revision = tags.Revision,
                    TagCount = tags.Tags.Count,
                    ScanTime = tags.ScannedAt,
                    LatestTags = [.. tags.Tags.Take(LatestTags)],
                }
                : before,
        };
        if (news)
        {
            var ready = Success(scope);
            scope.Event(EventType.Normal, ready.Reason, ready.Message);
        }

        return news;
    }

    private sealed record Plan(ImageName Image, IReadOnlyList<string> Patterns, ExclusionList Exclusions);
}
