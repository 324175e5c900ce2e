using System.Collections.Concurrent;
using CsCheck;
using GitOpsToolkit.Reconciling.Queue;
using Microsoft.Extensions.Time.Testing;

namespace GitOpsToolkit.Reconciling.Tests.Queue;

public sealed class WorkQueuePropertyTests
{
    /// <summary>Any sequence of adds, delays, takes and dones: after all is done, every key that was added was worked on after its last add.</summary>
    [Fact]
    public void No_add_is_ever_lost()
    {
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 4], Gen.Bool).Array[1, 60].Sample(operations =>
        {
            var time = new FakeTimeProvider();
            using var queue = new WorkQueue<int>("test", null, time);
            var addedAt = new Dictionary<int, int>();
            var takenAt = new Dictionary<int, int>();
            var held = new Queue<int>();
            var clock = 0;
            foreach (var (operation, key, fast) in operations)
            {
                clock++;
                switch (operation)
                {
                    case 0:
                        queue.Add(key, fast);
                        addedAt[key] = clock;
                        break;
                    case 1:
                        queue.AddAfter(key, TimeSpan.FromSeconds(key + 1), fast);
                        break;
                    case 2 when queue.Count > 0:
                        Take(queue, held, takenAt, clock);
                        break;
                    case 3 when held.Count > 0:
                        queue.Done(held.Dequeue());
                        break;
                    default:
                        time.Advance(TimeSpan.FromSeconds(1));
                        break;
                }
            }

            while (held.Count > 0 || queue.Count > 0)
            {
                clock++;
                while (queue.Count > 0)
                {
                    Take(queue, held, takenAt, clock);
                }

                queue.Done(held.Dequeue());
            }

            return addedAt.All(added => takenAt.TryGetValue(added.Key, out var taken) && taken >= added.Value);
        });
    }

    [Fact]
    public async Task Many_workers_and_producers_never_share_a_key_and_finish_all()
    {
        using var queue = new WorkQueue<int>("test", null, TimeProvider.System);
        var running = new ConcurrentDictionary<int, byte>();
        var worked = new ConcurrentDictionary<int, int>();
        var shared = 0;
        var workers = Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            while ((await queue.GetAsync(CancellationToken.None)).TryGet(out var key))
            {
                shared += running.TryAdd(key, 0) ? 0 : 1;
                await Task.Yield();
                worked.AddOrUpdate(key, 1, (_, count) => count + 1);
                running.TryRemove(key, out _);
                queue.Done(key);
            }
        })).ToArray();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(producer => Task.Run(() =>
        {
            for (var i = 0; i < 5000; i++)
            {
                queue.Add((i * (producer + 1)) % 97, fast: i % 7 == 0);
            }
        })));
        await TestKit.Eventually.TrueAsync(() => queue.Count == 0 && running.IsEmpty, "the queue runs empty");
        await queue.ShutDownWithDrain();
        await Task.WhenAll(workers);

        Assert.Equal(0, shared);
        Assert.Equal(97, worked.Count);
    }

    private static void Take(WorkQueue<int> queue, Queue<int> held, Dictionary<int, int> takenAt, int clock)
    {
        var taken = queue.GetAsync(CancellationToken.None);
        Assert.True(taken.IsCompletedSuccessfully);
        Assert.True(taken.Result.TryGet(out var key));
        Assert.DoesNotContain(key, held);
        takenAt[key] = clock;
        held.Enqueue(key);
    }
}
