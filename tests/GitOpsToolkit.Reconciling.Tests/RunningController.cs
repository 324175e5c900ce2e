using GitOpsToolkit.Api.Source.V1;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Reconciling.Events;
using GitOpsToolkit.Reconciling.Loop;
using GitOpsToolkit.Reconciling.Queue;

namespace GitOpsToolkit.Reconciling.Tests;

/// <summary>A whole controller at work on a test cluster.</summary>
internal sealed class RunningController : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ControllerSet _set;
    private readonly Task _run;

    public RunningController(TestCluster cluster, ControllerOptions? options = null, ReconcilerOptions? kind = null, Action<TestReconciler>? prepare = null)
    {
        var events = new EventRecorderOptions { Controller = "source-controller", Instance = "test" };
        var watch = new WatchCacheOptions { MinRetryDelay = TimeSpan.FromMilliseconds(20) };
        _set = new ControllerSet(cluster.Client, events, new TestLog(TestContext.Current.TestOutputHelper), TimeProvider.System, new Random(1), watch);
        Cache = _set.Cache<GitRepository>();
        Reconciler = new TestReconciler(Cache, _set.Services, kind);
        prepare?.Invoke(Reconciler);
        var fast = new WorkQueueOptions { MinRetryDelay = TimeSpan.FromMilliseconds(20), MaxRetryDelay = TimeSpan.FromMilliseconds(100) };
        Controller = _set.Add("gitrepository", Reconciler, (options ?? new ControllerOptions()) with { Retries = fast });
        Controller.Watch(Cache);
        _run = _set.RunAsync(_stop.Token);
    }

    public WatchCache<GitRepository> Cache { get; }

    public TestReconciler Reconciler { get; }

    public Controller Controller { get; }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _run;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _set.Dispose();
        _stop.Dispose();
    }
}
