using System.Text.Json.Nodes;
using CsCheck;
using GitOpsToolkit.Sandbox.ApiServer.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace GitOpsToolkit.Sandbox.ApiServer.Tests;

public sealed class StoreTests
{
    private static readonly ObjectId Id = new("/configmaps", "default", "a");

    [Fact]
    public void A_write_fails_when_somebody_was_faster()
    {
        var store = new ObjectStore(10, null);
        var first = store.Create(Id, Tree(1))!;
        Assert.Null(store.Create(Id, Tree(2)));
        var second = store.Replace(first, Tree(2))!;
        Assert.Null(store.Replace(first, Tree(3)));
        Assert.Null(store.Remove(first));
        Assert.NotNull(store.Remove(second));
        Assert.Null(store.Get(Id));
    }

    [Fact]
    public async Task No_increment_is_lost_under_contention()
    {
        var store = new ObjectStore(10_000, null);
        var before = store.Revision;
        store.Create(Id, Tree(0));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 250; i++)
            {
                StoredObject current;
                do
                {
                    current = store.Get(Id)!;
                }
                while (store.Replace(current, Tree(current.Parse()["n"]!.GetValue<long>() + 1)) is null);
            }
        })));
        Assert.Equal(1000, store.Get(Id)!.Parse()["n"]!.GetValue<long>());
        var (changes, upTo, _, _) = store.Follow(Id.Resource, before);
        Assert.Equal(1001, changes!.Count);
        Assert.Equal(changes[^1].Revision, upTo);
        Assert.Equal(changes.Select(c => c.Revision), changes.Select(c => c.Revision).Order());
    }

    [Fact]
    public void The_past_is_kept_as_far_as_the_history_goes()
    {
        var store = new ObjectStore(3, null);
        var current = store.Create(Id, Tree(0))!;
        for (var i = 1; i <= 5; i++)
        {
            current = store.Replace(current, Tree(i))!;
        }

        Assert.Null(store.SnapshotAt(Id.Resource, 2));
        Assert.Null(store.Follow(Id.Resource, 2).Changes);
        Assert.Equal(4, store.SnapshotAt(Id.Resource, current.Revision - 1)!["default/a"].Parse()["n"]!.GetValue<long>());
        Assert.Equal(3, store.Follow(Id.Resource, current.Revision - 3).Changes!.Count);
    }

    [Fact]
    public void Any_sequence_of_writes_survives_a_restart_and_a_compaction() =>
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 2]).Array[1, 60].Sample(writes =>
        {
            using var folder = new TempDirectory();
            Dictionary<string, string> before;
            using (var journal = Journal.Open(folder.Path, NullLogger.Instance))
            {
                var store = new ObjectStore(1000, journal);
                foreach (var (name, verb) in writes)
                {
                    Write(store, Id with { Name = $"o{name}" }, verb);
                }

                before = Content(store);
            }

            using (var journal = Journal.Open(folder.Path, NullLogger.Instance))
            {
                var store = new ObjectStore(1000, journal);
                Assert.Equal(before, Content(store));
                journal.Compact(store.Revision, store.Snapshot(Id.Resource).All.Values);
            }

            using (var journal = Journal.Open(folder.Path, NullLogger.Instance))
            {
                var store = new ObjectStore(1000, journal);
                Assert.Equal(before, Content(store));
                Assert.True(store.Create(Id with { Name = "next" }, Tree(1))!.Revision > before.Count);
            }
        }, iter: 30);

    [Fact]
    public void A_journal_cut_anywhere_opens_with_a_prefix_of_what_was_written()
    {
        using var folder = new TempDirectory();
        using (var journal = Journal.Open(folder.Path, NullLogger.Instance))
        {
            var store = new ObjectStore(1000, journal);
            var current = store.Create(Id, Tree(0))!;
            for (var i = 1; i < 20; i++)
            {
                current = store.Replace(current, Tree(i))!;
            }
        }

        var whole = File.ReadAllBytes(folder["objects.journal"]);
        Gen.Int[0, whole.Length].Sample(length =>
        {
            using var cut = new TempDirectory();
            File.WriteAllBytes(cut["objects.journal"], whole[..length]);
            using var journal = Journal.Open(cut.Path, NullLogger.Instance);
            var store = new ObjectStore(1000, journal);
            var n = store.Get(Id)?.Parse()["n"]!.GetValue<long>() ?? -1;
            Assert.Equal(n + 1, journal.Recovered.Records.Count);
        }, iter: 60);
    }

    private static void Write(ObjectStore store, ObjectId id, int verb)
    {
        var current = store.Get(id);
        _ = (current, verb) switch
        {
            (null, _) => store.Create(id, Tree(verb)),
            (_, 0) => store.Remove(current),
            _ => store.Replace(current, Tree(verb)),
        };
    }

    private static Dictionary<string, string> Content(ObjectStore store) =>
        store.Snapshot(Id.Resource).All.ToDictionary(p => p.Key, p => p.Value.Parse().ToJsonString());

    private static JsonObject Tree(long n) => new() { ["apiVersion"] = "v1", ["kind"] = "ConfigMap", ["metadata"] = new JsonObject { ["name"] = "a" }, ["n"] = n };
}
