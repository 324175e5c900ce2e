using System.Collections.Immutable;

namespace GitOpsToolkit.Kubernetes;

/// <summary>
/// Knows what kinds the server has. Discovery is read when first needed and again when an unknown kind is asked for, at most once
/// in <see cref="RefreshInterval"/> — so that a kind defined a moment ago is found and a misspelt one costs little.
/// </summary>
public sealed class RestMapper(KubeClient client) : IDisposable
{
    private readonly SemaphoreSlim _refreshing = new(1, 1);
    private ImmutableDictionary<GroupVersionKind, ResourceInfo>? _resources;
    private DateTimeOffset _refreshed = DateTimeOffset.MinValue;

    /// <summary>The shortest time between two reads of discovery that misses cause. Default one second.</summary>
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Finds a kind; null where the server does not have it. Throws <see cref="ApiException"/> where discovery fails.</summary>
    public async Task<ResourceInfo?> FindAsync(GroupVersionKind kind, CancellationToken cancellation)
    {
        var before = Volatile.Read(ref _resources);
        if (before?.TryGetValue(kind, out var known) == true)
        {
            return known;
        }

        return (await LoadAsync(before, cancellation)).GetValueOrDefault(kind);
    }

    /// <summary>All kinds of the server, in no order.</summary>
    public async Task<IReadOnlyCollection<ResourceInfo>> ListAsync(CancellationToken cancellation)
    {
        var known = Volatile.Read(ref _resources) ?? await LoadAsync(null, cancellation);
        return [.. known.Values];
    }

    /// <summary>Forgets everything, so that the next question reads discovery: after a CRD was applied or removed.</summary>
    public void Invalidate() => Volatile.Write(ref _resources, null);

    /// <inheritdoc/>
    public void Dispose() => _refreshing.Dispose();

    /// <summary>Reads discovery, unless somebody else did since <paramref name="before"/> was looked at, or it was read a moment ago.</summary>
    private async Task<ImmutableDictionary<GroupVersionKind, ResourceInfo>> LoadAsync(
        ImmutableDictionary<GroupVersionKind, ResourceInfo>? before, CancellationToken cancellation)
    {
        await _refreshing.WaitAsync(cancellation);
        try
        {
            var present = Volatile.Read(ref _resources);
            if (present is not null && (!ReferenceEquals(before, present) || client.Time.GetUtcNow() - _refreshed < RefreshInterval))
            {
                return present;
            }

            var found = await Discovery.ReadAsync(client, cancellation);
            var resources = found.ToImmutableDictionary(resource => resource.Kind);
            Volatile.Write(ref _resources, resources);
            _refreshed = client.Time.GetUtcNow();
            return resources;
        }
        finally
        {
            _refreshing.Release();
        }
    }
}
