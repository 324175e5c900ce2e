using System.Net;

namespace GitOpsToolkit.Registry;

/// <summary>
/// The connections by what they need: those of one CA, client certificate and proxy are shared by all who have the same, and let go some
/// time after the last of them.
/// </summary>
internal sealed class RegistryTransports(
    RegistryClientOptions options, TimeProvider time, Func<string, CancellationToken, Task<IPAddress[]>> resolve) : IDisposable
{
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(30);

    private readonly Lock gate = new();
    private readonly Dictionary<string, Entry> entries = new(StringComparer.Ordinal);

    public void Dispose()
    {
        lock (gate)
        {
            foreach (var entry in entries.Values)
            {
                entry.Transport.Dispose();
            }

            entries.Clear();
        }
    }

    /// <summary>The connections for an access; they stay open at least until the lease is disposed of.</summary>
    internal Lease Rent(RegistryAccess access)
    {
        lock (gate)
        {
            DropIdle();
            var key = access.TransportKey;
            if (!entries.TryGetValue(key, out var entry))
            {
                entries[key] = entry = new Entry(new RegistryTransport(options, resolve, access.Tls, access.Proxy));
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
        var limit = time.GetUtcNow() - Idle;
        foreach (var (key, entry) in entries.Where(pair => pair.Value.Users == 0 && pair.Value.LastUsed < limit).ToList())
        {
            entries.Remove(key);
            entry.Transport.Dispose();
        }
    }

    /// <summary>The right to use connections, until disposed of.</summary>
    internal sealed class Lease(RegistryTransports owner, Entry entry) : IDisposable
    {
        internal RegistryTransport Transport => entry.Transport;

        public void Dispose() => owner.Return(entry);
    }

    internal sealed class Entry(RegistryTransport transport)
    {
        internal RegistryTransport Transport { get; } = transport;

        internal int Users { get; set; }

        internal DateTimeOffset LastUsed { get; set; }
    }
}
