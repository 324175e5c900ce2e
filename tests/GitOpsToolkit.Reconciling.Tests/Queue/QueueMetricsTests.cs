using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using GitOpsToolkit.Reconciling.Queue;
using Microsoft.Extensions.Time.Testing;

namespace GitOpsToolkit.Reconciling.Tests.Queue;

public sealed class QueueMetricsTests
{
    [Fact]
    public async Task A_queue_is_measured_under_the_names_of_client_go()
    {
        var seen = new ConcurrentDictionary<string, double>();
        using var listener = Listen("metered", seen);
        var time = new FakeTimeProvider();
        using var queue = new WorkQueue<string>("metered", null, time);

        queue.Add("a");
        queue.Add("b");
        Assert.Equal(2, seen["workqueue_depth"]);
        Assert.Equal(2, seen["workqueue_adds_total"]);

        time.Advance(TimeSpan.FromSeconds(3));
        await queue.GetAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, seen["workqueue_depth"]);
        Assert.Equal(3, seen["workqueue_queue_duration_seconds"]);

        time.Advance(TimeSpan.FromSeconds(4));
        listener.RecordObservableInstruments();
        Assert.Equal(4, seen["workqueue_unfinished_work_seconds"]);
        Assert.Equal(4, seen["workqueue_longest_running_processor_seconds"]);

        queue.AddRateLimited("a");
        queue.Done("a");
        Assert.Equal(1, seen["workqueue_retries_total"]);
        Assert.Equal(4, seen["workqueue_work_duration_seconds"]);
    }

    /// <summary>Sums what counters add and keeps the last value of all others, for one queue name.</summary>
    private static MeterListener Listen(string queue, ConcurrentDictionary<string, double> seen)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, target) =>
            {
                if (instrument.Meter.Name == "GitOpsToolkit")
                {
                    target.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
        listener.Start();
        return listener;

        void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            foreach (var tag in tags)
            {
                if (tag is { Key: "name", Value: string name } && name == queue)
                {
                    var adds = instrument is Counter<long> or UpDownCounter<long>;
                    seen.AddOrUpdate(instrument.Name, value, (_, before) => adds ? before + value : value);
                }
            }
        }
    }
}
