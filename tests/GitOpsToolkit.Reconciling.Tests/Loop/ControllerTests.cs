using System.Collections.Concurrent;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Reconciling.Loop;
using GitOpsToolkit.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace GitOpsToolkit.Reconciling.Tests.Loop;

public sealed class ControllerTests
{
    private static readonly ObjectKey A = new("default", "a");

    [Fact]
    public async Task An_outcome_decides_when_the_object_comes_again()
    {
        var time = new FakeTimeProvider();
        var outcomes = new Queue<Outcome>(
        [
            new Outcome.Retry("X", "x"), new Outcome.Retry("X", "x"), new Outcome.WaitFor("X", "x", TimeSpan.FromSeconds(30)),
            new Outcome.Retry(new Fault("X", "x"), TimeSpan.FromMinutes(2)), new Outcome.Done(TimeSpan.FromMinutes(10)), new Outcome.Stalled("X", "x"),
        ]);
        var reconciler = new Scripted((_, _) => Task.FromResult(outcomes.Dequeue()));
        await using var running = new Running(reconciler, time: time);
        running.Controller.Enqueue(A);

        TimeSpan[] pauses = [TimeSpan.FromSeconds(0.75), TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10)];
        for (var run = 1; run <= pauses.Length; run++)
        {
            await Eventually.TrueAsync(() => reconciler.Finished == run && running.Controller.Delayed == 1, $"run {run}");
            time.Advance(pauses[run - 1] - TimeSpan.FromMilliseconds(1));
            Assert.Equal(run, reconciler.Started);
            time.Advance(TimeSpan.FromMilliseconds(1));
        }

        await Eventually.TrueAsync(() => reconciler.Finished == 6, "the last run");
        time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(6, reconciler.Started);
    }

    [Fact]
    public async Task A_wait_of_zero_does_not_spin()
    {
        var time = new FakeTimeProvider();
        var outcomes = new Queue<Outcome>(
        [
            new Outcome.Retry(new Fault("X", "x"), TimeSpan.Zero), new Outcome.WaitFor("X", "x", TimeSpan.Zero), new Outcome.Done(TimeSpan.Zero),
        ]);
        var reconciler = new Scripted((_, _) => Task.FromResult(outcomes.Dequeue()));
        await using var running = new Running(reconciler, time: time);
        running.Controller.Enqueue(A);

        TimeSpan[] pauses = [TimeSpan.FromSeconds(0.75), TimeSpan.FromSeconds(1.5)];
        for (var run = 1; run <= pauses.Length; run++)
        {
            await Eventually.TrueAsync(() => reconciler.Finished == run && running.Controller.Delayed == 1, $"run {run}");
            Assert.Equal(run, reconciler.Started);
            time.Advance(pauses[run - 1]);
        }

        await Eventually.TrueAsync(() => reconciler.Finished == 3, "the last run");
        time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(3, reconciler.Started);
    }

    [Fact]
    public async Task An_exception_is_tried_again()
    {
        var reconciler = new Scripted((_, _) => throw new InvalidOperationException("a bug"));
        await using var running = new Running(reconciler, new ControllerOptions { Retries = new() { MinRetryDelay = TimeSpan.FromMilliseconds(1) } });

        running.Controller.Enqueue(A);

        await Eventually.TrueAsync(() => reconciler.Started > 3, "several runs");
    }

    [Fact]
    public async Task As_many_run_at_a_time_as_are_allowed()
    {
        var open = new TaskCompletionSource();
        var reconciler = new Scripted(async (_, _) =>
        {
            await open.Task;
            return Outcome.Next;
        });
        await using var running = new Running(reconciler, new ControllerOptions { Concurrency = 3 });

        for (var i = 0; i < 10; i++)
        {
            running.Controller.Enqueue(new ObjectKey("default", $"{i}"));
        }

        // An object leaves the queue before the reconciler sees it, so the queue alone does not tell how many run.
        await Eventually.TrueAsync(() => reconciler.Started == 3 && running.Controller.Waiting == 7, "three run and seven wait");
        open.SetResult();
        await Eventually.TrueAsync(() => reconciler.Finished == 10, "all are done");
        Assert.Equal(3, reconciler.Most);
    }

    [Fact]
    public async Task A_requested_object_overtakes_those_that_wait()
    {
        var open = new TaskCompletionSource();
        var order = new ConcurrentQueue<string>();
        var reconciler = new Scripted(async (key, _) =>
        {
            order.Enqueue(key.Name);
            await open.Task;
            return Outcome.Next;
        });
        await using var running = new Running(reconciler, new ControllerOptions { Concurrency = 1 });

        running.Controller.Enqueue(new ObjectKey("default", "first"));
        await Eventually.TrueAsync(() => reconciler.Started == 1, "the first runs");
        for (var i = 0; i < 100; i++)
        {
            running.Controller.Enqueue(new ObjectKey("default", $"{i}"));
        }

        running.Controller.Enqueue(new ObjectKey("default", "urgent"), fast: true);
        open.SetResult();

        await Eventually.TrueAsync(() => reconciler.Finished == 102, "all are done");
        Assert.Equal("urgent", order.ElementAt(1));
    }

    [Fact]
    public async Task At_the_stop_running_work_finishes_and_waiting_work_does_not_begin()
    {
        var open = new TaskCompletionSource();
        var cancelled = false;
        var reconciler = new Scripted(async (_, cancellation) =>
        {
            await open.Task;
            cancelled = cancellation.IsCancellationRequested;
            return Outcome.Next;
        });
        await using var running = new Running(reconciler, new ControllerOptions { Concurrency = 1 });
        running.Controller.Enqueue(A);
        running.Controller.Enqueue(new ObjectKey("default", "b"));
        await Eventually.TrueAsync(() => reconciler.Started == 1, "the first runs");

        var stop = running.StopAsync();
        var added = 0;
        await Eventually.TrueAsync(
            () =>
            {
                var before = running.Controller.Waiting;
                running.Controller.Enqueue(new ObjectKey("default", $"late-{added++}"));
                return running.Controller.Waiting == before;
            },
            "the stop is under way, nothing is taken any more");
        Assert.False(stop.IsCompleted);
        open.SetResult();
        await stop;

        Assert.Equal((1, 1, false), (reconciler.Started, reconciler.Finished, cancelled));
    }

    [Fact]
    public async Task Work_that_takes_too_long_at_the_stop_is_cancelled()
    {
        var reconciler = new Scripted(async (_, cancellation) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            return Outcome.Next;
        });
        await using var running = new Running(reconciler, new ControllerOptions { DrainTimeout = TimeSpan.FromMilliseconds(50) });
        running.Controller.Enqueue(A);
        await Eventually.TrueAsync(() => reconciler.Started == 1, "it runs");

        await running.StopAsync();

        Assert.Equal(1, reconciler.Finished);
    }

    [Fact]
    public async Task Work_that_does_not_heed_its_cancellation_is_abandoned()
    {
        var never = new TaskCompletionSource<Outcome>();
        var reconciler = new Scripted((_, _) => never.Task);
        var options = new ControllerOptions { DrainTimeout = TimeSpan.FromMilliseconds(30), AbandonTimeout = TimeSpan.FromMilliseconds(30) };
        var running = new Running(reconciler, options);
        running.Controller.Enqueue(A);
        await Eventually.TrueAsync(() => reconciler.Started == 1, "it runs");

        await running.StopAsync();

        never.SetResult(Outcome.Next);
    }

    [Fact]
    public async Task A_whole_set_stops_in_order_on_a_signal_in_the_middle_of_work()
    {
        await using var cluster = await TestCluster.StartAsync(TestContext.Current.CancellationToken);
        await cluster.CreateAsync(TestCluster.Repository("app"), TestContext.Current.CancellationToken);
        var begun = new TaskCompletionSource();
        var open = new TaskCompletionSource();
        await using var running = new RunningController(cluster, prepare: reconciler => reconciler.Fetch = async (_, _) =>
        {
            begun.TrySetResult();
            await open.Task;
            return null;
        });
        await begun.Task.WaitAsync(Eventually.Deadline, TestContext.Current.CancellationToken);

        var stop = running.StopAsync();
        open.SetResult();
        await stop;

        // What was begun was finished, its status written and its event sent.
        var done = await cluster.GetAsync("app", TestContext.Current.CancellationToken);
        ConditionInvariants.Verify(done);
        Assert.Equal("True", (string)TestCluster.Condition(done, "Ready")!["status"]!);
        Assert.Contains(cluster.WritesSince(0), write => write.Contains("/events", StringComparison.Ordinal));
    }

    private sealed class Scripted(Func<ObjectKey, CancellationToken, Task<Outcome>> script) : IReconciler
    {
        private int _started;
        private int _finished;
        private int _running;
        private int _most;

        public string Kind => "Test";

        public int Started => Volatile.Read(ref _started);

        public int Finished => Volatile.Read(ref _finished);

        public int Most => Volatile.Read(ref _most);

        public async Task<Outcome> ReconcileAsync(ObjectKey key, CancellationToken cancellation)
        {
            var running = Interlocked.Increment(ref _running);
            for (var most = Most; running > most; most = Most)
            {
                Interlocked.CompareExchange(ref _most, running, most);
            }

            // Last, so that whoever sees it started finds it counted above.
            Interlocked.Increment(ref _started);
            try
            {
                return await script(key, cancellation);
            }
            finally
            {
                Interlocked.Decrement(ref _running);
                Interlocked.Increment(ref _finished);
            }
        }
    }

    private sealed class Running : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _run;

        public Running(IReconciler reconciler, ControllerOptions? options = null, TimeProvider? time = null)
        {
            Controller = new Controller("test", reconciler, options, time ?? TimeProvider.System, NullLoggerFactory.Instance);
            _run = Controller.RunAsync(_stop.Token);
        }

        public Controller Controller { get; }

        public async Task StopAsync()
        {
            await _stop.CancelAsync();
            await _run;
        }

        public async ValueTask DisposeAsync()
        {
            await StopAsync();
            Controller.Dispose();
            _stop.Dispose();
        }
    }
}
