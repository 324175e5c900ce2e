using System.Collections.Concurrent;
using System.Text.Json;
using GitOpsToolkit.Api.Json;
using GitOpsToolkit.Api.Kustomize.V1;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Delivery;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Reconciling;
using GitOpsToolkit.Reconciling.Events;
using GitOpsToolkit.Reconciling.Status;
using Microsoft.Extensions.Logging;

namespace GitOpsToolkit.Controllers.Kustomize;

/// <summary>
/// Brings the cluster to what a Kustomization's source says: source, dependencies, then (only if something changed) artifact, build,
/// apply and
/// prune, then health. While neither the inputs nor the applied objects have changed, a reconcile asks the server nothing and writes
/// nothing.
/// </summary>
internal sealed partial class KustomizationReconciler : ToolkitReconciler<Kustomization, KustomizationStatus>, IDisposable
{
    private readonly KustomizeOptions _options;
    private readonly Sources _sources;
    private readonly ArtifactCache _artifacts;
    private readonly DriftLedger _ledger;
    private readonly RestMapper _mapper;
    private readonly ConcurrentDictionary<ObjectKey, AppliedWork> _applied = new();

    internal KustomizationReconciler(
        WatchCache<Kustomization> cache, ReconcilerServices services, KustomizeOptions options, Sources sources, ArtifactCache artifacts,
        DriftLedger ledger)
        : base(cache, services, new ReconcilerOptions
        {
            FieldManager = "gotk-kustomize-controller",
            JitterPercentage = options.IntervalJitterPercentage,
            UnsupportedFields = Unsupported,
        })
    {
        _options = options;
        _sources = sources;
        _artifacts = artifacts;
        _ledger = ledger;
        _mapper = new RestMapper(services.Client);
    }

    /// <summary>The fields that stall an object, since this version would otherwise ignore them.</summary>
    internal static readonly IReadOnlyList<string> Unsupported =
    [
        "decryption", "kubeConfig", "postBuild", "healthCheckExprs", "ignore", "buildMetadata", "dependsOn[].readyExpr",
        "sourceRef.kind=GitRepository|OCIRepository|ExternalArtifact",
    ];

    public void Dispose() => _mapper.Dispose();

    /// <inheritdoc/>
    protected override IReadOnlyList<Step<Kustomization, KustomizationStatus>> Steps =>
        [ResolveSourceAsync, CheckDependenciesAsync, DeliverAsync, CheckHealthAsync, FinishAsync];

    /// <summary>Whether the object waits for the health of what was applied, so that any change of that is of interest.</summary>
    internal bool WaitsForHealth(ObjectKey key) => _applied.TryGetValue(key, out var work) && work.HealthSince is not null;

    internal static OwnerLabels OwnerOf(ObjectKey key) => new(key.Namespace, key.Name);

    /// <inheritdoc/>
    protected override ReadyMessage Success(KustomizationScope scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        return new ReadyMessage(Reasons.ReconciliationSucceeded, $"Applied revision: {scope.Get<SourceArtifact>().Revision}");
    }

    /// <inheritdoc/>
    protected override void Forget(ObjectKey key)
    {
        _applied.TryRemove(key, out _);
        _ledger.Forget(OwnerOf(key));
    }

    private static TimeSpan RetryInterval(KustomizationSpec spec) => (spec.RetryInterval ?? spec.Interval).ToTimeSpan();

    private static TimeSpan Timeout(KustomizationSpec spec)
    {
        var wanted = spec.Timeout?.ToTimeSpan() ?? spec.Interval.ToTimeSpan() - TimeSpan.FromSeconds(30);
        var least = TimeSpan.FromSeconds(30);
        return wanted < least ? least : wanted;
    }

    private Task<Outcome> ResolveSourceAsync(KustomizationScope scope, CancellationToken cancellation)
    {
        var spec = scope.Object.Spec;
        var key = Sources.KeyOf(scope.Key, spec.SourceRef);
        if (_options.NoCrossNamespaceRefs && key.Namespace != scope.Key.Namespace)
        {
            return Task.FromResult<Outcome>(new Outcome.Stalled(
                Reasons.AccessDenied, $"can't access '{spec.SourceRef.Kind}/{key}', cross-namespace references have been blocked"));
        }

        if (spec.SourceRef.Kind == "ExternalArtifact" && !_options.ExternalArtifact)
        {
            return Task.FromResult<Outcome>(new Outcome.Stalled(
                Reasons.FeatureGateDisabled, "to use spec.sourceRef.kind ExternalArtifact please enable the ExternalArtifact feature gate in the controller"));
        }

        var source = _sources.Find(spec.SourceRef.Kind, key);
        if (!source.Exists)
        {
            return Task.FromResult<Outcome>(new Outcome.WaitFor(
                Reasons.ArtifactFailed, $"Source '{spec.SourceRef.Kind}/{key}' not found", RetryInterval(spec)));
        }

        if (source.Artifact is null)
        {
            return Task.FromResult<Outcome>(new Outcome.WaitFor(
                Reasons.ArtifactFailed, $"Source artifact not found, retrying in {GoDuration.From(_options.RequeueDependency)}", _options.RequeueDependency));
        }

        scope.Set(new SourceArtifact(source.Artifact));
        return Task.FromResult(Outcome.Next);
    }

    private async Task<Outcome> CheckDependenciesAsync(KustomizationScope scope, CancellationToken cancellation)
    {
        foreach (var reference in scope.Object.Spec.DependsOn)
        {
            var key = new ObjectKey(string.IsNullOrEmpty(reference.Namespace) ? scope.Key.Namespace : reference.Namespace, reference.Name);
            if (FindUnreadiness(scope, key, await FindDependencyAsync(key, cancellation)) is not { } problem)
            {
                continue;
            }

            var message = $"dependency '{key}' {problem}";
            if (scope.Object.Status.FindCondition(ConditionTypes.Ready)?.Message != message)
            {
                var retry = GoDuration.From(_options.RequeueDependency);
                scope.Logger.LogInformation("Dependencies do not meet ready condition, retrying in {Retry}: {Problem}", retry, message);
                scope.Event(
                    EventType.Normal, Reasons.DependencyNotReady, $"Dependencies do not meet ready condition, retrying in {retry}: {message}",
                    KeyValuePair.Create("revision", scope.Get<SourceArtifact>().Revision));
            }

            return new Outcome.WaitFor(Reasons.DependencyNotReady, message, _options.RequeueDependency);
        }

        return Outcome.Next;
    }

    /// <summary>What is not watched here, as it belongs to another shard or namespace, is asked for.</summary>
    private async Task<Kustomization?> FindDependencyAsync(ObjectKey key, CancellationToken cancellation)
    {
        if (Cache.Find(key) is { } entry)
        {
            return entry.Value;
        }

        if (_options.WatchLabelSelector is null && _options.WatchNamespace is null)
        {
            return null;
        }

        var found = await Client.GetAsync(ResourcePath.Of(Kustomization.ResourceKind, key), cancellation);
        return found is null ? null : ToolkitReader.Read<Kustomization>(JsonElement.Parse(found.ToJsonString())).Value;
    }

    private static string? FindUnreadiness(KustomizationScope scope, ObjectKey key, Kustomization? dependency)
    {
        if (dependency is null)
        {
            return "not found";
        }

        var status = dependency.Status;
        if (status.Conditions.Count == 0 || status.ObservedGeneration != dependency.Metadata.Generation
            || status.FindCondition(ConditionTypes.Ready)?.Status != ConditionStatus.True)
        {
            return "is not ready";
        }

        var (mine, theirs) = (scope.Object.Spec.SourceRef, dependency.Spec.SourceRef);
        var sameSource = mine.Kind == theirs.Kind && Sources.KeyOf(scope.Key, mine) == Sources.KeyOf(key, theirs);
        return sameSource && status.LastAppliedRevision != scope.Get<SourceArtifact>().Revision ? "revision is not up to date" : null;
    }

    private Task<Outcome> FinishAsync(KustomizationScope scope, CancellationToken cancellation)
    {
        var source = scope.Get<SourceArtifact>();
        var delivered = scope.Get<Delivered>();
        var isNew = scope.Object.Status.LastAppliedRevision != source.Revision;
        scope.Status = scope.Status with
        {
            LastAppliedRevision = source.Revision,
            LastAttemptedRevision = source.Revision,
            LastAppliedOriginRevision = source.OriginRevision,
        };
        var alreadySaid = scope.Object.Status.History is [{ } latest, ..]
            && latest.Digest == delivered.Digest && latest.LastReconciledStatus == Reasons.ReconciliationSucceeded && !isNew;
        if (delivered.DidWork || !alreadySaid)
        {
            var now = Time.GetUtcNow();
            var began = scope.Find<Began>()?.At ?? now;
            scope.Status = scope.Status with
            {
                History = History.With(scope.Status.History, delivered.Digest, Reasons.ReconciliationSucceeded, began, now, source),
            };
        }

        if (isNew)
        {
            scope.Event(
                EventType.Normal, Reasons.ReconciliationSucceeded, $"Applied revision: {source.Revision}",
                KeyValuePair.Create("revision", source.Revision), KeyValuePair.Create("commit_status", "update"));
        }

        return Task.FromResult<Outcome>(new Outcome.Done(scope.Object.Spec.Interval.ToTimeSpan()));
    }

    /// <summary>When the work of this reconcile began.</summary>
    private sealed record Began(DateTimeOffset At);
}
