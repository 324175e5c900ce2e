using GitOpsToolkit.Registry;

namespace GitOpsToolkit.Controllers.ImageReflector.Scanning;

/// <summary>A complete listing.</summary>
/// <param name="Tags">The tags.</param>
/// <param name="Began">When it was begun: a tag pushed before is in it.</param>
/// <param name="At">When it ended.</param>
internal sealed record TagListing(PackedTags Tags, DateTimeOffset Began, DateTimeOffset At);

/// <summary>
/// Lists tags once for all objects that name the same repository with the same credential: who comes while a listing runs waits for it,
/// who comes soon after one takes that, unless it is older than what the caller has seen or asked for.
/// </summary>
internal sealed class TagScanner(RegistryClient client, TimeProvider time) : IDisposable
{
    // Longer-lived listings would only hold memory: objects that share one are due together.
    private static readonly TimeSpan Keep = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly Dictionary<string, Entry> entries = new(StringComparer.Ordinal);
    private DateTimeOffset tidied;

    public void Dispose()
    {
        lock (gate)
        {
            foreach (var entry in entries.Values)
            {
                entry.Dispose();
            }
        }
    }

    /// <summary>The tags of a repository.</summary>
    /// <param name="image">The repository.</param>
    /// <param name="access">How to get at it.</param>
    /// <param name="newerThan">A listing that was begun up to this time is old news to the caller.</param>
    /// <param name="cancellation">The deadline.</param>
    /// <exception cref="RegistryException">The listing failed.</exception>
    internal async Task<TagListing> ListAsync(
        ImageName image, RegistryAccess access, DateTimeOffset newerThan, CancellationToken cancellation)
    {
        var entry = Enter($"{image.Canonical} {access.Fingerprint}");
        try
        {
            await entry.Turn.WaitAsync(cancellation);
            try
            {
                if (entry.Listing is { } present && present.Began > newerThan)
                {
                    ReflectorMetrics.SharedListing();
                    return present;
                }

                return entry.Listing = await ListAsync(image, access, cancellation);
            }
            finally
            {
                entry.Turn.Release();
            }
        }
        finally
        {
            Leave(entry);
        }
    }

    private async Task<TagListing> ListAsync(ImageName image, RegistryAccess access, CancellationToken cancellation)
    {
        var began = time.GetUtcNow();
        var stamp = time.GetTimestamp();
        try
        {
            var list = await client.ListTagsAsync(image, access, cancellation);
            ReflectorMetrics.Listed(time.GetElapsedTime(stamp), list.Packed.Count);
            return new TagListing(list.Packed, began, time.GetUtcNow());
        }
        catch (RegistryException error)
        {
            ReflectorMetrics.Failed(time.GetElapsedTime(stamp), error.Fault.ToString());
            throw;
        }
        catch (OperationCanceledException)
        {
            ReflectorMetrics.Failed(time.GetElapsedTime(stamp), "Timeout");
            throw;
        }
    }

    private Entry Enter(string key)
    {
        lock (gate)
        {
            if (!entries.TryGetValue(key, out var entry))
            {
                entries[key] = entry = new Entry();
            }

            entry.Users++;
            return entry;
        }
    }

    /// <summary>Ends the use of an entry, and now and then drops those that nobody has use for.</summary>
    private void Leave(Entry left)
    {
        lock (gate)
        {
            left.Users--;
            var limit = time.GetUtcNow() - Keep;
            if (tidied > limit + (Keep / 2))
            {
                return;
            }

            tidied = time.GetUtcNow();
            foreach (var (key, entry) in entries.Where(pair => pair.Value.Users == 0 && !(pair.Value.Listing?.At > limit)).ToList())
            {
                entries.Remove(key);
                entry.Dispose();
            }
        }
    }

    private sealed class Entry : IDisposable
    {
        internal SemaphoreSlim Turn { get; } = new(1);

        internal TagListing? Listing { get; set; }

        /// <summary>How many callers are at it; under the gate.</summary>
        internal int Users { get; set; }

        public void Dispose() => Turn.Dispose();
    }
}
