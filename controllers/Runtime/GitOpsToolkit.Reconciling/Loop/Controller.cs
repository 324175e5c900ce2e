using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Reconciling.Queue;
using Microsoft.Extensions.Logging;

namespace GitOpsToolkit.Reconciling.Loop;

/// <summary>
/// Runs the reconciler of a kind: caches report changes, changes become keys in a queue, workers take keys and reconcile, outcomes
/// decide when a key comes again.
/// </summary>
public sealed class Controller : IDisposable
{
    /// <summary>The reason of retries that an exception caused; it is logged where it is caught.</summary>
    private const string Unexpected = "ReconcileError";

    private readonly IReconciler _reconciler;
    private readonly ControllerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly WorkQueue<ObjectKey> _queue;
    private readonly ControllerMetrics _metrics;

    /// <summary>Creates the controller.</summary>
    /// <param name="name">Its name in logs and metrics, such as <c>gitrepository</c>.</param>
    /// <param name="reconciler">What it runs.</param>
    /// <param name="options">Null means the defaults.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">Where logs go.</param>
    public Controller(string name, IReconciler reconciler, ControllerOptions? options, TimeProvider time, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(reconciler);
        ArgumentNullException.ThrowIfNull(loggers);
        Name = name;
        _reconciler = reconciler;
        _options = options ?? new ControllerOptions();
        _time = time;
        _logger = loggers.CreateLogger(name);
        _queue = new WorkQueue<ObjectKey>(name, _options.Retries, time);
        _metrics = new ControllerMetrics(name, reconciler.Kind, _options.Concurrency);
    }

    /// <summary>The controller's name.</summary>
    public string Name { get; }

    /// <summary>The number of objects that wait for a worker.</summary>
    public int Waiting => _queue.Count;

    /// <summary>The number of objects that wait for their time.</summary>
    public int Delayed => _queue.Delayed;

    /// <summary>
    /// Reconciles the objects of a cache: new ones, ones whose spec changed (generation), whose deletion began, and — first of all — ones for
    /// which a reconcile is requested by annotation. Other changes, such as our own status writes, do not wake them.
    /// </summary>
    public void Watch<T>(WatchCache<T> cache)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(cache);
        cache.OnChange(change =>
        {
            if (ObjectPredicate.IsWorth(change))
            {
                _queue.Add(change.Key, fast: ObjectPredicate.IsRequested(change));
            }
        });
    }

    /// <summary>Reconciles those objects that a change of some other object concerns.</summary>
    /// <param name="cache">Where changes come from.</param>
    /// <param name="concerned">The keys that a change concerns, in the order in which they shall be reconciled; must be quick.</param>
    public void Watch<T>(WatchCache<T> cache, Func<CacheChange<T>, IEnumerable<ObjectKey>> concerned)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(cache);
        cache.OnChange(change =>
        {
            foreach (var key in concerned(change))
            {
                _queue.Add(key);
            }
        });
    }

    /// <summary>Reconciles an object now.</summary>
    public void Enqueue(ObjectKey key, bool fast = false) => _queue.Add(key, fast);

    /// <summary>Reconciles an object after a while, or earlier if something else wakes it.</summary>
    public void EnqueueAfter(ObjectKey key, TimeSpan delay) => _queue.AddAfter(key, delay);

    /// <summary>
    /// Works until cancelled. Then no new reconcile begins; running ones may finish within <see cref="ControllerOptions.DrainTimeout"/>, are cancelled
    /// after that, and abandoned where they do not heed it.
    /// </summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource();
        var workers = Enumerable.Range(0, _options.Concurrency).Select(_ => WorkAsync(late.Token)).ToArray();
        await cancellation.WaitAsync();
        var drained = Task.WhenAll(_queue.ShutDownWithDrain(), Task.WhenAll(workers));
        if (!await FinishesAsync(drained, _options.DrainTimeout))
        {
            _logger.LogInformation("{Controller}: cancelling the reconciles that still run", Name);
            await late.CancelAsync();
            if (!await FinishesAsync(drained, _options.AbandonTimeout))
            {
                _logger.LogWarning("{Controller}: abandoning reconciles that do not stop", Name);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _queue.Dispose();

    private async Task<bool> FinishesAsync(Task task, TimeSpan within)
    {
        try
        {
            await task.WaitAsync(within, _time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Task WorkAsync(CancellationToken late)
    {
        // Off the caller's stack: the first key may be there already.
        await Task.Yield();
        while ((await _queue.GetAsync(CancellationToken.None)).TryGet(out var key))
        {
            try
            {
                await ReconcileAsync(key, late);
            }
            finally
            {
                _queue.Done(key);
            }
        }
    }

    private async Task ReconcileAsync(ObjectKey key, CancellationToken late)
    {
        using var scope = _logger.BeginScope(new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["controller"] = Name,
            ["controllerKind"] = _reconciler.Kind,
            ["name"] = key.Name,
            ["namespace"] = key.Namespace,
        });
        var began = _time.GetTimestamp();
        _metrics.Begin();
        Outcome outcome;
        try
        {
            outcome = await _reconciler.ReconcileAsync(key, late);
        }
        catch (Exception error) when (!late.IsCancellationRequested)
        {
            LogUnexpected(error);
            outcome = new Outcome.Retry(Unexpected, error.Message);
        }
        catch (Exception) when (late.IsCancellationRequested)
        {
            outcome = Outcome.Next;
        }

        _metrics.End(key, outcome, _time.GetElapsedTime(began));
        Settle(key, outcome);
    }

    /// <summary>
    /// Decides when the key comes again. A wait of zero, as <c>interval: 0s</c> asks for, is none, as in controller-runtime: it must not spin.
    /// </summary>
    private void Settle(ObjectKey key, Outcome outcome)
    {
        switch (outcome)
        {
            case Outcome.Retry { After: null or { Ticks: <= 0 } } retry:
                var delay = _queue.AddRateLimited(key);
                if (retry.Fault.Reason != Unexpected)
                {
                    LogRetry(retry.Fault, delay);
                }

                return;
            case Outcome.Retry retry:
                LogRetry(retry.Fault, retry.After.Value);
                _queue.Forget(key);
                _queue.AddAfter(key, retry.After.Value);
                return;
            case Outcome.WaitFor { After.Ticks: <= 0 }:
                _queue.AddRateLimited(key);
                return;
            case Outcome.WaitFor wait:
                _queue.Forget(key);
                _queue.AddAfter(key, wait.After);
                return;
            case Outcome.Done { After: { Ticks: > 0 } after }:
                _queue.Forget(key);
                _queue.AddAfter(key, after);
                return;
            case Outcome.Stalled stalled:
                _logger.LogError("reconciliation stalled until the object changes: {Fault}", stalled.Fault.Text);
                _queue.Forget(key);
                return;
            default:
                _queue.Forget(key);
                return;
        }
    }

    /// <summary>What no step expected: an object that changed under us (no news), the API server away, or a bug.</summary>
    private void LogUnexpected(Exception error)
    {
        if (error is ApiException api)
        {
            var level = api.IsConflict ? LogLevel.Debug : LogLevel.Error;
            _logger.Log(level, "reconciliation is tried again: {Problem}", error.Message);
            return;
        }

        _logger.LogError(error, "reconciliation failed unexpectedly");
    }

    private void LogRetry(Fault fault, TimeSpan delay) => _logger.LogError(
        "reconciliation failed, next try in {Delay}: {Fault}", GoDuration.From(delay), fault.Text);
}
