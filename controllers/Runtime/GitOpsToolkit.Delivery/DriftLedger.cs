using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Kubernetes;
using Microsoft.Extensions.Logging;

namespace GitOpsToolkit.Delivery;

/// <summary>
/// Remembers what was applied and tells drift without asking the server. Under server-side apply, whoever changes or removes a value of
/// ours
/// takes the field out of our entry in managedFields. So an object is as we left it when its manifest has the hash that was applied last
/// and our entry
/// is the one that the last apply returned. The entries come by a watch of the metadata of all objects with owner labels, one for each kind
/// that was ever applied. A change of anything else about an object is no drift.
/// Servers before 1.22 leave managedFields alone when an object is scaled: of kinds that can be, the generation counts as well.
/// </summary>
public sealed class DriftLedger : IAsyncDisposable
{
    private readonly KubeClient _client;
    private readonly string _fieldManager;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<(OwnerLabels Owner, ObjectRef Target), Record> _records = new();
    private readonly ConcurrentDictionary<ObjectRef, ImmutableHashSet<(OwnerLabels Owner, ObjectRef Target)>> _followers = new();
    private readonly Dictionary<ResourcePath, (WatchCache<AppliedState> Cache, Task Running)> _watches = [];
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private Action<OwnerLabels>? _drifted;
    private Action<OwnerLabels>? _touched;

    /// <summary>Creates an empty ledger.</summary>
    /// <param name="client">The server.</param>
    /// <param name="fieldManager">Our name in managedFields.</param>
    /// <param name="logger">Where failures to watch are reported.</param>
    public DriftLedger(KubeClient client, string fieldManager, ILogger logger)
    {
        _client = client;
        _fieldManager = fieldManager;
        _logger = logger;
    }

    /// <summary>Says who is told of changes; both must be quick, and are called from a watch.</summary>
    /// <param name="drifted">Called with the owner of an object that drifted or was deleted.</param>
    /// <param name="touched">Called with the owner of an object that changed in any other way, such as by a new status.</param>
    public void Tell(Action<OwnerLabels> drifted, Action<OwnerLabels> touched)
    {
        _drifted = drifted;
        _touched = touched;
    }

    /// <summary>Whether the object in the cluster is known to be what the manifest says.</summary>
    public bool IsClean(DesiredObject desired, OwnerLabels owner)
    {
        ArgumentNullException.ThrowIfNull(desired);
        return _records.TryGetValue((owner, desired.Ref), out var record) && record.ManifestHash == desired.Hash && IsUntouched(record);
    }

    /// <summary>Whether all objects that the owner applied are known to be as they were left.</summary>
    public bool IsClean(OwnerLabels owner, IEnumerable<ObjectRef> targets)
    {
        ArgumentNullException.ThrowIfNull(targets);
        return targets.All(target => _records.TryGetValue((owner, target), out var record) && IsUntouched(record));
    }

    /// <summary>Notes what was applied, or found to be in place, and follows the object from here on.</summary>
    /// <param name="desired">The manifest.</param>
    /// <param name="resource">Its kind at the server.</param>
    /// <param name="owner">Who owns it.</param>
    /// <param name="live">The object as the server returned it.</param>
    /// <param name="cancellation">Gives up waiting for the watch of a new kind to begin.</param>
    public async Task RecordAsync(DesiredObject desired, ResourceInfo resource, OwnerLabels owner, JsonObject live,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(desired);
        ArgumentNullException.ThrowIfNull(resource);
        var cache = await FollowAsync(resource, cancellation);
        var record = new Record(owner, desired.Hash, Fingerprint(live, resource), Live(desired.Ref, resource), cache);
        Remember(desired.Ref, record);
        cache.Assume(live);
        if (!IsUntouched(record))
        {
            // Somebody was quicker than this note.
            _drifted?.Invoke(owner);
        }
    }

    /// <summary>Notes an object that is left alone on purpose: whatever happens to it is no drift until its manifest changes.</summary>
    public void RecordSkipped(DesiredObject desired, OwnerLabels owner)
    {
        ArgumentNullException.ThrowIfNull(desired);
        Remember(desired.Ref, new Record(owner, desired.Hash, Fingerprint: null, desired.Ref, Cache: null));
    }

    /// <summary>Forgets an object that was deleted or given up.</summary>
    public void Forget(ObjectRef target, OwnerLabels owner)
    {
        if (_records.TryRemove((owner, target), out var record))
        {
            _followers.AddOrUpdate(record.Live, [], (_, followers) => followers.Remove((owner, target)));
        }
    }

    /// <summary>Forgets everything of an owner.</summary>
    public void Forget(OwnerLabels owner)
    {
        foreach (var (_, target) in _records.Keys.Where(key => key.Owner == owner))
        {
            Forget(target, owner);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Task[] running;
        lock (_gate)
        {
            running = [.. _watches.Values.Select(watch => watch.Running)];
        }

        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private void Remember(ObjectRef target, Record record)
    {
        _records[(record.Owner, target)] = record;
        _followers.AddOrUpdate(record.Live, [(record.Owner, target)], (_, followers) => followers.Add((record.Owner, target)));
    }

    /// <summary>The object as the server names it: manifests may give a namespace to kinds that have none.</summary>
    private static ObjectRef Live(ObjectRef target, ResourceInfo resource) => resource.Namespaced ? target : target with { Namespace = "" };

    private static bool IsUntouched(Record record)
    {
        if (record.Cache is null)
        {
            return true;
        }

        var state = record.Cache.Find(record.Live.Key)?.Value;
        return state is not null && (state.Fingerprint == record.Fingerprint || IsTaken(state, record));
    }

    /// <summary>
    /// Two owners that ask for one object would undo each other's work for ever. The one that applied last keeps it; the other comes back
    /// to it
    /// when its own manifest changes, or when the object is gone.
    /// </summary>
    private static bool IsTaken(AppliedState state, Record record) => state.Owner.Name.Length > 0 && state.Owner != record.Owner;

    private async Task<WatchCache<AppliedState>> FollowAsync(ResourceInfo resource, CancellationToken cancellation)
    {
        WatchCache<AppliedState>? cache;
        lock (_gate)
        {
            if (!_watches.TryGetValue(resource.Collection, out var watch))
            {
                cache = new WatchCache<AppliedState>(_client, resource.Collection, value => Decode(value, resource), Options, _logger);
                cache.OnChange(change => Heard(resource, change));
                watch = (cache, cache.RunAsync(_stop.Token));
                _watches[resource.Collection] = watch;
            }

            cache = watch.Cache;
        }

        await cache.WaitForSyncAsync(cancellation);
        return cache;
    }

    private static readonly WatchCacheOptions Options = new() { MetadataOnly = true, LabelSelector = WellKnown.KustomizationNameLabel };

    private void Heard(ResourceInfo resource, CacheChange<AppliedState> change)
    {
        if (change.Old is null)
        {
            // Its first sight: what the watch brings of objects that were there before, or our own write.
            return;
        }

        var target = new ObjectRef(resource.Kind, change.Key.Namespace, change.Key.Name);
        foreach (var follower in _followers.GetValueOrDefault(target) ?? [])
        {
            if (_records.TryGetValue(follower, out var record) && record.Cache is not null)
            {
                Heard(target, change.New?.Value, record);
            }
        }
    }

    private void Heard(ObjectRef target, AppliedState? state, Record record)
    {
        if (state is not null && IsTaken(state, record))
        {
            _logger.LogWarning(
                "{Object} of Kustomization {Owner} was taken over by Kustomization {Other}; let only one of them have it",
                target, $"{record.Owner.Namespace}/{record.Owner.Name}", $"{state.Owner.Namespace}/{state.Owner.Name}");
            return;
        }

        if (state?.Fingerprint == record.Fingerprint)
        {
            _touched?.Invoke(record.Owner);
            return;
        }

        // Our own writes come by here too, when the watch is quicker than their record; what the look finds is told by events.
        _logger.LogDebug("{Object} is not as it was last applied; Kustomization {Owner} looks at it", target, $"{record.Owner.Namespace}/{record.Owner.Name}");
        _drifted?.Invoke(record.Owner);
    }

    private Decoded<AppliedState> Decode(JsonElement value, ResourceInfo resource)
    {
        var body = JsonObject.Create(value) ?? [];
        var owner = new OwnerLabels(body.Label(WellKnown.KustomizationNamespaceLabel), body.Label(WellKnown.KustomizationNameLabel));
        return new Decoded<AppliedState>(new AppliedState(Fingerprint(body, resource), owner), []);
    }

    /// <summary>What stays the same as long as nobody touches what is ours.</summary>
    private string Fingerprint(JsonObject body, ResourceInfo resource)
    {
        var fields = ManagedFields.AppliedBy(body, _fieldManager);
        var hash = fields is null ? "" : ContentHash.Of(fields)[..32];
        return resource.Subresources.Contains("scale", StringComparer.Ordinal) ? $"{hash}@{body["metadata"]?["generation"]}" : hash;
    }

    /// <summary>What is kept of an object in a watch.</summary>
    private sealed record AppliedState(string Fingerprint, OwnerLabels Owner);

    /// <summary>What was applied last. Without a cache the object is not followed.</summary>
    private sealed record Record(OwnerLabels Owner, string ManifestHash, string? Fingerprint, ObjectRef Live,
        WatchCache<AppliedState>? Cache);
}
