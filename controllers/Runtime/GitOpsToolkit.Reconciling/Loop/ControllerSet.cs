using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Api.Schema;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Reconciling.Events;
using Microsoft.Extensions.Logging;

namespace GitOpsToolkit.Reconciling.Loop;

/// <summary>
/// What a controller process is made of: caches (one a kind, shared), controllers, the event recorder and other tasks. Runs them in order:
/// caches first, controllers once all caches are filled; at the stop controllers drain before caches and events end.
/// </summary>
/// <example>
/// <code>
/// var set = new ControllerSet(client, events, time, loggers, random, options.Watch);
/// var repositories = set.Cache&lt;GitRepository&gt;();
/// var controller = set.Add("gitrepository", new GitRepositoryReconciler(repositories, set.Services, …), options.Loop);
/// controller.Watch(repositories);
/// await set.RunAsync(cancellation);
/// </code>
/// </example>
public sealed class ControllerSet : IDisposable
{
    private readonly WatchCacheOptions _watch;
    private readonly Dictionary<(Type Kind, bool Own), IWatchCache> _kinds = [];
    private readonly List<IWatchCache> _caches = [];
    private readonly List<Controller> _controllers = [];
    private readonly List<Func<CancellationToken, Task>> _tasks = [];
    private readonly EventRecorder _events;

    /// <summary>Creates an empty set.</summary>
    /// <param name="client">The API server.</param>
    /// <param name="events">Where the set's reconcilers record events, and how they are sent.</param>
    /// <param name="loggers">Where logs go.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">Spreads requeues.</param>
    /// <param name="watch">Which objects the caches of <see cref="Cache{T}()"/> hold; null means all.</param>
    public ControllerSet(
        KubeClient client, EventRecorderOptions events, ILoggerFactory loggers, TimeProvider time, Random random, WatchCacheOptions? watch = null)
    {
        _watch = watch ?? new WatchCacheOptions();
        _events = new EventRecorder(client, events, loggers.CreateLogger<EventRecorder>());
        Services = new ReconcilerServices(client, _events, loggers, time, random);
    }

    /// <summary>What the reconcilers of the set need.</summary>
    public ReconcilerServices Services { get; }

    /// <summary>The controllers, to look at.</summary>
    public IReadOnlyList<Controller> Controllers => _controllers;

    /// <summary>Whether all caches are filled.</summary>
    public bool HasSynced => _caches.TrueForAll(cache => cache.HasSynced);

    /// <summary>The cache of a kind that the set reconciles: in the set's namespace, with its labels (its shard). One is made at the first call.</summary>
    public WatchCache<T> Cache<T>()
        where T : ToolkitObject, IToolkitKind => Cache<T>(own: true);

    /// <summary>
    /// The cache of a kind that the set refers to and others reconcile: in the set's namespace, whatever its labels, since shards are cut
    /// differently elsewhere. One is made at the first call; without labels it is the one of <see cref="Cache{T}()"/>.
    /// </summary>
    public WatchCache<T> Lookup<T>()
        where T : ToolkitObject, IToolkitKind => Cache<T>(own: _watch.LabelSelector is null);

    /// <summary>Adds a cache that the caller made: another kind, other restrictions.</summary>
    public TCache Add<TCache>(TCache cache)
        where TCache : IWatchCache
    {
        _caches.Add(cache);
        return cache;
    }

    /// <summary>Adds a controller; what it watches is the caller's to say.</summary>
    public Controller Add(string name, IReconciler reconciler, ControllerOptions? options = null)
    {
        var controller = new Controller(name, reconciler, options, Services.Time, Services.Loggers);
        _controllers.Add(controller);
        return controller;
    }

    /// <summary>Adds a task that runs along with the controllers: it begins after the caches are filled and ends when cancelled.</summary>
    public void Add(Func<CancellationToken, Task> task) => _tasks.Add(task);

    /// <summary>Runs everything until cancelled and drained. A failure of one part stops the others and is thrown.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var supply = new CancellationTokenSource();
        using var work = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var supplies = _caches.Select(cache => cache.RunAsync(supply.Token)).Append(_events.RunAsync(supply.Token)).ToArray();
        try
        {
            // A cache that no longer follows the server is a failure like any other; it would only be harder to see.
            var broken = Task.WhenAny(supplies);
            var synced = Task.WhenAll(_caches.Select(cache => cache.WaitForSyncAsync(work.Token)));
            if (await Task.WhenAny(synced, broken) == broken)
            {
                await work.CancelAsync();
                return;
            }

            await synced;
            var running = _controllers.Select(controller => controller.RunAsync(work.Token)).Concat(_tasks.Select(task => task(work.Token))).ToArray();
            // Parts end by cancellation only: the first that ends otherwise takes the others with it.
            await Task.WhenAny([.. running, broken, cancellation.WaitAsync()]);
            await work.CancelAsync();
            await Task.WhenAll(running);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Stopped before or while everything ran.
        }
        finally
        {
            await supply.CancelAsync();
            await Task.WhenAll(supplies);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var controller in _controllers)
        {
            controller.Dispose();
        }
    }

    private WatchCache<T> Cache<T>(bool own)
        where T : ToolkitObject, IToolkitKind
    {
        if (!_kinds.TryGetValue((typeof(T), own), out var cache))
        {
            var watch = own ? _watch : _watch with { LabelSelector = null };
            _kinds[(typeof(T), own)] = cache = Add(WatchCache.ForKind<T>(Services.Client, watch, Services.Loggers.CreateLogger("watch")));
        }

        return (WatchCache<T>)cache;
    }
}
