namespace GitOpsToolkit.Reconciling.Queue;

/// <summary>Keys that wait for their time; one timer for all of them.</summary>
internal sealed class DelayedKeys<TKey> : IDisposable
    where TKey : notnull
{
    /// <summary>Timers take no longer delay than this; a longer one is waited for in parts.</summary>
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(7);

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly Action<TKey, bool> _due;
    private readonly ITimer _timer;
    private readonly Dictionary<TKey, (DateTimeOffset At, bool Fast)> _times = [];
    private readonly PriorityQueue<(TKey Key, DateTimeOffset At), DateTimeOffset> _order = new();

    public DelayedKeys(TimeProvider time, Action<TKey, bool> due)
    {
        _time = time;
        _due = due;
        _timer = time.CreateTimer(_ => Fire(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _times.Count;
            }
        }
    }

    public void Add(TKey key, TimeSpan delay, bool fast)
    {
        lock (_lock)
        {
            var now = _time.GetUtcNow();
            var at = delay < DateTimeOffset.MaxValue - now ? now + delay : DateTimeOffset.MaxValue;
            if (_times.TryGetValue(key, out var present))
            {
                fast |= present.Fast;
                if (present.At <= at)
                {
                    _times[key] = (present.At, fast);
                    return;
                }
            }

            _times[key] = (at, fast);
            _order.Enqueue((key, at), at);
            Arm();
        }
    }

    public void Cancel(TKey key)
    {
        lock (_lock)
        {
            // Its place in the order stays and is passed over when it comes up.
            _times.Remove(key);
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _times.Clear();
            _order.Clear();
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Fire()
    {
        var due = new List<(TKey Key, bool Fast)>();
        lock (_lock)
        {
            var now = _time.GetUtcNow();
            while (_order.TryPeek(out var next, out var at) && at <= now)
            {
                _order.Dequeue();
                if (_times.TryGetValue(next.Key, out var entry) && entry.At == next.At)
                {
                    _times.Remove(next.Key);
                    due.Add((next.Key, entry.Fast));
                }
            }

            Arm();
        }

        // Outside the lock: the queue takes its own.
        foreach (var (key, fast) in due)
        {
            _due(key, fast);
        }
    }

    private void Arm()
    {
        if (_order.TryPeek(out _, out var at))
        {
            var delay = at - _time.GetUtcNow();
            _timer.Change(delay < TimeSpan.Zero ? TimeSpan.Zero : delay < LongestTimer ? delay : LongestTimer, Timeout.InfiniteTimeSpan);
        }
    }
}

/// <summary>Counts failures and computes the exponential back-off of each key.</summary>
internal sealed class RetryDelays<TKey>(WorkQueueOptions options)
    where TKey : notnull
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TKey, int> _failures = [];

    public TimeSpan Next(TKey key)
    {
        int before;
        lock (_lock)
        {
            before = _failures.GetValueOrDefault(key);
            _failures[key] = before + 1;
        }

        // In floating point: 2^60 times the first delay overflows a TimeSpan.
        var milliseconds = options.MinRetryDelay.TotalMilliseconds * Math.Pow(2, Math.Min(before, 60));
        return milliseconds < options.MaxRetryDelay.TotalMilliseconds ? TimeSpan.FromMilliseconds(milliseconds) : options.MaxRetryDelay;
    }

    public int Failures(TKey key)
    {
        lock (_lock)
        {
            return _failures.GetValueOrDefault(key);
        }
    }

    public void Forget(TKey key)
    {
        lock (_lock)
        {
            _failures.Remove(key);
        }
    }
}
