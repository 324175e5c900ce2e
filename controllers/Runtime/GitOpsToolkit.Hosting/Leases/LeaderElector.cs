using System.Text.Json.Nodes;
using GitOpsToolkit.Hosting.Options;
using GitOpsToolkit.Kubernetes;
using Microsoft.Extensions.Logging;

namespace GitOpsToolkit.Hosting.Leases;

/// <summary>
/// Leader election on a coordination.k8s.io/v1 Lease, with client-go's rules. A foreign lease counts as expired only when it was
/// seen unchanged for its whole duration by our own clock, so clocks need not agree. Whoever cannot renew within the renew deadline
/// (because the API server is away, or the lease was taken) stops working before anybody else may begin.
/// </summary>
/// <param name="client">The API server.</param>
/// <param name="options">Names and durations.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where changes of the leader are told.</param>
/// <exception cref="ArgumentException">The durations do not fit each other.</exception>
public sealed class LeaderElector(KubeClient client, LeaderElectionOptions options, TimeProvider time, ILogger<LeaderElector> logger)
{
    private readonly ResourcePath _path = new("coordination.k8s.io", "v1", "leases", options.Namespace, options.Name);
    private readonly LeaderElectionOptions _options = options.Problem() is { } problem
        ? throw new ArgumentException(problem, nameof(options))
        : options;

    private JsonObject? _seen;
    private long _seenAt;

    /// <summary>Whether this process holds the lease at this moment.</summary>
    public bool IsLeader { get; private set; }

    /// <summary>
    /// Waits for the lease, runs <paramref name="lead"/> while it is held, and starts over when it was lost, until
    /// <paramref name="cancellation"/>. The token given to <paramref name="lead"/> ends with the lease.
    /// </summary>
    /// <param name="lead">The work. Its failure ends the election and is thrown here.</param>
    /// <param name="cancellation">A clean stop: the work is awaited, then the lease is released.</param>
    public async Task RunAsync(Func<CancellationToken, Task> lead, CancellationToken cancellation)
    {
        while (await AcquireAsync(cancellation))
        {
            logger.LogInformation("became leader: lease {Lease} is held by {Identity}", _path.Key, _options.Identity);
            await LeadAsync(lead, cancellation);
            if (!cancellation.IsCancellationRequested)
            {
                logger.LogError("lost the lease {Lease}: not renewed within {Deadline}; waiting to lead again", _path.Key, _options.RenewDeadline);
            }
        }
    }

    private async Task LeadAsync(Func<CancellationToken, Task> lead, CancellationToken cancellation)
    {
        IsLeader = true;
        var isOurs = true;
        using var term = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            var work = lead(term.Token);
            // The lease is kept until the work has ended: a drain may take longer than the lease lasts.
            isOurs = await RenewUntilAsync(work);
            await term.CancelAsync();
            await EndOfAsync(work, term.Token);
        }
        finally
        {
            if (isOurs && _options.ReleaseOnCancel)
            {
                await ReleaseAsync();
            }

            IsLeader = false;
        }
    }

    private static async Task EndOfAsync(Task work, CancellationToken stopped)
    {
        try
        {
            await work;
        }
        catch (OperationCanceledException) when (stopped.IsCancellationRequested)
        {
            // The stop that was asked for.
        }
    }

    /// <summary>True once the lease is ours; false when cancelled before.</summary>
    private async Task<bool> AcquireAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            if (await TryHoldAsync(cancellation))
            {
                return true;
            }

            await PauseAsync(cancellation);
        }

        return false;
    }

    /// <summary>Renews while the work runs. False when the lease could not be renewed in time.</summary>
    private async Task<bool> RenewUntilAsync(Task work)
    {
        var renewedAt = time.GetTimestamp();
        while (!work.IsCompleted)
        {
            await Task.WhenAny(work, Task.Delay(_options.RetryPeriod, time));
            if (work.IsCompleted)
            {
                return true;
            }

            // A try may not outlast what is left of the deadline.
            var left = _options.RenewDeadline - time.GetElapsedTime(renewedAt);
            using var deadline = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
            if (await TryHoldAsync(deadline.Token))
            {
                renewedAt = time.GetTimestamp();
            }
            else if (time.GetElapsedTime(renewedAt) >= _options.RenewDeadline || HeldByOther())
            {
                return false;
            }
        }

        return true;
    }

    private bool HeldByOther() => _seen is not null && LeaseRecord.Read(_seen).Holder is { Length: > 0 } holder && holder != _options.Identity;

    /// <summary>Takes or renews the lease; false where another holds it or the API server does not answer.</summary>
    private async Task<bool> TryHoldAsync(CancellationToken cancellation)
    {
        try
        {
            var lease = await client.GetAsync(_path, cancellation);
            Observe(lease);
            if (lease is null)
            {
                Observe(await client.CreateAsync(_path, NewLease(), null, cancellation));
                return true;
            }

            var record = LeaseRecord.Read(lease);
            if (record.Holder.Length > 0 && record.Holder != _options.Identity && !Expired(record))
            {
                return false;
            }

            lease["spec"] = LeaseRecord.Held(_options, record, time.GetUtcNow()).ToSpec();
            Observe(await client.UpdateAsync(_path, lease, null, cancellation));
            return true;
        }
        catch (ApiException error) when (error.IsConflict || error.IsAlreadyExists)
        {
            // Somebody was faster.
            return false;
        }
        catch (Exception error) when (error is ApiException or HttpRequestException or IOException)
        {
            logger.LogError("the lease {Lease} could not be read or written: {Problem}", _path.Key, error.Message);
            return false;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    private JsonObject NewLease() => new()
    {
        ["apiVersion"] = "coordination.k8s.io/v1",
        ["kind"] = "Lease",
        ["metadata"] = new JsonObject { ["name"] = _options.Name, ["namespace"] = _options.Namespace },
        ["spec"] = LeaseRecord.Held(_options, null, time.GetUtcNow()).ToSpec(),
    };

    private void Observe(JsonObject? lease)
    {
        if (!JsonNode.DeepEquals(_seen?["spec"], lease?["spec"]))
        {
            _seenAt = time.GetTimestamp();
        }

        _seen = lease;
    }

    private bool Expired(LeaseRecord record) => time.GetElapsedTime(_seenAt) >= record.Duration;

    private async Task ReleaseAsync()
    {
        using var deadline = new CancellationTokenSource(_options.RetryPeriod, time);
        try
        {
            if (_seen is not null && LeaseRecord.Read(_seen) is var record && record.Holder == _options.Identity)
            {
                _seen["spec"] = record.Released(time.GetUtcNow()).ToSpec();
                await client.UpdateAsync(_path, _seen, null, deadline.Token);
            }
        }
        catch (Exception error) when (error is ApiException or HttpRequestException or IOException or OperationCanceledException)
        {
            logger.LogInformation("the lease {Lease} was not released and runs out by itself: {Problem}", _path.Key, error.Message);
        }
    }

    private async Task PauseAsync(CancellationToken cancellation)
    {
        try
        {
            await Task.Delay(_options.RetryPeriod, time, cancellation);
        }
        catch (OperationCanceledException)
        {
            // The loop looks at the token.
        }
    }
}
