using System.Collections.Concurrent;
using GitOpsToolkit.Registry;

namespace GitOpsToolkit.Controllers.ImageReflector.Scanning;

/// <summary>A complete listing and when it ended.</summary>
internal sealed record TagListing(IReadOnlyList<string> Tags, DateTimeOffset At);

/// <summary>
/// Lists tags once for all objects that name the same repository with the same credential: who comes while a listing runs waits for it,
/// who comes within its interval after one takes that.
/// </summary>
internal sealed class TagScanner(RegistryClient client, TimeProvider time) : IDisposable
{
    // Longer-lived listings would only hold memory: objects that share one scan come close together.
    private static readonly TimeSpan Keep = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, Entry> entries = new(StringComparer.Ordinal);

    public void Dispose()
    {
        foreach (var entry in entries.Values)
        {
            entry.Dispose();
        }
    }

    /// <summary>The tags of a repository.</summary>
    /// <param name="image">The repository.</param>
    /// <param name="access">How to get at it.</param>
    /// <param name="newerThan">A listing up to this time is old news to the caller.</param>
    /// <param name="cancellation">The deadline.</param>
    /// <exception cref="RegistryException">The listing failed.</exception>
    internal async Task<TagListing> ListAsync(
        ImageName image, RegistryAccess access, DateTimeOffset newerThan, CancellationToken cancellation)
    {
        var key = $"{image.Canonical} {access.Insecure} {access.Credential?.Fingerprint}";
        var entry = entries.GetOrAdd(key, _ => new Entry());
        await entry.Turn.WaitAsync(cancellation);
        try
        {
            if (entry.Listing is { } present && present.At > newerThan)
            {
                return present;
            }

            var list = await client.ListTagsAsync(image, access, cancellation);
            return entry.Listing = new TagListing(list.Tags, time.GetUtcNow());
        }
        finally
        {
            entry.Turn.Release();
            DropOld();
        }
    }

    private void DropOld()
    {
        var limit = time.GetUtcNow() - Keep;
        foreach (var entry in entries.Values)
        {
            if (entry.Listing?.At < limit)
            {
                entry.Listing = null;
            }
        }
    }

    private sealed class Entry : IDisposable
    {
        internal SemaphoreSlim Turn { get; } = new(1);

        internal TagListing? Listing { get; set; }

        public void Dispose() => Turn.Dispose();
    }
}
