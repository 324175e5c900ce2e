using GitOpsToolkit.Sandbox.ApiServer.Http;
using GitOpsToolkit.Sandbox.ApiServer.Storage;
using GitOpsToolkit.Sandbox.Machinery;

namespace GitOpsToolkit.Sandbox.ApiServer.Verbs;

/// <summary>A watch: the changes of a collection as a stream of frames.</summary>
internal sealed class WatchVerb(Cluster cluster)
{
    private static readonly TimeSpan FarewellBookmark = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(45);

    public async Task WatchAsync(ApiCall call, Responder responder, CancellationToken stopping)
    {
        var selection = Selection.Of(call);
        ListVerb.Number(call, "timeoutSeconds");
        var accepted = call.Accept(isList: false);
        var frames = new WatchFrames(call, responder, accepted);
        var initial = call.Flag("sendInitialEvents");
        CheckInitialEvents(call, initial);
        var version = call.Query("resourceVersion");
        var at = version is "" or "0" ? 0 : Revisions.Parse(version);
        using var deadline = new CancellationTokenSource(Timeout(call), cluster.Options.Time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(call.Aborted, stopping, deadline.Token);

        await frames.StartAsync();
        try
        {
            if (at == 0 || initial)
            {
                at = await SendPresentAsync(call, selection, frames, initial, stop.Token);
            }

            await FollowAsync(call, selection, frames, at, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The client left, the time is up or the server stops: all end the stream cleanly.
        }
    }

    private async Task<long> SendPresentAsync(ApiCall call, Selection selection, WatchFrames frames, bool announceEnd, CancellationToken ct)
    {
        var (revision, all) = cluster.Store.Snapshot(call.Resource.StorageKey);
        foreach (var stored in all.Values.Where(selection.Matches))
        {
            await frames.SendAsync("ADDED", stored, ct);
        }

        if (announceEnd && call.Flag("allowWatchBookmarks"))
        {
            await frames.SendBookmarkAsync(revision, endOfInitial: true, ct);
        }

        await frames.FlushAsync(ct);
        return revision;
    }

    private async Task FollowAsync(ApiCall call, Selection selection, WatchFrames frames, long at, CancellationToken ct)
    {
        var bookmarks = call.Flag("allowWatchBookmarks");
        var time = cluster.Options.Time;
        var lastBookmark = time.GetTimestamp();
        var ends = time.GetUtcNow() + Timeout(call) - FarewellBookmark;
        var due = false;
        while (true)
        {
            var (changes, upTo, floor, next) = cluster.Store.Follow(call.Resource.StorageKey, at);
            // A version from the future comes from another life of this server: only a new list helps there, too.
            if (changes is null || at > upTo)
            {
                await frames.SendErrorAsync(Revisions.TooOld(at, changes is null ? floor : upTo), ct);
                return;
            }

            foreach (var change in changes)
            {
                await SendChangeAsync(change, selection, frames, ct);
            }

            at = upTo;
            if (due)
            {
                await frames.SendBookmarkAsync(at, endOfInitial: false, ct);
                lastBookmark = time.GetTimestamp();
            }

            await frames.FlushAsync(ct);
            due = !await HappensAsync(next, bookmarks ? Left(lastBookmark, ends) : Timeout(call), ct);
            due &= bookmarks;
        }
    }

    /// <summary>How long until the next bookmark: one comes shortly before the end, so that the client can go on from there.</summary>
    private TimeSpan Left(long since, DateTimeOffset farewell)
    {
        var left = cluster.Options.BookmarkInterval - cluster.Options.Time.GetElapsedTime(since);
        var toFarewell = farewell - cluster.Options.Time.GetUtcNow();
        left = toFarewell > TimeSpan.Zero && toFarewell < left ? toFarewell : left;
        return left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1);
    }

    private async Task<bool> HappensAsync(Task next, TimeSpan within, CancellationToken ct)
    {
        try
        {
            await next.WaitAsync(within, cluster.Options.Time, ct);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>An object that comes to match is ADDED, one that ceases to match is DELETED.</summary>
    private static async Task SendChangeAsync(Change change, Selection selection, WatchFrames frames, CancellationToken ct)
    {
        var matched = change.Before is not null && selection.Matches(change.Before);
        var matches = change.Kind != ChangeKind.Deleted && selection.Matches(change.Object);
        var type = (matched, matches) switch
        {
            (false, true) => "ADDED",
            (true, true) => "MODIFIED",
            (true, false) => "DELETED",
            _ => null,
        };
        if (type is null)
        {
            return;
        }

        // What is gone is shown in its last matching state, at the revision of the change.
        var shown = type == "DELETED" && change.Kind != ChangeKind.Deleted
            ? StoredObject.Freeze(change.Object.Id, change.Revision, change.Before!.Parse())
            : change.Object;
        await frames.SendAsync(type, shown, ct);
    }

    private static TimeSpan Timeout(ApiCall call) =>
        long.TryParse(call.Query("timeoutSeconds"), out var seconds) && seconds > 0
            ? TimeSpan.FromSeconds(Math.Min(seconds, 24 * 3600))
            : DefaultTimeout;

    private static void CheckInitialEvents(ApiCall call, bool initial)
    {
        if (!initial && call.Query("resourceVersionMatch").Length > 0)
        {
            throw ApiError.Invalid("meta.k8s.io", "ListOptions", "",
                [FieldError.Forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided")]);
        }

        if (initial && call.Query("resourceVersionMatch") != "NotOlderThan")
        {
            throw ApiError.Invalid("meta.k8s.io", "ListOptions", "",
                [FieldError.Forbidden("resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan")]);
        }
    }
}
