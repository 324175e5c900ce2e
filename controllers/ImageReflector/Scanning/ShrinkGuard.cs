using System.Collections.Concurrent;
using GitOpsToolkit.Controllers.ImageReflector.Storage;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Registry;

namespace GitOpsToolkit.Controllers.ImageReflector.Scanning;

/// <summary>
/// Holds a listing back that has less than half of the tags there were: a registry in trouble answers so, with a status of 200. The next
/// listing confirms it, where none of the tags that were missing has come back; otherwise it is judged anew. What is held is kept in
/// memory alone: after a restart a shrunk listing is held again, which only takes one scan more.
/// </summary>
internal sealed class ShrinkGuard
{
    private readonly ConcurrentDictionary<ObjectKey, Held> held = new();

    /// <summary>When a listing for the object was last held; null where none is.</summary>
    internal DateTimeOffset? HeldAt(ObjectKey repository) => held.TryGetValue(repository, out var found) ? found.Listing.At : null;

    /// <summary>Whether to hold a listing back.</summary>
    /// <param name="repository">The object.</param>
    /// <param name="before">What there was, by the same exclusions.</param>
    /// <param name="listing">What was listed, by the same exclusions.</param>
    internal bool MustHold(ObjectKey repository, TagsBefore before, ScannedTags listing)
    {
        if (listing.Tags.Count * 2L >= before.Count || IsConfirmed(repository, before.Tags, listing))
        {
            held.TryRemove(repository, out _);
            return false;
        }

        held[repository] = new Held(listing);
        return true;
    }

    internal void Forget(ObjectKey repository) => held.TryRemove(repository, out _);

    private bool IsConfirmed(ObjectKey repository, PackedTags? before, ScannedTags listing)
    {
        if (!held.TryGetValue(repository, out var first) || first.Listing.Image != listing.Image || first.Listing.At >= listing.At)
        {
            return false;
        }

        if (before is null)
        {
            return first.Listing.Tags.Equals(listing.Tags);
        }

        var known = before.GetEnumerator();
        var seen = first.Listing.Tags.GetEnumerator();
        foreach (var tag in listing.Tags)
        {
            // Missing the first time, there now: the registry is on its way back.
            if (known.Reach(tag) && !seen.Reach(tag))
            {
                return false;
            }
        }

        return true;
    }

    private sealed record Held(ScannedTags Listing);
}

/// <summary>What an object's tags were before a listing.</summary>
/// <param name="Count">How many.</param>
/// <param name="Tags">Which; null where the store was lost and only their number is known, from the object's status.</param>
internal sealed record TagsBefore(int Count, PackedTags? Tags);
