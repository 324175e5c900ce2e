using System.Threading.Channels;
using GitOpsToolkit.Sandbox.ApiServer.Objects;
using GitOpsToolkit.Sandbox.ApiServer.Storage;
using Microsoft.Extensions.Logging;

namespace GitOpsToolkit.Sandbox.ApiServer.Lifecycle;

/// <summary>Runs the server's own controllers, one after the other, whenever something changed.</summary>
internal sealed class LifecycleLoop : IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(30);

    private readonly Channel<Change> changes = Channel.CreateUnbounded<Change>(new() { SingleReader = true });
    private readonly CancellationTokenSource stop = new();
    private readonly Cluster cluster;
    private readonly Bootstrap bootstrap;
    private readonly IReadOnlyList<ILifecycle> controllers;
    private Task running = Task.CompletedTask;

    public LifecycleLoop(Cluster cluster, ObjectWriter writer, ObjectDeleter deleter, string authorityPem)
    {
        this.cluster = cluster;
        var raw = new RawWriter(cluster.Store);
        bootstrap = new(cluster, writer);
        controllers =
        [
            new CrdController(cluster, deleter, raw),
            new NamespaceController(cluster, writer, deleter, raw),
            new VolumeProtection(cluster, raw),
            new NamespaceContent(cluster, writer, authorityPem),
            new GarbageCollector(cluster, deleter, raw),
            new RoleAggregation(cluster, writer),
            new EventExpiry(cluster),
        ];
    }

    /// <summary>Brings a new or recovered store into shape, before the first request.</summary>
    public void Prepare()
    {
        foreach (var change in cluster.Store.Resources().SelectMany(Present))
        {
            Observe(change);
        }

        cluster.Store.Committed += change => changes.Writer.TryWrite(change);
        bootstrap.EnsureNamespaces();
        bootstrap.EnsureRoles();
        Settle();
    }

    public void Start(int port)
    {
        bootstrap.EnsureApiService(port);
        running = Task.Run(RunAsync);
    }

    public async ValueTask DisposeAsync()
    {
        changes.Writer.TryComplete();
        await stop.CancelAsync();
        await running;
        stop.Dispose();
    }

    private IEnumerable<Change> Present(string resource)
    {
        var all = cluster.Store.Snapshot(resource).All;
        return all.Values.Select(o => new Change(o.Revision, ChangeKind.Added, o, null, all));
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Tick, cluster.Options.Time);
        var tick = timer.WaitForNextTickAsync(stop.Token).AsTask();
        var more = changes.Reader.WaitToReadAsync(stop.Token).AsTask();
        try
        {
            while (!stop.IsCancellationRequested)
            {
                Settle();
                await Task.WhenAny(tick, more);
                tick = tick.IsCompleted ? timer.WaitForNextTickAsync(stop.Token).AsTask() : tick;
                more = more.IsCompleted ? changes.Reader.WaitToReadAsync(stop.Token).AsTask() : more;
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private void Settle()
    {
        do
        {
            while (changes.Reader.TryRead(out var change))
            {
                Observe(change);
            }

            foreach (var controller in controllers)
            {
                Guarded(controller.Work);
            }
        }
        while (changes.Reader.TryPeek(out _) && !stop.IsCancellationRequested);
    }

    private void Observe(Change change)
    {
        foreach (var controller in controllers)
        {
            Guarded(() => controller.Observe(change));
        }
    }

    private void Guarded(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e)
        {
            cluster.Logger.LogError(e, "A lifecycle controller failed; it goes on with the next change");
        }
    }
}
