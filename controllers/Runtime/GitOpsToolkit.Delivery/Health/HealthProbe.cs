using System.Collections.Concurrent;
using GitOpsToolkit.Kubernetes;

namespace GitOpsToolkit.Delivery.Health;

/// <summary>An object with its state.</summary>
/// <param name="Target">The object.</param>
/// <param name="Report">Its state.</param>
public sealed record ObjectReport(ObjectRef Target, HealthReport Report);

/// <summary>Looks at the state of objects once; who waits for them looks again when they change.</summary>
/// <param name="client">The server.</param>
/// <param name="mapper">The kinds of that server.</param>
public sealed class HealthProbe(KubeClient client, RestMapper mapper)
{
    private const int Concurrency = 4;

    /// <summary>Reads the objects and tells those that are not current, in the order of their application.</summary>
    /// <exception cref="ApiException">The server could not be asked.</exception>
    public async Task<IReadOnlyList<ObjectReport>> FindUnreadyAsync(IEnumerable<ObjectRef> targets, CancellationToken cancellation)
    {
        var unready = new ConcurrentBag<ObjectReport>();
        var limits = new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellation };
        await Parallel.ForEachAsync(targets, limits, async (target, token) =>
        {
            var report = await ReadAsync(target, token);
            if (report.Status != HealthStatus.Current)
            {
                unready.Add(new ObjectReport(target, report));
            }
        });
        return [.. unready.OrderBy(entry => entry.Target, ApplyOrder.Instance)];
    }

    private async Task<HealthReport> ReadAsync(ObjectRef target, CancellationToken cancellation)
    {
        if (await mapper.FindAsync(target.Kind, cancellation) is not { } resource)
        {
            return HealthReport.NotFound;
        }

        var live = await client.GetAsync(resource.At(target.Key), cancellation);
        return live is null ? HealthReport.NotFound : ObjectHealth.Compute(live, client.Time.GetUtcNow());
    }
}
