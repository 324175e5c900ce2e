using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using GitOpsToolkit.Kubernetes;

namespace GitOpsToolkit.Reconciling.Loop;

/// <summary>The metrics of controllers, under the names that controller-runtime and Flux give them.</summary>
internal sealed class ControllerMetrics
{
    private static readonly Histogram<double> Duration = ToolkitMeter.Histogram(
        "gotk_reconcile_duration_seconds", "The duration in seconds of a GitOps Toolkit resource reconciliation.", ToolkitMeter.ReconcileBuckets);

    private static readonly Histogram<double> Time = ToolkitMeter.Histogram(
        "controller_runtime_reconcile_time_seconds", "Length of time per reconciliation per controller", ToolkitMeter.ReconcileBuckets);

    private static readonly Counter<long> Total = ToolkitMeter.Meter.CreateCounter<long>(
        "controller_runtime_reconcile_total", description: "Total number of reconciliations per controller");

    private static readonly Counter<long> Errors = ToolkitMeter.Meter.CreateCounter<long>(
        "controller_runtime_reconcile_errors_total", description: "Total number of reconciliation errors per controller");

    private static readonly UpDownCounter<long> Active = ToolkitMeter.Meter.CreateUpDownCounter<long>(
        "controller_runtime_active_workers", description: "Number of currently used workers per controller");

    private static readonly ConcurrentDictionary<string, int> Most = new(StringComparer.Ordinal);

    private readonly KeyValuePair<string, object?> _controller;
    private readonly string _kind;

    static ControllerMetrics() => ToolkitMeter.Meter.CreateObservableGauge(
        "controller_runtime_max_concurrent_reconciles",
        () => Most.Select(controller => new Measurement<long>(controller.Value, new KeyValuePair<string, object?>("controller", controller.Key))),
        description: "Maximum number of concurrent reconciles per controller");

    public ControllerMetrics(string name, string kind, int concurrency)
    {
        _controller = new KeyValuePair<string, object?>("controller", name);
        _kind = kind;
        Most[name] = concurrency;
    }

    public void Begin() => Active.Add(1, _controller);

    public void End(ObjectKey key, Outcome outcome, TimeSpan took)
    {
        Active.Add(-1, _controller);
        Time.Record(took.TotalSeconds, _controller);
        Duration.Record(
            took.TotalSeconds, new KeyValuePair<string, object?>("kind", _kind), new KeyValuePair<string, object?>("name", key.Name),
            new KeyValuePair<string, object?>("namespace", key.Namespace));
        Total.Add(1, _controller, new KeyValuePair<string, object?>("result", ResultOf(outcome)));
        if (outcome is Outcome.Retry or Outcome.Stalled)
        {
            Errors.Add(1, _controller);
        }
    }

    private static string ResultOf(Outcome outcome) => outcome switch
    {
        Outcome.Retry or Outcome.Stalled => "error",
        Outcome.WaitFor or Outcome.Done { After: not null } => "requeue_after",
        _ => "success",
    };
}
