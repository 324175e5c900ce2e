using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using GitOpsToolkit.Connections;

namespace GitOpsToolkit.Registry;

/// <summary>
/// What all objects together may ask of one host: a number of calls at a time, a rate of requests, nothing while the host asked to be left
/// alone, and no manifests while it says that no pulls are left.
/// </summary>
internal sealed class HostBudget(RegistryClientOptions options, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Host> hosts = new(StringComparer.Ordinal);

    /// <summary>Waits for one of the calls that may run at a time.</summary>
    /// <exception cref="RegistryException">The host asked to be left alone until later.</exception>
    internal async Task<IDisposable> EnterAsync(Uri address, CancellationToken cancellation)
    {
        var host = Find(address);
        await host.Turns.WaitAsync(cancellation);
        try
        {
            ThrowIfClosed(address, host);
            return new Turn(host.Turns);
        }
        catch
        {
            host.Turns.Release();
            throw;
        }
    }

    /// <summary>Waits until a request is within the rate.</summary>
    /// <exception cref="RegistryException">The host asked to be left alone until later, or has no pulls left and this is one.</exception>
    internal async Task PassAsync(Uri address, bool pull, string? who, CancellationToken cancellation)
    {
        var host = Find(address);
        ThrowIfClosed(address, host);
        var left = pull && host.PullsClosed.TryGetValue(who ?? "", out var until) ? until - time.GetUtcNow() : TimeSpan.Zero;
        if (left > TimeSpan.Zero)
        {
            throw new RegistryException(
                RegistryFault.RateLimited, $"{address.Authority} has no pulls left for now; no request was sent")
            { RetryAfter = left };
        }

        // A registry on this machine is nobody else's.
        var wait = AddressClasses.IsLoopbackName(address.Host) ? TimeSpan.Zero : Reserve(host);
        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, time, cancellation);
            ThrowIfClosed(address, host);
        }
    }

    /// <summary>Heeds what an answer says about limits.</summary>
    internal void Observe(Uri address, string? who, HttpResponseMessage answer)
    {
        var host = Find(address);
        if (answer.StatusCode == HttpStatusCode.TooManyRequests
            || (answer.StatusCode >= HttpStatusCode.InternalServerError && answer.Headers.RetryAfter is not null))
        {
            host.Close(time.GetUtcNow() + RegistryAnswers.RetryAfter(answer, options, time));
        }

        if (Limit(answer, "ratelimit-remaining") is not { } remaining)
        {
            return;
        }

        if (remaining.Value > 0)
        {
            host.PullsClosed.TryRemove(who ?? "", out _);
            return;
        }

        var window = Limit(answer, "ratelimit-reset")?.Value ?? remaining.Window ?? (long)options.DefaultRetryAfter.TotalSeconds;
        var pause = window < options.MaxRetryAfter.TotalSeconds ? TimeSpan.FromSeconds(Math.Max(1, window)) : options.MaxRetryAfter;
        host.PullsClosed[who ?? ""] = time.GetUtcNow() + pause;
    }

    /// <summary>Reads <c>76;w=21600</c>: a number, and the seconds of its window.</summary>
    private static (long Value, long? Window)? Limit(HttpResponseMessage answer, string name)
    {
        if (!answer.Headers.NonValidated.TryGetValues(name, out var values))
        {
            return null;
        }

        var parts = values.ToString().Split(';', StringSplitOptions.TrimEntries);
        var window = parts.Skip(1).FirstOrDefault(part => part.StartsWith("w=", StringComparison.Ordinal));
        return long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? (value, long.TryParse(window?[2..], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : null)
            : null;
    }

    private Host Find(Uri address) => hosts.GetOrAdd(address.Authority, _ => new Host(options.MaxRequestsPerHost));

    private void ThrowIfClosed(Uri address, Host host)
    {
        var wait = host.ClosedUntil - time.GetUtcNow();
        if (wait > TimeSpan.Zero)
        {
            const string LeftAlone = "asked to be left alone; no request was sent";
            throw new RegistryException(RegistryFault.RateLimited, $"{address.Authority} {LeftAlone}") { RetryAfter = wait };
        }
    }

    /// <summary>Takes the next place in the row of requests, and says how long it is until then.</summary>
    private TimeSpan Reserve(Host host)
    {
        var interval = TimeSpan.FromSeconds(1.0 / options.RequestsPerSecond);
        lock (host)
        {
            var now = time.GetUtcNow();
            var place = host.NextPlace > now ? host.NextPlace : now;
            host.NextPlace = place + interval;
            return place - now - (interval * options.RequestBurst);
        }
    }

    private sealed class Host(int turns) : IDisposable
    {
        private long closedUntil;

        internal SemaphoreSlim Turns { get; } = new(turns);

        internal DateTimeOffset NextPlace { get; set; }

        internal ConcurrentDictionary<string, DateTimeOffset> PullsClosed { get; } = new(StringComparer.Ordinal);

        internal DateTimeOffset ClosedUntil => new(Interlocked.Read(ref closedUntil), TimeSpan.Zero);

        public void Dispose() => Turns.Dispose();

        internal void Close(DateTimeOffset until) => Interlocked.Exchange(ref closedUntil, until.UtcTicks);
    }

    private sealed class Turn(SemaphoreSlim turns) : IDisposable
    {
        public void Dispose() => turns.Release();
    }
}
