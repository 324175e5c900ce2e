using System.Collections.Concurrent;

namespace GitOpsToolkit.Registry;

/// <summary>
/// What all objects together may ask of one host: a number of requests at a time, and nothing while it asked to be left alone.
/// </summary>
internal sealed class HostBudget(RegistryClientOptions options, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Host> hosts = new(StringComparer.Ordinal);

    /// <summary>Waits for a turn.</summary>
    /// <exception cref="RegistryException">The host asked to be left alone until later.</exception>
    internal async Task<IDisposable> EnterAsync(string authority, CancellationToken cancellation)
    {
        var host = hosts.GetOrAdd(authority, _ => new Host(options.MaxRequestsPerHost));
        await host.Turns.WaitAsync(cancellation);
        var wait = host.Closed - time.GetUtcNow();
        if (wait <= TimeSpan.Zero)
        {
            return new Turn(host.Turns);
        }

        host.Turns.Release();
        const string LeftAlone = "asked to be left alone; no request was sent";
        throw new RegistryException(RegistryFault.RateLimited, $"{authority} {LeftAlone}") { RetryAfter = wait };
    }

    internal void Close(string authority, TimeSpan duration)
    {
        if (hosts.TryGetValue(authority, out var host))
        {
            host.Closed = time.GetUtcNow() + duration;
        }
    }

    private sealed class Host(int turns) : IDisposable
    {
        internal SemaphoreSlim Turns { get; } = new(turns);

        internal DateTimeOffset Closed { get; set; }

        public void Dispose() => Turns.Dispose();
    }

    private sealed class Turn(SemaphoreSlim turns) : IDisposable
    {
        public void Dispose() => turns.Release();
    }
}
