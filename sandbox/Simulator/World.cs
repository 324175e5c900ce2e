using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Reconciling;
using GitOpsToolkit.Reconciling.Events;
using GitOpsToolkit.Reconciling.Loop;

namespace GitOpsToolkit.Sandbox.Simulator;

/// <summary>One object as a cache keeps it: read by many threads, so never as a tree that builds itself on reading.</summary>
/// <param name="Json">The object.</param>
internal sealed record Item(JsonElement Json)
{
    /// <summary>A tree of one's own.</summary>
    public JsonObject Tree() => JsonObject.Create(Json)!;
}

/// <summary>What the simulated controllers see and do: caches of the cluster, writes that the caches know of at once, events.</summary>
internal sealed class World(KubeClient client, ControllerSet set, SimulatorOptions options)
{
    public const string OwnerIndex = "owner";

    private readonly Dictionary<WorkloadKind, WatchCache<Item>> _caches = [];

    /// <summary>Uids of what we deleted and a cache may still show as it was; each stays until its cache has seen it go.</summary>
    private readonly ConcurrentDictionary<string, bool> _going = new(StringComparer.Ordinal);

    public SimulatorOptions Options => options;

    public KubeClient Client => client;

    public string Now => Trees.Stamp(options.Time.GetUtcNow());

    public WatchCache<Item> Cache(WorkloadKind kind)
    {
        if (!_caches.TryGetValue(kind, out var cache))
        {
            cache = set.Add(new WatchCache<Item>(
                client, kind.Collection, value => new Decoded<Item>(new Item(value), []), null, options.Loggers.CreateLogger("simulator")));
            cache.AddIndex(OwnerIndex, entry => entry.Head.Owners.Select(owner => owner.Uid));
            cache.OnChange(change =>
            {
                if (change.Old is { } gone && gone.Head.Uid != change.New?.Head.Uid)
                {
                    _going.TryRemove(gone.Head.Uid, out _);
                }
            });
            _caches.Add(kind, cache);
        }

        return cache;
    }

    /// <summary>The object, as a tree of the caller's own; null where it is not there.</summary>
    public JsonObject? Find(WorkloadKind kind, ObjectKey key) => Cache(kind).Find(key) is { } entry ? Tree(entry) : null;

    /// <summary>The objects that name an owner of this uid.</summary>
    public List<JsonObject> Owned(WorkloadKind kind, string uid) => [.. Cache(kind).ByIndex(OwnerIndex, uid).Select(Tree)];

    public async Task<JsonObject> CreateAsync(WorkloadKind kind, JsonObject body, CancellationToken cancellation)
    {
        body["apiVersion"] = kind.ApiVersion;
        body["kind"] = kind.Kind.Kind;
        var created = await client.CreateAsync(kind.Collection.In(body.Text("metadata", "namespace")), body, null, cancellation);
        Cache(kind).Assume(created);
        return created;
    }

    /// <summary>Merges into an object; null where it is gone meanwhile.</summary>
    public async Task<JsonObject?> PatchAsync(WorkloadKind kind, ObjectKey key, JsonObject patch, CancellationToken cancellation)
    {
        try
        {
            var written = await client.MergePatchAsync(kind.At(key), patch, null, cancellation);
            Cache(kind).Assume(written);
            return written;
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            return null;
        }
    }

    /// <summary>Writes a status where it differs from the object's present one.</summary>
    public async Task WriteStatusAsync(WorkloadKind kind, JsonObject found, JsonObject status, CancellationToken cancellation)
    {
        if (JsonNode.DeepEquals(found["status"].Said() ?? new JsonObject(), status.Said()))
        {
            return;
        }

        // What the new status lacks is taken away; a list is replaced whole.
        foreach (var (name, _) in found["status"].Clone())
        {
            status.TryAdd(name, null);
        }

        try
        {
            var path = kind.At(KeyOf(found)).Sub("status");
            Cache(kind).Assume(await client.MergePatchAsync(path, new JsonObject { ["status"] = status }, null, cancellation));
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            // Deleted meanwhile.
        }
    }

    /// <summary>Gives a pod to the node, as a scheduler does.</summary>
    public async Task<Outcome> BindAsync(ObjectKey pod, CancellationToken cancellation)
    {
        var binding = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Binding",
            ["metadata"] = new JsonObject { ["name"] = pod.Name, ["namespace"] = pod.Namespace },
            ["target"] = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Node", ["name"] = options.NodeName },
        };
        try
        {
            await client.CreateAsync(Kinds.Pod.At(pod).Sub("binding"), binding, null, cancellation);
        }
        catch (ApiException error) when (error.IsNotFound || error.IsConflict)
        {
            // Deleted meanwhile, or bound already and only not seen yet.
        }

        return Outcome.Next;
    }

    /// <summary>Deletes this very object, not another one that has its name by now.</summary>
    public async Task DeleteAsync(WorkloadKind kind, JsonObject found, CancellationToken cancellation, int? gracePeriod = null)
    {
        var (key, uid) = (KeyOf(found), found.Text("metadata", "uid"));
        _going[uid] = true;
        var isKept = false;
        try
        {
            var wanted = new DeleteOptions { Propagation = Propagation.Background, GracePeriodSeconds = gracePeriod, Uid = uid };
            isKept = await client.DeleteAsync(kind.At(key), wanted, cancellation);
        }
        catch (ApiException error) when (error.IsConflict)
        {
            // Gone meanwhile, and its name taken again.
        }
        finally
        {
            if (!isKept || Cache(kind).Find(key)?.Head.Uid != uid)
            {
                _going.TryRemove(uid, out _);
            }
        }
    }

    public void Event(WorkloadKind kind, JsonObject about, string reason, string message, EventType type = EventType.Normal)
    {
        var subject = new EventSubject(kind.Kind, KeyOf(about), about.Text("metadata", "uid"), about.Text("metadata", "resourceVersion"));
        set.Services.Events.Record(new EventRecord(subject, type, reason, message, new Dictionary<string, string>(0)));
    }

    public static ObjectKey KeyOf(JsonObject found) => new(found.Text("metadata", "namespace"), found.Text("metadata", "name"));

    /// <summary>The reference by which an object belongs to its controller.</summary>
    public static JsonArray OwnedBy(WorkloadKind kind, JsonObject owner) =>
    [
        new JsonObject
        {
            ["apiVersion"] = kind.ApiVersion,
            ["kind"] = kind.Kind.Kind,
            ["name"] = owner.Text("metadata", "name"),
            ["uid"] = owner.Text("metadata", "uid"),
            ["controller"] = true,
            ["blockOwnerDeletion"] = true,
        },
    ];

    private JsonObject Tree(CacheEntry<Item> entry)
    {
        var tree = entry.Value!.Tree();
        if (_going.ContainsKey(entry.Head.Uid) && !IsDeleting(tree))
        {
            tree["metadata"]!["deletionTimestamp"] = Now;
        }

        return tree;
    }

    public static bool IsDeleting(JsonObject found) => found.Text("metadata", "deletionTimestamp").Length > 0;
}
