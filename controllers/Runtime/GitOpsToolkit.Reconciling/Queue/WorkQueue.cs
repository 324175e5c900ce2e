using System.Diagnostics.CodeAnalysis;

namespace GitOpsToolkit.Reconciling.Queue;

/// <summary>
/// Hands keys to workers: each key once however often it was added, never to two workers at a time, and again after
/// <see cref="Done"/> where it was added meanwhile. Keys wait in one of two lanes; the fast one goes first. Safe for concurrent use.
/// </summary>
/// <typeparam name="TKey">The keys.</typeparam>
public sealed class WorkQueue<TKey> : IDisposable
    where TKey : notnull
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly QueueMetrics _metrics;
    private readonly RetryDelays<TKey> _retries;
    private readonly DelayedKeys<TKey> _delayed;
    private readonly SemaphoreSlim _available = new(0);
    private readonly LinkedList<TKey> _normal = new();
    private readonly LinkedList<TKey> _fast = new();
    private readonly Dictionary<TKey, Waiting> _dirty = [];
    private readonly Dictionary<TKey, long> _processing = [];
    private TaskCompletionSource? _drained;

    /// <summary>Creates an empty queue.</summary>
    /// <param name="name">The queue's name in metrics.</param>
    /// <param name="options">Null means the defaults.</param>
    /// <param name="time">The clock for delays.</param>
    public WorkQueue(string name, WorkQueueOptions? options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        _time = time;
        _metrics = new QueueMetrics(name, time, RunningSince);
        _retries = new RetryDelays<TKey>(options ?? new WorkQueueOptions());
        _delayed = new DelayedKeys<TKey>(time, (key, fast) => Add(key, fast));
    }

    /// <summary>The number of keys that wait for a worker; delayed ones are not counted.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _normal.Count + _fast.Count;
            }
        }
    }

    /// <summary>The number of keys that wait for their time.</summary>
    public int Delayed => _delayed.Count;

    /// <summary>Whether the queue takes and gives no more keys.</summary>
    public bool IsShutDown
    {
        get
        {
            lock (_lock)
            {
                return _drained is not null;
            }
        }
    }

    /// <summary>
    /// Adds a key. One that waits already is not added again, but moves to the fast lane where asked; one that is being worked on is
    /// handed out again after it is done.
    /// </summary>
    public void Add(TKey key, bool fast = false)
    {
        lock (_lock)
        {
            if (_drained is not null)
            {
                return;
            }

            if (_dirty.TryGetValue(key, out var waiting))
            {
                Promote(key, waiting, fast);
                return;
            }

            _metrics.Added();
            if (_processing.ContainsKey(key))
            {
                _dirty[key] = new Waiting(null, fast, _time.GetTimestamp());
                return;
            }

            Enqueue(key, fast, _time.GetTimestamp());
        }
    }

    /// <summary>Adds a key after a delay. Of several delays of a key the one that ends first counts; the key's next run cancels it.</summary>
    public void AddAfter(TKey key, TimeSpan delay, bool fast = false)
    {
        if (delay <= TimeSpan.Zero)
        {
            Add(key, fast);
            return;
        }

        lock (_lock)
        {
            if (_drained is not null)
            {
                return;
            }
        }

        _delayed.Add(key, delay, fast);
    }

    /// <summary>Counts a failure of the key and adds it after the back-off that its failures call for. Returns that back-off.</summary>
    public TimeSpan AddRateLimited(TKey key)
    {
        var delay = _retries.Next(key);
        _metrics.Retried();
        AddAfter(key, delay);
        return delay;
    }

    /// <summary>Forgets the failures of a key.</summary>
    public void Forget(TKey key) => _retries.Forget(key);

    /// <summary>How often the key failed since it was last forgotten.</summary>
    public int NumRequeues(TKey key) => _retries.Failures(key);

    /// <summary>Waits for a key and takes it; every key taken must be given back by <see cref="Done"/>.</summary>
    /// <returns>The key, or an absent one after the shutdown.</returns>
    public async Task<Taken> GetAsync(CancellationToken cancellation)
    {
        while (true)
        {
            await _available.WaitAsync(cancellation);
            lock (_lock)
            {
                if (_drained is not null)
                {
                    // Wake the next waiting worker, too.
                    _available.Release();
                    return default;
                }

                if ((_fast.First ?? _normal.First) is { } node)
                {
                    return new Taken(Take(node));
                }
            }
        }
    }

    /// <summary>Gives back a key; it waits again where it was added meanwhile.</summary>
    public void Done(TKey key)
    {
        lock (_lock)
        {
            if (_processing.Remove(key, out var since))
            {
                _metrics.Finished(since);
            }

            if (_drained is not null)
            {
                if (_processing.Count == 0)
                {
                    _drained.TrySetResult();
                }

                return;
            }

            if (_dirty.Remove(key, out var waiting))
            {
                Enqueue(key, waiting.Fast, waiting.Since);
            }
        }
    }

    /// <summary>
    /// Stops the queue: no key is taken in or handed out from now on. Keys that still wait are dropped, since whoever starts next looks at
    /// every object anyway.
    /// </summary>
    /// <returns>Completes when the last key that is being worked on is done.</returns>
    public Task ShutDownWithDrain()
    {
        lock (_lock)
        {
            if (_drained is null)
            {
                _drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _delayed.Clear();
                _metrics.Cleared(_normal.Count + _fast.Count);
                _normal.Clear();
                _fast.Clear();
                _dirty.Clear();
                _available.Release();
                if (_processing.Count == 0)
                {
                    _drained.TrySetResult();
                }
            }

            return _drained.Task;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ = ShutDownWithDrain();
        _delayed.Dispose();
        _metrics.Dispose();
        _available.Dispose();
    }

    private void Enqueue(TKey key, bool fast, long since)
    {
        var node = (fast ? _fast : _normal).AddLast(key);
        _dirty[key] = new Waiting(node, fast, since);
        _metrics.Entered();
        _available.Release();
    }

    private void Promote(TKey key, Waiting waiting, bool fast)
    {
        if (!fast || waiting.Fast)
        {
            return;
        }

        var node = waiting.Node;
        if (node is not null)
        {
            _normal.Remove(node);
            node = _fast.AddLast(key);
        }

        _dirty[key] = waiting with { Fast = true, Node = node };
    }

    private TKey Take(LinkedListNode<TKey> node)
    {
        var key = node.Value;
        node.List!.Remove(node);
        _dirty.Remove(key, out var waiting);
        _processing[key] = _time.GetTimestamp();
        // The run that begins now decides anew when to look again.
        _delayed.Cancel(key);
        _metrics.Taken(waiting.Since);
        return key;
    }

    private long[] RunningSince()
    {
        lock (_lock)
        {
            return [.. _processing.Values];
        }
    }

    /// <summary>A key that was taken, or the news that there will be none.</summary>
    public readonly struct Taken
    {
        private readonly TKey? _key;
        private readonly bool _found;

        internal Taken(TKey key)
        {
            _key = key;
            _found = true;
        }

        /// <summary>The key; false after the shutdown.</summary>
        public bool TryGet([MaybeNullWhen(false)] out TKey key)
        {
            key = _key;
            return _found;
        }
    }

    /// <summary>A dirty key: its place in a lane, or none while the key is being worked on.</summary>
    private readonly record struct Waiting(LinkedListNode<TKey>? Node, bool Fast, long Since);
}
