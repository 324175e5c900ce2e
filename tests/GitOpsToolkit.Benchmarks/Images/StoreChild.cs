using System.Diagnostics;
using System.Globalization;
using GitOpsToolkit.Controllers.ImageReflector.Storage;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Registry;

namespace GitOpsToolkit.Benchmarks.Images;

/// <summary>
/// Works on a store in a process of its own, so that its memory is its own: a first scan of all repositories, a rescan with a new tag
/// each, all tags read, and rounds of rescans of which some bring a tag. After each phase it prints a line and waits for one.
/// </summary>
internal static class StoreChild
{
    public const string Argument = "--store-child";

    public static int Run(string[] order)
    {
        int Number(int at) => int.Parse(order[at], CultureInfo.InvariantCulture);
        var (kind, folder, repositories, tags, rounds) = (order[0], order[1], Number(2), Number(3), Number(4));
        using IBenchmarkedStore store = kind == "sqlite" ? new SqliteTagStore(folder) : new PackedFiles(folder);
        Phase("first scan", () => ForEach(repositories, i => Scan(store, i, tags, round: 0)));
        Phase("rescan, one new tag each", () => ForEach(repositories, i => Scan(store, i, tags, round: 1)));
        Phase("read all", () => ForEach(repositories, i => Check(store.Tags(Key(i)).Count == tags + 1)));
        if (rounds > 0)
        {
            Phase($"{rounds} rescans of each, every 20th with a new tag", () => Rounds(store, repositories, tags, rounds));
        }

        return 0;
    }

    private static void Rounds(IBenchmarkedStore store, int repositories, int tags, int rounds)
    {
        for (var round = 2; round < rounds + 2; round++)
        {
            // Repositories take turns in having news.
            ForEach(repositories, i => Scan(store, i, tags, round: 1 + ((round + i) / 20)));
        }
    }

    private static void Phase(string name, Action work)
    {
        var begun = Stopwatch.GetTimestamp();
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        work();
        var took = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{name}|{took:0.000}|{(GC.GetTotalAllocatedBytes(precise: true) - allocated) / 1048576.0:0.0}"));
        Console.ReadLine();
    }

    private static void ForEach(int repositories, Action<int> work)
    {
        for (var i = 0; i < repositories; i++)
        {
            work(i);
        }
    }

    private static ObjectKey Key(int number) => new("default", $"app-{number}");

    /// <summary>One tag more than at first, which takes the place of the one that the round before added: sets stay as large as they are.</summary>
    private static void Scan(IBenchmarkedStore store, int number, int tags, int round)
    {
        var list = Enumerable.Range(0, tags).Select(tag => $"v1.{tag / 100}.{tag % 100}");
        var packed = PackedTags.Of(round == 0 ? list : list.Append($"v2.{number % 10}.{round}"));
        store.Replace(Key(number), new ScannedTags($"registry.example.com/team/app-{number}", packed, DateTimeOffset.UnixEpoch.AddMinutes(round)));
    }

    private static void Check(bool holds)
    {
        if (!holds)
        {
            throw new InvalidOperationException("the store lost tags: no figure");
        }
    }
}
