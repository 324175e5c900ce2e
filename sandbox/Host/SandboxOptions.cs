using GitOpsToolkit.Sandbox.Clusters;

namespace GitOpsToolkit.Sandbox;

/// <summary>How a sandbox is started.</summary>
public sealed record SandboxOptions
{
    /// <summary>The folder that keeps everything between starts: objects, repositories, images, keys.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>Which kind of cluster it works on.</summary>
    /// <value>Embedded</value>
    public ClusterChoice Cluster { get; init; } = ClusterChoice.Embedded;

    /// <summary>
    /// The kubeconfig file of the real cluster to work on; null starts a control plane for the purpose. What a cluster holds belongs to
    /// the state directory: with a new one, what an earlier sandbox left behind in the cluster is removed first.
    /// </summary>
    public string? Kubeconfig { get; init; }

    /// <summary>The API server's port on 127.0.0.1; 0 takes the one of the last start, or a free one.</summary>
    /// <value>0</value>
    public int ApiPort { get; init; }

    /// <summary>The Git server's port on 127.0.0.1; 0 takes the one of the last start, or a free one.</summary>
    /// <value>0</value>
    public int GitPort { get; init; }

    /// <summary>The registry's port on 127.0.0.1; 0 takes the one of the last start, or a free one.</summary>
    /// <value>0</value>
    public int RegistryPort { get; init; }

    /// <summary>The controllers to run in this process, by the names of <c>--controllers</c>; empty runs none.</summary>
    public IReadOnlyList<string> Controllers { get; init; } = Manager.Flags.ControllerNames.All;

    /// <summary>Where the controllers' and servers' log lines go; null drops them.</summary>
    public Stream? Log { get; init; }

    /// <summary>Is told of every request that a controller sends to the API server; null tells nobody.</summary>
    public Action<ControllerRequest>? OnControllerRequest { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
