namespace GitOpsToolkit.Connections;

/// <summary>
/// Connections by what they need: those of one CA, client certificate and proxy are shared by all who have the same, and let go some
/// time after the last of them.
/// </summary>
/// <typeparam name="T">What holds the connections.</typeparam>
/// <param name="idle">How long connections stay open that nobody uses.</param>
/// <param name="time">The clock of that.</param>
public sealed class SharedConnections<T>(TimeSpan idle, TimeProvider time) : IDisposable
    where T : class, IDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Entry> entries = new(StringComparer.Ordinal);

    /// <summary>Closes all of them, those in use too.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            foreach (var entry in entries.Values)
            {
                entry.Connections.Dispose();
            }

            entries.Clear();
        }
    }

    /// <summary>The connections under a key; they stay open at least until the lease is disposed of.</summary>
    /// <param name="key">Tells apart what needs connections of its own; holds no secret.</param>
    /// <param name="open">Makes them where there are none.</param>
    public Lease Rent(string key, Func<T> open)
    {
        ArgumentNullException.ThrowIfNull(open);
        lock (gate)
        {
            DropIdle();
            if (!entries.TryGetValue(key, out var entry))
            {
                entries[key] = entry = new Entry(open());
            }

            entry.Users++;
            return new Lease(this, entry);
        }
    }

    private void Return(Entry entry)
    {
        lock (gate)
        {
            entry.Users--;
            entry.LastUsed = time.GetUtcNow();
        }
    }

    private void DropIdle()
    {
        var limit = time.GetUtcNow() - idle;
        foreach (var (key, entry) in entries.Where(pair => pair.Value.Users == 0 && pair.Value.LastUsed < limit).ToList())
        {
            entries.Remove(key);
            entry.Connections.Dispose();
        }
    }

    /// <summary>The right to use connections, until disposed of.</summary>
    public sealed class Lease : IDisposable
    {
        private readonly SharedConnections<T> owner;
        private readonly Entry entry;

        internal Lease(SharedConnections<T> owner, Entry entry) => (this.owner, this.entry) = (owner, entry);

        /// <summary>The connections.</summary>
        public T Connections => entry.Connections;

        /// <inheritdoc/>
        public void Dispose() => owner.Return(entry);
    }

    internal sealed class Entry(T connections)
    {
        internal T Connections { get; } = connections;

        internal int Users { get; set; }

        internal DateTimeOffset LastUsed { get; set; }
    }
}
