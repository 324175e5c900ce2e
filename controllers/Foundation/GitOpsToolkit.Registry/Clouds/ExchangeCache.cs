using System.Collections.Concurrent;

namespace GitOpsToolkit.Registry.Clouds;

/// <summary>A credential and when it ends.</summary>
internal sealed record TimedCredential(RegistryCredential Credential, DateTimeOffset Expires);

/// <summary>
/// Credentials of clouds until shortly before they expire: one exchange however many ask, also where it fails, and not a storm of them
/// where a registry refuses what was exchanged.
/// </summary>
internal sealed class ExchangeCache(TimeProvider time)
{
    private const int MaxEntries = 4096;

    // Who comes while a failure is this young gets it too.
    private static readonly TimeSpan KeepFailure = TimeSpan.FromSeconds(5);

    // A credential this young is not exchanged again because a registry refuses it.
    private static readonly TimeSpan Young = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Entry> entries = new(StringComparer.Ordinal);

    /// <summary>The credential for a key; by an exchange where none is kept, or where the one that is kept was refused.</summary>
    internal async Task<RegistryCredential> GetAsync(
        string key, RegistryCredential? refused, Func<CancellationToken, Task<TimedCredential>> exchange, CancellationToken cancellation)
    {
        var entry = entries.GetOrAdd(key, _ => new Entry());
        await entry.Turn.WaitAsync(cancellation);
        try
        {
            var now = time.GetUtcNow();
            var isRefused = entry.Credential == refused && now - entry.Since > Young;
            if (entry.Credential is { } kept && now < entry.Until && !isRefused)
            {
                return kept;
            }

            if (entry.Failure is { } failure && now < entry.Until)
            {
                throw new RegistryException(failure.Fault, failure.Message, failure.InnerException);
            }

            return await ExchangeAsync(entry, exchange, cancellation);
        }
        finally
        {
            entry.Turn.Release();
            Trim();
        }
    }

    private async Task<RegistryCredential> ExchangeAsync(
        Entry entry, Func<CancellationToken, Task<TimedCredential>> exchange, CancellationToken cancellation)
    {
        try
        {
            var found = await exchange(cancellation);
            (entry.Credential, entry.Failure, entry.Since) = (found.Credential, null, time.GetUtcNow());
            entry.Until = entry.Since + ((found.Expires - entry.Since) * 0.8);
            return found.Credential;
        }
        catch (RegistryException error)
        {
            (entry.Credential, entry.Failure, entry.Until) = (null, error, time.GetUtcNow() + KeepFailure);
            throw;
        }
    }

    private void Trim()
    {
        if (entries.Count > MaxEntries)
        {
            var now = time.GetUtcNow();
            foreach (var (key, _) in entries.Where(pair => pair.Value.Until <= now))
            {
                entries.TryRemove(key, out _);
            }
        }
    }

    private sealed class Entry : IDisposable
    {
        internal SemaphoreSlim Turn { get; } = new(1);

        internal RegistryCredential? Credential { get; set; }

        internal RegistryException? Failure { get; set; }

        internal DateTimeOffset Since { get; set; }

        internal DateTimeOffset Until { get; set; }

        // Never called while in use: the entries live as long as the cache, and a semaphore without a wait handle owns nothing.
        public void Dispose() => Turn.Dispose();
    }
}
