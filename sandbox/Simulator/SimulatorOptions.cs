using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GitOpsToolkit.Sandbox.Simulator;

/// <summary>How the simulator behaves. Every setting has a default: <c>new SimulatorOptions()</c> starts every image in a moment.</summary>
public sealed record SimulatorOptions
{
    /// <summary>How long a pod takes from its creation to its readiness.</summary>
    /// <value>150 milliseconds</value>
    public TimeSpan StartupTime { get; init; } = TimeSpan.FromMilliseconds(150);

    /// <summary>How long the containers of a Job's pod run before they succeed.</summary>
    /// <value>150 milliseconds</value>
    public TimeSpan JobRunTime { get; init; } = TimeSpan.FromMilliseconds(150);

    /// <summary>Whether the image of this name cannot be pulled. Asked again while a pod waits, so that it may come to succeed.</summary>
    /// <value>Every image can be pulled.</value>
    public Func<string, bool> FailingImages { get; init; } = static _ => false;

    /// <summary>
    /// Whether Deployments, ReplicaSets, StatefulSets, DaemonSets, Jobs and Endpoints are worked on too. Switch it off where a real
    /// controller manager does that: then only the node and the pods on it are simulated.
    /// </summary>
    /// <value>true</value>
    public bool Workloads { get; init; } = true;

    /// <summary>The name of the one node.</summary>
    /// <value><c>sandbox</c></value>
    public string NodeName { get; init; } = "sandbox";

    /// <summary>The clock of latencies and timestamps.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Randomness of pod names.</summary>
    public Random Random { get; init; } = new();

    /// <summary>Where logs go.</summary>
    /// <value>Nowhere.</value>
    public ILoggerFactory Loggers { get; init; } = NullLoggerFactory.Instance;
}
