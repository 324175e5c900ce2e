using GitOpsToolkit.Api.Image.V1;

namespace GitOpsToolkit.Controllers.ImageAutomation.Holds;

/// <summary>The holds of one automation, as its status keeps them. It is a value: changes give another book.</summary>
/// <param name="Holds">The holds, oldest first.</param>
internal sealed record HoldBook(IReadOnlyList<ImageUpdateHold> Holds)
{
    /// <summary>More holds than this are not kept.</summary>
    internal const int MostHolds = 100;

    /// <summary>A hold with more markers than this becomes one for all markers of its policy.</summary>
    internal const int MostMarkers = 200;

    /// <summary>No hold.</summary>
    internal static HoldBook Empty { get; } = new([]);

    /// <summary>The holds that are on a marker, of which each tells by itself what it holds.</summary>
    /// <param name="policy">The policy's name.</param>
    /// <param name="marker">The marker.</param>
    internal IEnumerable<ImageUpdateHold> On(string policy, HeldMarker marker) =>
        Holds.Where(hold => hold.Policy == policy && (hold.Markers.Count == 0 || hold.Markers.Any(held => Same(held, marker))));

    /// <summary>
    /// Adds a hold. One of the same policy, version and cause takes its markers in; other holds on the same markers stay, since each ends by itself.
    /// </summary>
    /// <param name="hold">The hold; without markers it is for every marker of the policy.</param>
    internal HoldBook Add(ImageUpdateHold hold)
    {
        var holds = Holds.ToList();
        var index = holds.FindIndex(known => known.Policy == hold.Policy && known.Version == hold.Version && known.Other == hold.Other
            && known.Reason == hold.Reason && known.Commit == hold.Commit && known.Url == hold.Url);
        if (index >= 0)
        {
            holds[index] = holds[index] with { Markers = Union(holds[index], hold) };
        }
        else
        {
            holds.Add(hold with { Markers = hold.Markers.Count > MostMarkers ? [] : hold.Markers });
        }

        return new HoldBook(holds.Count > MostHolds ? [.. holds.Skip(holds.Count - MostHolds)] : holds);
    }

    /// <summary>Changes or drops the markers of each hold; a hold that loses its last marker goes, one for all markers stays.</summary>
    /// <param name="change">What becomes of a marker: itself, another place, or null where the hold is off it.</param>
    internal HoldBook MapMarkers(Func<ImageUpdateHold, HeldMarker, HeldMarker?> change)
    {
        var holds = new List<ImageUpdateHold>();
        foreach (var hold in Holds)
        {
            if (hold.Markers.Count == 0)
            {
                holds.Add(hold);
                continue;
            }

            var markers = hold.Markers.Select(marker => change(hold, marker)).OfType<HeldMarker>()
                .DistinctBy(marker => (marker.File, marker.Path)).ToList();
            if (markers.Count > 0)
            {
                holds.Add(hold with { Markers = markers });
            }
        }

        return new HoldBook(holds);
    }

    /// <summary>The book without some holds.</summary>
    internal HoldBook Without(Func<ImageUpdateHold, bool> isOver) => new([.. Holds.Where(hold => !isOver(hold))]);

    /// <summary>Whether two markers are one.</summary>
    internal static bool Same(HeldMarker left, HeldMarker right) => left.File == right.File && left.Path == right.Path;

    private static IReadOnlyList<HeldMarker> Union(ImageUpdateHold known, ImageUpdateHold more)
    {
        // No markers means all of them, and so does a list that would grow too long: what is held stays held.
        var all = known.Markers.Concat(more.Markers).DistinctBy(marker => (marker.File, marker.Path)).ToList();
        return known.Markers.Count == 0 || more.Markers.Count == 0 || all.Count > MostMarkers ? [] : all;
    }
}
