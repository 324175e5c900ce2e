using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Reconciling;
using GitOpsToolkit.Reconciling.Events;
using GitOpsToolkit.Reconciling.Loop;

namespace GitOpsToolkit.Sandbox.Simulator;

/// <summary>
/// Makes a cluster without machines look alive: one node, and pods that workloads roll out to, with the statuses and events that
/// Kubernetes' own controllers and a kubelet write. A client of the API server like any other; it runs no container.
/// </summary>
public sealed class ClusterSimulator : IAsyncDisposable
{
    private readonly ControllerSet _set;
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    private ClusterSimulator(KubeClient client, SimulatorOptions options)
    {
        // A simulated cluster is watched by people: its events are sent in full and at once.
        var events = new EventRecorderOptions { Controller = "simulator", Instance = options.NodeName };
        _set = new ControllerSet(client, events, options.Loggers, options.Time, options.Random);
        var world = new World(client, _set, options);
        AddKubelet(world);
        if (options.Workloads)
        {
            AddWorkloads(world);
        }
    }

    /// <summary>Makes the node and starts the simulator.</summary>
    /// <param name="client">The API server, with every right.</param>
    /// <param name="options">How it behaves.</param>
    /// <param name="cancellation">Gives up the start.</param>
    public static async Task<ClusterSimulator> StartAsync(KubeClient client, SimulatorOptions options, CancellationToken cancellation)
    {
        await SimulatedNode.EnsureAsync(client, options, cancellation);
        var simulator = new ClusterSimulator(client, options);
        var heart = options.Workloads ? Task.CompletedTask : new Heartbeat(client, options).RunAsync(simulator._stop.Token);
        simulator._running = Task.WhenAll(simulator._set.RunAsync(simulator._stop.Token), heart);
        return simulator;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _set.Dispose();
        _stop.Dispose();
    }

    private void AddKubelet(World world)
    {
        var controller = _set.Add("kubelet", new PodReconciler(world, new PodStatus(world)), new ControllerOptions { Concurrency = 8 });
        controller.Watch(world.Cache(Kinds.Pod), change => change.IsDeleted ? [] : [change.Key]);
    }

    private void AddWorkloads(World world)
    {
        AddOwner(world, Kinds.ReplicaSet, new ReplicaSetReconciler(world), Kinds.Pod);
        AddOwner(world, Kinds.Deployment, new DeploymentReconciler(world), Kinds.ReplicaSet);
        world.Cache(Kinds.ControllerRevision);
        world.Cache(Kinds.Claim);
        AddOwner(world, Kinds.StatefulSet, new StatefulSetReconciler(world), Kinds.Pod);
        AddOwner(world, Kinds.DaemonSet, new DaemonSetReconciler(world), Kinds.Pod);
        AddOwner(world, Kinds.Job, new JobReconciler(world), Kinds.Pod);

        var endpoints = _set.Add("endpoints", new EndpointsReconciler(world));
        var services = world.Cache(Kinds.Service);
        world.Cache(Kinds.Endpoints);
        world.Cache(Kinds.EndpointSlice);
        endpoints.Watch(services, change => [change.Key]);
        endpoints.Watch(world.Cache(Kinds.Pod), change => services.List().Select(service => service.Key).Where(key => key.Namespace == change.Key.Namespace));
    }

    /// <summary>A controller of a kind that is woken by every change of its objects and of what belongs to them.</summary>
    private void AddOwner(World world, WorkloadKind kind, IReconciler reconciler, WorkloadKind owned)
    {
        var controller = _set.Add(kind.Plural, reconciler);
        controller.Watch(world.Cache(kind), change => change.IsDeleted ? [] : [change.Key]);
        controller.Watch(world.Cache(owned), change => Pods.Controller(change.Entry.Head, kind.Kind.Kind) is { } owner ? [owner] : []);
    }
}
