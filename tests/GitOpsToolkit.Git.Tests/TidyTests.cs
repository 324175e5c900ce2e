using GitOpsToolkit.TestKit;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace GitOpsToolkit.Git.Tests;

public sealed class TidyTests
{
    [Fact]
    public async Task A_tidying_that_fails_is_told_and_the_next_one_goes_on()
    {
        using var folder = new TempDirectory();
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        using var store = new GitMirrorStore(folder["mirrors"], new GitCliRemote(folder["scratch"], new GitCliOptions(), time), time);
        var told = new List<(string What, Exception? Error)>();
        using var stop = new CancellationTokenSource();
        var tidying = store.TidyUntilCancelledAsync((what, error) => Note(told, what, error), stop.Token);

        Directory.Delete(folder["mirrors"], recursive: true);
        time.Advance(TimeSpan.FromHours(1));
        await Eventually.TrueAsync(() => Count(told) == 1, "the first tidying is told");
        Assert.IsAssignableFrom<IOException>(told[0].Error);
        Assert.StartsWith("Git mirrors that are no longer used could not be deleted, next try in 1 h: ", told[0].What, StringComparison.Ordinal);

        Directory.CreateDirectory(Path.Combine(folder["mirrors"], "unused.git"));
        Directory.SetLastWriteTimeUtc(Path.Combine(folder["mirrors"], "unused.git"), time.GetUtcNow().UtcDateTime.AddDays(-8));
        time.Advance(TimeSpan.FromHours(1));
        await Eventually.TrueAsync(() => Count(told) == 2, "the second tidying is told");
        Assert.Equal(("Deleted 1 Git mirrors that were not used for 7 days", null), told[1]);

        await stop.CancelAsync();
        await tidying;
    }

    private static void Note(List<(string What, Exception? Error)> told, string what, Exception? error)
    {
        lock (told)
        {
            told.Add((what, error));
        }
    }

    private static int Count(List<(string What, Exception? Error)> told)
    {
        lock (told)
        {
            return told.Count;
        }
    }
}
