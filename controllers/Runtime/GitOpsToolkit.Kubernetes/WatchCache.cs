using System.Text.Json;
using System.Text.Json.Nodes;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Api.Schema;
using Microsoft.Extensions.Logging;

namespace GitOpsToolkit.Kubernetes;

/// <summary>A cache as those see it who start it and wait for it, whatever it holds.</summary>
public interface IWatchCache
{
    /// <summary>What the cache holds, for messages.</summary>
    string Name { get; }

    /// <summary>Whether the first list is complete.</summary>
    bool HasSynced { get; }

    /// <summary>Completes when the first list is complete.</summary>
    Task WaitForSyncAsync(CancellationToken cancellation);

    /// <summary>Lists and watches until cancelled; failures are logged and tried again.</summary>
    Task RunAsync(CancellationToken cancellation);
}

/// <summary>
/// A local copy of a collection that follows the API server: it lists (in pages), watches from there with bookmarks, goes on from the last
/// resourceVersion after a broken connection or a restarted server, and lists again when the server has forgotten that version.
/// A new list reaches the handlers as a difference, once it is complete. Objects that cannot be decoded are kept as entries with errors.
/// </summary>
/// <typeparam name="T">What objects are decoded to.</typeparam>
public sealed class WatchCache<T> : IWatchCache
    where T : class
{
    private readonly CacheStore<T> _store = new();
    private readonly Func<JsonElement, Decoded<T>> _decode;
    private readonly Reflector _reflector;
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Creates a cache of a collection; it stays empty until <see cref="RunAsync"/>.</summary>
    /// <param name="client">The server.</param>
    /// <param name="collection">The collection, without a namespace.</param>
    /// <param name="decode">Turns an object's JSON into a value or errors. An exception counts as an error of that object.</param>
    /// <param name="options">Null means the defaults.</param>
    /// <param name="logger">Where failures to list and watch are reported.</param>
    public WatchCache(
        KubeClient client, ResourcePath collection, Func<JsonElement, Decoded<T>> decode, WatchCacheOptions? options = null, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(collection);
        options ??= new WatchCacheOptions();
        Collection = collection.In(options.Namespace);
        _decode = decode;
        _reflector = new Reflector(client, Collection, options, new Sink(this), logger);
    }

    /// <summary>The collection that is followed.</summary>
    public ResourcePath Collection { get; }

    /// <inheritdoc/>
    public string Name => Collection.ToString();

    /// <inheritdoc/>
    public bool HasSynced => _synced.Task.IsCompletedSuccessfully;

    /// <summary>The number of objects.</summary>
    public int Count => _store.Count;

    /// <summary>All entries, in no order.</summary>
    public IReadOnlyList<CacheEntry<T>> List() => [.. _store.All];

    /// <summary>The entry of an object, or null.</summary>
    public CacheEntry<T>? Find(ObjectKey key) => _store.Find(key);

    /// <summary>The object, or null where there is none or it has errors.</summary>
    public T? Get(ObjectKey key) => _store.Find(key) is { IsValid: true } entry ? entry.Value : null;

    /// <summary>Adds a secondary index.</summary>
    /// <param name="name">The index's name.</param>
    /// <param name="values">The values under which an entry is found; called with entries that could not be decoded, too.</param>
    public void AddIndex(string name, Func<CacheEntry<T>, IEnumerable<string>> values) => _store.AddIndex(name, values);

    /// <summary>The entries that an index has under a value, ordered by key.</summary>
    public IReadOnlyList<CacheEntry<T>> ByIndex(string name, string value) => _store.ByIndex(name, value);

    /// <summary>
    /// Adds a handler of changes; it hears of the present entries as added first. Handlers are called one after the other and must be quick:
    /// they enqueue, they do not work.
    /// </summary>
    public void OnChange(Action<CacheChange<T>> handler) => _store.AddHandler(handler);

    /// <summary>
    /// Takes over the server's answer to a write, so that whoever reads the cache next does not see the state before it. Older states
    /// that the watch still brings are passed over.
    /// </summary>
    public void Assume(JsonObject written)
    {
        ArgumentNullException.ThrowIfNull(written);
        _store.Assume(Decode(JsonElement.Parse(JsonBytes.Of(written), JsonBytes.Limits)));
    }

    /// <inheritdoc/>
    public Task WaitForSyncAsync(CancellationToken cancellation) => _synced.Task.WaitAsync(cancellation);

    /// <inheritdoc/>
    public Task RunAsync(CancellationToken cancellation) => _reflector.RunAsync(cancellation);

    private CacheEntry<T> Decode(JsonElement value)
    {
        var head = PartialObject.Read(value);
        Decoded<T> decoded;
        try
        {
            decoded = _decode(value);
        }
        catch (Exception error)
        {
            decoded = new Decoded<T>(null, [error.Message]);
        }

        return new CacheEntry<T>(head, decoded.Value, decoded.Errors);
    }

    /// <summary>What the reflector reports to.</summary>
    private sealed class Sink(WatchCache<T> cache) : IReflectorSink
    {
        private readonly List<CacheEntry<T>> _list = [];

        public void BeginList()
        {
            _list.Clear();
            cache._store.BeginList();
        }

        public void Listed(JsonElement item) => _list.Add(cache.Decode(item));

        public void EndList()
        {
            cache._store.Replace(_list);
            _list.Clear();
            _list.TrimExcess();
            cache._synced.TrySetResult();
        }

        public void Changed(JsonElement item)
        {
            // The echo of our own write is known already and not decoded again.
            var metadata = item.Member("metadata");
            var present = cache._store.Find(new ObjectKey(metadata.Text("namespace"), metadata.Text("name")));
            if (present?.Head.ResourceVersion != metadata.Text("resourceVersion") || present.Head.Uid != metadata.Text("uid"))
            {
                cache._store.Set(cache.Decode(item));
            }
        }

        public void Deleted(JsonElement item) => cache._store.Remove(cache.Decode(item));
    }
}

/// <summary>Makes caches of the usual sorts.</summary>
public static class WatchCache
{
    /// <summary>A cache of a kind of the toolkit, decoded by <see cref="Api.Json.ToolkitReader"/>, without managedFields.</summary>
    public static WatchCache<T> ForKind<T>(KubeClient client, WatchCacheOptions? options = null, ILogger? logger = null)
        where T : ToolkitObject, IToolkitKind =>
        new(client, ResourcePath.Of(T.ResourceKind), ToolkitDecoder.Decode<T>, options, logger);

    /// <summary>A cache of the metadata of any kind.</summary>
    public static WatchCache<PartialObject> ForMetadata(
        KubeClient client, ResourcePath collection, WatchCacheOptions? options = null, ILogger? logger = null) =>
        new(client, collection, value => new Decoded<PartialObject>(PartialObject.Read(value), []),
            (options ?? new WatchCacheOptions()) with { MetadataOnly = true }, logger);
}
