using System.Collections.Concurrent;
using GitOpsToolkit.Api.Kustomize.V1;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Api.Schema;
using GitOpsToolkit.Api.Source.V1;
using GitOpsToolkit.Delivery;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Reconciling.Events;
using GitOpsToolkit.Reconciling.Loop;
using Microsoft.Extensions.Logging;

namespace GitOpsToolkit.Controllers.Kustomize;

/// <summary>The kustomize-controller: made of its options and run until cancelled.</summary>
public sealed class KustomizeModule : IAsyncDisposable
{
    private const string BySource = "source";
    private const string ByDependency = "dependency";
    private readonly ControllerSet _set;
    private readonly ArtifactCache _artifacts;
    private readonly DriftLedger _ledger;
    private readonly KustomizationReconciler _reconciler;

    private KustomizeModule(ControllerSet set, ArtifactCache artifacts, DriftLedger ledger, KustomizationReconciler reconciler)
    {
        _set = set;
        _artifacts = artifacts;
        _ledger = ledger;
        _reconciler = reconciler;
    }

    /// <summary>Makes the controller.</summary>
    /// <param name="client">The API server.</param>
    /// <param name="options">The settings.</param>
    /// <param name="http">Downloads artifacts; must not follow redirects with credentials, of which it has none.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">Spreads requeues.</param>
    /// <param name="loggers">Where logs go.</param>
    public static KustomizeModule Create(
        KubeClient client, KustomizeOptions options, HttpClient http, TimeProvider time, Random random, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(loggers);
        var watch = new WatchCacheOptions { Namespace = options.WatchNamespace, LabelSelector = options.WatchLabelSelector };
        var events = new EventRecorderOptions { Controller = "kustomize-controller", Instance = options.Instance };
        var set = new ControllerSet(client.As("kustomize-controller"), events, loggers, time, random, watch);
        var kustomizations = set.Cache<Kustomization>();
        var (git, oci) = (set.Lookup<GitRepository>(), set.Lookup<OCIRepository>());
        var external = options.ExternalArtifact ? set.Lookup<ExternalArtifact>() : null;
        var artifacts = new ArtifactCache(http, options, time);
        var ledger = new DriftLedger(set.Services.Client, "kustomize-controller", loggers.CreateLogger("drift"));
        var reconciler = new KustomizationReconciler(kustomizations, set.Services, options, new Sources(git, oci, external), artifacts,
            ledger);
        var controller = set.Add("kustomization", reconciler,
            new ControllerOptions { Concurrency = options.Concurrent, Retries = options.Retries });

        Index(kustomizations);
        controller.Watch(kustomizations);
        controller.Watch(kustomizations, change => WokenByDependency(kustomizations, change));
        WatchSource(controller, kustomizations, git, source => source.Status.Artifact);
        WatchSource(controller, kustomizations, oci, source => source.Status.Artifact);
        if (external is not null)
        {
            WatchSource(controller, kustomizations, external, source => source.Status.Artifact);
        }

        WatchObjects(controller, ledger, reconciler, time);
        return new KustomizeModule(set, artifacts, ledger, reconciler);
    }

    /// <summary>Whether the caches are filled: the module is at work.</summary>
    public bool HasSynced => _set.HasSynced;

    /// <summary>Works until cancelled and drained.</summary>
    public Task RunAsync(CancellationToken cancellation) => _set.RunAsync(cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ledger.DisposeAsync();
        _set.Dispose();
        _reconciler.Dispose();
        _artifacts.Dispose();
    }

    private static void Index(WatchCache<Kustomization> kustomizations)
    {
        kustomizations.AddIndex(BySource, entry => entry.Value is { } value
            ? [Sources.IndexValue(value.Spec.SourceRef.Kind, Sources.KeyOf(entry.Key, value.Spec.SourceRef))]
            : []);
        kustomizations.AddIndex(ByDependency, entry => entry.Value is { } value
            ? value.Spec.DependsOn.Select(reference =>
                new ObjectKey(string.IsNullOrEmpty(reference.Namespace) ? entry.Key.Namespace : reference.Namespace,
                    reference.Name).ToString())
            : []);
    }

    /// <summary>A new artifact wakes those that build from it; those without dependencies go first, the others follow as those become
    /// ready.</summary>
    private static void WatchSource<T>(
        Controller controller, WatchCache<Kustomization> kustomizations, WatchCache<T> sources, Func<T, Artifact?> artifactOf)
        where T : ToolkitObject, IToolkitKind
    {
        controller.Watch(sources, change =>
        {
            var before = change.Old?.Value is { } old ? artifactOf(old) : null;
            var after = change.New?.Value is { } now ? artifactOf(now) : null;
            return before?.Revision == after?.Revision && before?.Digest == after?.Digest
                ? []
                : kustomizations.ByIndex(BySource, Sources.IndexValue(T.ResourceKind.Kind, change.Key))
                    .OrderBy(entry => entry.Value?.Spec.DependsOn.Count)
                    .Select(entry => entry.Key);
        });
    }

    private static IEnumerable<ObjectKey> WokenByDependency(WatchCache<Kustomization> kustomizations, CacheChange<Kustomization> change)
    {
        var (before, after) = (change.Old?.Value, change.New?.Value);
        var isNews = IsReady(after) && (!IsReady(before) || before?.Status.LastAppliedRevision != after?.Status.LastAppliedRevision);
        return isNews ? kustomizations.ByIndex(ByDependency, change.Key.ToString()).Select(entry => entry.Key) : [];
    }

    private static bool IsReady(Kustomization? kustomization) =>
        kustomization?.Status.FindCondition(ConditionTypes.Ready)?.Status == ConditionStatus.True
        && kustomization.Status.ObservedGeneration == kustomization.Metadata.Generation;

    private static void WatchObjects(Controller controller, DriftLedger ledger, KustomizationReconciler reconciler, TimeProvider time)
    {
        var throttle = new DriftThrottle(time);
        ledger.Tell(
            owner =>
            {
                var key = new ObjectKey(owner.Namespace, owner.Name);
                if (throttle.DelayOf(key) is { } delay)
                {
                    controller.EnqueueAfter(key, delay);
                    return;
                }

                controller.Enqueue(key, fast: true);
            },
            owner =>
            {
                var key = new ObjectKey(owner.Namespace, owner.Name);
                if (reconciler.WaitsForHealth(key))
                {
                    controller.Enqueue(key);
                }
            });
    }
}

/// <summary>Somebody who changes an object back each time must not keep us busy: after a burst, drift is undone at a slower pace.</summary>
internal sealed class DriftThrottle(TimeProvider time)
{
    private const int Burst = 10;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<ObjectKey, (DateTimeOffset Since, int Count)> _recent = new();

    /// <summary>How long to wait before the drift is undone; null for at once.</summary>
    internal TimeSpan? DelayOf(ObjectKey key)
    {
        var now = time.GetUtcNow();
        var entry = _recent.AddOrUpdate(key, (now, 1), (_, old) => now - old.Since > Window ? (now, 1) : (old.Since, old.Count + 1));
        return entry.Count > Burst ? Pace : null;
    }
}
