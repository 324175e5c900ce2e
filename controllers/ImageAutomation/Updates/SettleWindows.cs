using System.Collections.Concurrent;
using GitOpsToolkit.Kubernetes;

namespace GitOpsToolkit.Controllers.ImageAutomation.Updates;

/// <summary>
/// When the elections of automations have settled: none is newer than the quiet time, or the first one is older than the longest wait. It is kept in
/// memory alone: after a restart a window begins anew, which delays a commit by the longest wait at most.
/// </summary>
internal sealed class SettleWindows(TimeProvider time)
{
    private readonly ConcurrentDictionary<ObjectKey, Window> windows = new();

    /// <summary>Takes note of what is elected now and not committed yet.</summary>
    /// <returns>How long to wait still; zero: it has settled.</returns>
    internal TimeSpan Observe(ObjectKey automation, PolicySet set, SettleRule rule)
    {
        var now = time.GetTimestamp();
        var window = windows.AddOrUpdate(
            automation,
            _ => new Window(now, now, set),
            (_, before) => set.Matches(before.Set.Observed) ? before : new Window(before.First, now, set));
        var quiet = rule.Quiet - time.GetElapsedTime(window.Last, now);
        var wait = rule.MaxWait - time.GetElapsedTime(window.First, now);
        var rest = quiet < wait ? quiet : wait;
        return rest > TimeSpan.Zero ? rest : TimeSpan.Zero;
    }

    /// <summary>What was elected is committed: the next election opens a window of its own.</summary>
    internal void Close(ObjectKey automation) => windows.TryRemove(automation, out _);

    private sealed record Window(long First, long Last, PolicySet Set);
}
