using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace GitOpsToolkit.Hosting.Metrics;

/// <summary>The process metrics that every Prometheus client publishes, and the managed heap.</summary>
public sealed class ProcessMetrics : IDisposable
{
    private readonly Meter _meter = new(MetricsCollector.MeterName);
    private readonly Process _process = Process.GetCurrentProcess();

    /// <summary>Registers the instruments.</summary>
    public ProcessMetrics()
    {
        _meter.CreateObservableCounter("process_cpu_seconds_total", () => Fresh().TotalProcessorTime.TotalSeconds,
            description: "Total user and system CPU time spent in seconds.");
        _meter.CreateObservableGauge("process_resident_memory_bytes", () => Fresh().WorkingSet64,
            description: "Resident memory size in bytes.");
        _meter.CreateObservableGauge("process_virtual_memory_bytes", () => Fresh().VirtualMemorySize64,
            description: "Virtual memory size in bytes.");
        _meter.CreateObservableGauge("process_threads", () => Fresh().Threads.Count,
            description: "Number of operating system threads of the process.");
        _meter.CreateObservableGauge("process_start_time_seconds",
            () => new DateTimeOffset(_process.StartTime.ToUniversalTime()).ToUnixTimeMilliseconds() / 1000.0,
            description: "Start time of the process since unix epoch in seconds.");
        _meter.CreateObservableGauge("dotnet_gc_heap_bytes", () => GC.GetTotalMemory(forceFullCollection: false),
            description: "Managed heap size in bytes.");
        _meter.CreateObservableCounter("dotnet_gc_collections_total",
            () => (long)GC.CollectionCount(0), description: "Garbage collections, all generations.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _meter.Dispose();
        _process.Dispose();
    }

    private Process Fresh()
    {
        _process.Refresh();
        return _process;
    }
}
