using System.Net;
using GitOpsToolkit.Hosting.Options;
using Microsoft.Extensions.Logging;

namespace GitOpsToolkit.Manager.Flags;

/// <summary>What every controller of this process shares. Names and defaults are those of Flux's flags.</summary>
public sealed record CommonOptions
{
    /// <summary><c>--controllers</c>: which controllers run in this process.</summary>
    public required IReadOnlyList<string> Controllers { get; init; }

    /// <summary><c>--kubeconfig</c>: the cluster to work on; null means the pod's own, or else <c>$KUBECONFIG</c> or <c>~/.kube/config</c>.</summary>
    public string? Kubeconfig { get; init; }

    /// <summary><c>--metrics-addr</c>: where <c>/metrics</c> is served; null serves none.</summary>
    public IPEndPoint? MetricsAddress { get; init; }

    /// <summary><c>--health-addr</c>: where <c>/healthz</c> and <c>/readyz</c> are served; null serves none.</summary>
    public IPEndPoint? HealthAddress { get; init; }

    /// <summary><c>--concurrent</c>: workers per kind; null means each controller's default (source 2, others 4).</summary>
    public int? Concurrent { get; init; }

    /// <summary><c>--log-level</c>: trace, debug, info or error.</summary>
    /// <value>info</value>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary><c>--log-encoding</c>: json or console.</summary>
    /// <value>json</value>
    public string LogEncoding { get; init; } = "json";

    /// <summary><c>--enable-leader-election</c>: only the holder of a lease works.</summary>
    /// <value>false</value>
    public bool LeaderElection { get; init; }

    /// <summary><c>--leader-election-release-on-cancel</c>: give the lease back at a clean stop.</summary>
    /// <value>true</value>
    public bool ReleaseOnCancel { get; init; } = true;

    /// <summary><c>--leader-election-lease-duration</c>.</summary>
    /// <value>35s</value>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(35);

    /// <summary><c>--leader-election-renew-deadline</c>.</summary>
    /// <value>30s</value>
    public TimeSpan RenewDeadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary><c>--leader-election-retry-period</c>.</summary>
    /// <value>5s</value>
    public TimeSpan RetryPeriod { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary><c>--min-retry-delay</c>: the first wait after a failure.</summary>
    /// <value>750ms</value>
    public TimeSpan MinRetryDelay { get; init; } = TimeSpan.FromMilliseconds(750);

    /// <summary><c>--max-retry-delay</c>: the longest wait after failures.</summary>
    /// <value>15m</value>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary><c>--interval-jitter-percentage</c>: how far an interval may differ from what an object says, where Flux has jitter.</summary>
    /// <value>5</value>
    public int IntervalJitterPercentage { get; init; } = 5;

    /// <summary><c>--requeue-dependency</c>: the wait for a dependency that is not ready.</summary>
    /// <value>30s</value>
    public TimeSpan RequeueDependency { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary><c>--watch-all-namespaces</c>; false watches <c>$RUNTIME_NAMESPACE</c> alone.</summary>
    /// <value>true</value>
    public bool WatchAllNamespaces { get; init; } = true;

    /// <summary><c>--watch-label-selector</c>: only objects with these labels (sharding).</summary>
    public string? WatchLabelSelector { get; init; }

    /// <summary><c>--compat</c>: do as Flux does where our default is safer.</summary>
    /// <value>false</value>
    public bool FluxCompatible { get; init; }

    /// <summary><c>--no-cross-namespace-refs</c>: references stay in the object's namespace.</summary>
    /// <value>false</value>
    public bool NoCrossNamespaceRefs { get; init; }

    /// <summary><c>--feature-gates</c>.</summary>
    public FeatureGates FeatureGates { get; init; } = FeatureGates.Default;

    /// <summary><c>$RUNTIME_NAMESPACE</c>: where this process runs; leases live there.</summary>
    /// <value>flux-system</value>
    public string RuntimeNamespace { get; init; } = "flux-system";

    /// <summary>The namespace that is watched, or null for all of them.</summary>
    public string? WatchNamespace => WatchAllNamespaces ? null : RuntimeNamespace;
}
