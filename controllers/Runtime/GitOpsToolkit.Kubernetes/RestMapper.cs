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

        await _refreshing.WaitAsync(cancellation);
        try
        {
            var fresh = !ReferenceEquals(before, _resources) && _resources is not null;
            if (!fresh && (_resources is null || client.Time.GetUtcNow() - _refreshed >= RefreshInterval))
            {
                await RefreshAsync(cancellation);
            }

            return _resources!.GetValueOrDefault(kind);
        }
        finally
        {
            _refreshing.Release();
        }
    }

    /// <summary>All kinds of the server, in no order.</summary>
    public async Task<IReadOnlyCollection<ResourceInfo>> ListAsync(CancellationToken cancellation)
    {
        if (Volatile.Read(ref _resources) is null)
        {
            await FindAsync(default, cancellation);
        }

        return [.. _resources!.Values];
    }

    /// <summary>Forgets everything, so that the next question reads discovery: after a CRD was applied or removed.</summary>
    public void Invalidate() => Volatile.Write(ref _resources, null);

    /// <inheritdoc/>
    public void Dispose() => _refreshing.Dispose();

    private async Task RefreshAsync(CancellationToken cancellation)
    {
        var found = await Discovery.ReadAsync(client, cancellation);
        Volatile.Write(ref _resources, found.ToImmutableDictionary(resource => resource.Kind));
        _refreshed = client.Time.GetUtcNow();
    }
}
