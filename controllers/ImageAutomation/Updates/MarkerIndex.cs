using System.Collections.Concurrent;

namespace GitOpsToolkit.Controllers.ImageAutomation.Updates;

/// <summary>Remembers which blobs hold no marker, so that a run on a large repository reads only what is new. Blob ids name contents, so
/// the memory never goes stale and is shared by all repositories.</summary>
internal sealed class MarkerIndex(int capacity = 1_000_000)
{
    private ConcurrentDictionary<string, byte> _without = new(StringComparer.Ordinal);

    /// <summary>Whether the blob is known to hold no marker.</summary>
    public bool IsWithout(string blobId) => _without.ContainsKey(blobId);

    /// <summary>Remembers a blob without a marker; when there are too many, all are forgotten and learnt anew.</summary>
    public void Remember(string blobId)
    {
        if (_without.Count >= capacity)
        {
            _without = new ConcurrentDictionary<string, byte>(StringComparer.Ordinal);
        }

        _without[blobId] = 0;
    }
}
