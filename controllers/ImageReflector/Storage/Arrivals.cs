using System.Collections.Immutable;
using System.Runtime.InteropServices;
using GitOpsToolkit.Registry;

namespace GitOpsToolkit.Controllers.ImageReflector.Storage;

/// <summary>
/// When each tag of a set was first seen, in the order of the tags: runs of neighbours with the same time. A repository that was found whole
/// is one run; each later tag adds about one.
/// </summary>
internal sealed class Arrivals
{
    internal static readonly Arrivals None = new([], []);

    internal Arrivals(ImmutableArray<DateTimeOffset> times, ImmutableArray<Run> runs)
    {
        Times = times;
        Runs = runs;
    }

    /// <summary>The distinct times, ascending.</summary>
    internal ImmutableArray<DateTimeOffset> Times { get; }

    /// <summary>The runs, in the order of the tags.</summary>
    internal ImmutableArray<Run> Runs { get; }

    internal DateTimeOffset? Oldest => Times is [var first, ..] ? first : null;

    /// <summary>All tags at one time.</summary>
    internal static Arrivals Together(int count, DateTimeOffset at) =>
        count == 0 ? None : new Arrivals([Cut(at)], [new Run(count, 0)]);

    /// <summary>Those of a set that comes after another: what was there keeps its time.</summary>
    internal static Arrivals Follow(PackedTags before, Arrivals arrivals, PackedTags after, DateTimeOffset at)
    {
        var builder = new ArrivalsBuilder();
        var olds = before.GetEnumerator();
        var times = arrivals.GetEnumerator();
        var hasOld = olds.MoveNext() && times.MoveNext();
        var now = Cut(at);
        foreach (var tag in after)
        {
            // Both descend: whatever is greater on the old side is gone.
            while (hasOld && olds.Current.SequenceCompareTo(tag) > 0)
            {
                hasOld = olds.MoveNext() && times.MoveNext();
            }

            builder.Add(hasOld && olds.Current.SequenceEqual(tag) ? times.Current : now);
        }

        return builder.Finish();
    }

    /// <summary>Goes through the times, one a tag.</summary>
    internal IEnumerator<DateTimeOffset> GetEnumerator()
    {
        foreach (var (length, time) in Runs)
        {
            for (var i = 0; i < length; i++)
            {
                yield return Times[time];
            }
        }
    }

    /// <summary>Times are kept to the millisecond.</summary>
    private static DateTimeOffset Cut(DateTimeOffset at) => DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds());

    /// <summary>Neighbours with the same time.</summary>
    /// <param name="Length">How many.</param>
    /// <param name="Time">The number of their time.</param>
    [StructLayout(LayoutKind.Auto)]
    internal readonly record struct Run(int Length, int Time);
}

/// <summary>Gathers arrivals one by one.</summary>
internal sealed class ArrivalsBuilder
{
    private readonly List<(int Length, DateTimeOffset Time)> runs = [];

    internal void Add(DateTimeOffset time)
    {
        if (runs.Count > 0 && runs[^1].Time == time)
        {
            runs[^1] = (runs[^1].Length + 1, time);
        }
        else
        {
            runs.Add((1, time));
        }
    }

    internal Arrivals Finish()
    {
        // Only the times of tags that are still there: a repository that lives for years does not grow for it.
        ImmutableArray<DateTimeOffset> times = [.. runs.Select(run => run.Time).Distinct().Order()];
        var numbers = new Dictionary<DateTimeOffset, int>(times.Length);
        for (var i = 0; i < times.Length; i++)
        {
            numbers[times[i]] = i;
        }

        return new Arrivals(times, [.. runs.Select(run => new Arrivals.Run(run.Length, numbers[run.Time]))]);
    }
}
