using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace GitOpsToolkit.Reconciling.Queue;

/// <summary>The metrics of work queues, under the names that client-go gives them.</summary>
internal sealed class QueueMetrics : IDisposable
{
    private static readonly ConcurrentDictionary<QueueMetrics, byte> Live = new();

    private static readonly UpDownCounter<long> Depth = ToolkitMeter.Meter.CreateUpDownCounter<long>(
        "workqueue_depth", description: "Current depth of workqueue by workqueue name");

    private static readonly Counter<long> Adds = ToolkitMeter.Meter.CreateCounter<long>(
        "workqueue_adds_total", description: "Total number of adds handled by workqueue");

    private static readonly Counter<long> Retries = ToolkitMeter.Meter.CreateCounter<long>(
        "workqueue_retries_total", description: "Total number of retries handled by workqueue");

    private static readonly Histogram<double> QueueDuration = ToolkitMeter.Histogram(
        "workqueue_queue_duration_seconds", "How long in seconds an item stays in workqueue before being requested", ToolkitMeter.QueueBuckets);

    private static readonly Histogram<double> WorkDuration = ToolkitMeter.Histogram(
        "workqueue_work_duration_seconds", "How long in seconds processing an item from workqueue takes", ToolkitMeter.QueueBuckets);

    private readonly TimeProvider _time;
    private readonly Func<long[]> _running;
    private readonly KeyValuePair<string, object?> _name;

    static QueueMetrics()
    {
        ToolkitMeter.Meter.CreateObservableGauge(
            "workqueue_unfinished_work_seconds", () => Live.Keys.Select(queue => queue.Measure(ages => ages.Sum())),
            description: "How many seconds of work has been done that is in progress and hasn't been observed by work_duration");
        ToolkitMeter.Meter.CreateObservableGauge(
            "workqueue_longest_running_processor_seconds", () => Live.Keys.Select(queue => queue.Measure(ages => ages.DefaultIfEmpty().Max())),
            description: "How many seconds has the longest running processor for workqueue been running");
    }

    public QueueMetrics(string name, TimeProvider time, Func<long[]> running)
    {
        _time = time;
        _running = running;
        _name = new KeyValuePair<string, object?>("name", name);
        Live[this] = 0;
    }

    public void Added() => Adds.Add(1, _name);

    public void Retried() => Retries.Add(1, _name);

    public void Entered() => Depth.Add(1, _name);

    public void Cleared(int waiting) => Depth.Add(-waiting, _name);

    public void Taken(long since)
    {
        Depth.Add(-1, _name);
        QueueDuration.Record(_time.GetElapsedTime(since).TotalSeconds, _name);
    }

    public void Finished(long since) => WorkDuration.Record(_time.GetElapsedTime(since).TotalSeconds, _name);

    public void Dispose() => Live.TryRemove(this, out _);

    private Measurement<double> Measure(Func<IEnumerable<double>, double> sum) =>
        new(sum(_running().Select(since => _time.GetElapsedTime(since).TotalSeconds)), _name);
}
