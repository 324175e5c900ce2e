using GitOpsToolkit.Reconciling.Queue;
using Microsoft.Extensions.Time.Testing;

namespace GitOpsToolkit.Reconciling.Tests.Queue;

public sealed class WorkQueueTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly WorkQueue<string> _queue;

    public WorkQueueTests() => _queue = new WorkQueue<string>("test", null, _time);

    public void Dispose() => _queue.Dispose();

    [Fact]
    public async Task Keys_come_out_in_the_order_they_came_in()
    {
        _queue.Add("a");
        _queue.Add("b");
        _queue.Add("c");

        Assert.Equal(["a", "b", "c"], [await TakeAsync(), await TakeAsync(), await TakeAsync()]);
    }

    [Fact]
    public async Task A_key_that_waits_is_not_added_twice()
    {
        _queue.Add("a");
        _queue.Add("a");

        Assert.Equal(1, _queue.Count);
        await TakeAsync();
        Assert.Equal(0, _queue.Count);
    }

    [Fact]
    public async Task A_key_added_while_it_is_worked_on_comes_again_once_after_it_is_done()
    {
        _queue.Add("a");
        await TakeAsync();
        _queue.Add("a");
        _queue.Add("a");
        Assert.Equal(0, _queue.Count);

        _queue.Done("a");

        Assert.Equal("a", await TakeAsync());
        _queue.Done("a");
        Assert.Equal(0, _queue.Count);
    }

    [Fact]
    public async Task A_key_is_never_with_two_workers()
    {
        _queue.Add("a");
        await TakeAsync();
        _queue.Add("a");

        var second = _queue.GetAsync(TestContext.Current.CancellationToken);

        Assert.False(second.IsCompleted);
        _queue.Done("a");
        Assert.True((await second).TryGet(out _));
    }

    [Fact]
    public async Task The_fast_lane_goes_first()
    {
        _queue.Add("a");
        _queue.Add("b");
        _queue.Add("urgent", fast: true);

        Assert.Equal("urgent", await TakeAsync());
    }

    [Fact]
    public async Task A_waiting_key_moves_to_the_fast_lane_and_back_never()
    {
        _queue.Add("a");
        _queue.Add("b");
        _queue.Add("b", fast: true);
        _queue.Add("b");

        Assert.Equal(2, _queue.Count);
        Assert.Equal(["b", "a"], [await TakeAsync(), await TakeAsync()]);
    }

    [Fact]
    public async Task A_key_asked_for_fast_while_it_is_worked_on_comes_again_in_the_fast_lane()
    {
        _queue.Add("a");
        await TakeAsync();
        _queue.Add("b");
        _queue.Add("a");
        _queue.Add("a", fast: true);

        _queue.Done("a");

        Assert.Equal("a", await TakeAsync());
    }

    [Fact]
    public async Task A_delayed_key_comes_when_its_time_has_come()
    {
        _queue.AddAfter("a", TimeSpan.FromSeconds(10));
        _time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.Equal(0, _queue.Count);

        _time.Advance(TimeSpan.FromSeconds(0.2));

        Assert.Equal("a", await TakeAsync());
    }

    [Fact]
    public async Task Of_several_delays_of_a_key_the_first_to_end_counts()
    {
        _queue.AddAfter("a", TimeSpan.FromSeconds(10));
        _queue.AddAfter("a", TimeSpan.FromSeconds(2));
        _queue.AddAfter("a", TimeSpan.FromSeconds(5));

        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal("a", await TakeAsync());
        _queue.Done("a");
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, _queue.Count);
    }

    [Fact]
    public async Task A_run_cancels_the_delay_that_was_set_before_it()
    {
        _queue.AddAfter("a", TimeSpan.FromSeconds(10));
        _queue.Add("a");
        await TakeAsync();
        _queue.AddAfter("a", TimeSpan.FromSeconds(60));
        _queue.Done("a");

        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(0, _queue.Count);

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, _queue.Count);
    }

    [Fact]
    public void Delays_beyond_what_timers_take_are_kept()
    {
        _queue.AddAfter("a", TimeSpan.FromDays(100));
        _queue.AddAfter("never", TimeSpan.MaxValue);

        for (var day = 0; day < 99; day++)
        {
            _time.Advance(TimeSpan.FromDays(1));
        }

        Assert.Equal(0, _queue.Count);
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(1, _queue.Count);
    }

    [Fact]
    public void No_delay_is_no_detour()
    {
        _queue.AddAfter("a", TimeSpan.Zero);
        _queue.AddAfter("b", TimeSpan.FromSeconds(-1));

        Assert.Equal(2, _queue.Count);
    }

    [Fact]
    public void Back_off_doubles_from_750_ms_up_to_15_min()
    {
        var delays = Enumerable.Range(0, 12).Select(_ => _queue.AddRateLimited("a")).ToArray();

        Assert.Equal(TimeSpan.FromMilliseconds(750), delays[0]);
        Assert.Equal(TimeSpan.FromMilliseconds(1500), delays[1]);
        Assert.Equal(TimeSpan.FromSeconds(12), delays[4]);
        Assert.Equal(TimeSpan.FromSeconds(768), delays[10]);
        Assert.Equal(TimeSpan.FromMinutes(15), delays[11]);
        Assert.Equal(12, _queue.NumRequeues("a"));
    }

    [Fact]
    public void Back_off_never_overflows()
    {
        for (var i = 0; i < 5000; i++)
        {
            Assert.InRange(_queue.AddRateLimited("a"), TimeSpan.FromMilliseconds(750), TimeSpan.FromMinutes(15));
        }
    }

    [Fact]
    public void Back_off_is_of_one_key_and_ends_when_forgotten()
    {
        _queue.AddRateLimited("a");
        _queue.AddRateLimited("a");
        Assert.Equal(TimeSpan.FromMilliseconds(750), _queue.AddRateLimited("b"));

        _queue.Forget("a");

        Assert.Equal(0, _queue.NumRequeues("a"));
        Assert.Equal(TimeSpan.FromMilliseconds(750), _queue.AddRateLimited("a"));
    }

    [Fact]
    public async Task After_the_shutdown_every_waiting_worker_hears_of_it()
    {
        var workers = Enumerable.Range(0, 5).Select(_ => _queue.GetAsync(TestContext.Current.CancellationToken)).ToArray();

        var drained = _queue.ShutDownWithDrain();

        foreach (var worker in workers)
        {
            Assert.False((await worker).TryGet(out _));
        }

        await drained;
    }

    [Fact]
    public async Task The_drain_waits_for_keys_that_are_worked_on_and_hands_out_no_other()
    {
        _queue.Add("a");
        _queue.Add("b");
        await TakeAsync();
        _queue.Add("a");

        var drained = _queue.ShutDownWithDrain();
        _queue.Add("c");

        Assert.False(drained.IsCompleted);
        Assert.False((await _queue.GetAsync(TestContext.Current.CancellationToken)).TryGet(out _));
        _queue.Done("a");
        await drained;
        Assert.Equal(0, _queue.Count);
        Assert.True(_queue.IsShutDown);
    }

    [Fact]
    public void Nothing_comes_back_after_the_shutdown()
    {
        _queue.AddAfter("a", TimeSpan.FromSeconds(1));
        _ = _queue.ShutDownWithDrain();
        _queue.AddAfter("b", TimeSpan.FromSeconds(1));

        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(0, _queue.Count);
    }

    [Fact]
    public async Task Waiting_can_be_given_up()
    {
        using var impatience = new CancellationTokenSource();
        var waiting = _queue.GetAsync(impatience.Token);

        await impatience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        _queue.Add("a");
        Assert.Equal("a", await TakeAsync());
    }

    private async Task<string> TakeAsync()
    {
        var taken = await _queue.GetAsync(TestContext.Current.CancellationToken);
        return taken.TryGet(out var key) ? key : throw new InvalidOperationException("The queue is shut down.");
    }
}
