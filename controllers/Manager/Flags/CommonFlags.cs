using System.CommandLine;
using System.Net;
using GitOpsToolkit.Hosting.Logging;
using GitOpsToolkit.Hosting.Options;
using Microsoft.Extensions.Logging;

namespace GitOpsToolkit.Manager.Flags;

/// <summary>The flags that every controller has.</summary>
internal sealed class CommonFlags
{
    private readonly Flag<IReadOnlyList<string>> _controllers;
    private readonly Flag<string> _kubeconfig;
    private readonly Flag<IPEndPoint?> _metrics;
    private readonly Flag<IPEndPoint?> _health;
    private readonly Flag<int?> _concurrent;
    private readonly Flag<LogLevel> _logLevel;
    private readonly Flag<string> _logEncoding;
    private readonly Flag<bool> _leaderElection;
    private readonly Flag<bool> _releaseOnCancel;
    private readonly Flag<TimeSpan> _leaseDuration;
    private readonly Flag<TimeSpan> _renewDeadline;
    private readonly Flag<TimeSpan> _retryPeriod;
    private readonly Flag<TimeSpan> _minRetryDelay;
    private readonly Flag<TimeSpan> _maxRetryDelay;
    private readonly Flag<int> _jitter;
    private readonly Flag<TimeSpan> _requeueDependency;
    private readonly Flag<bool> _watchAll;
    private readonly Flag<string> _labelSelector;
    private readonly Flag<bool> _noCrossNamespace;
    private readonly Flag<string> _compat;
    private readonly Flag<FeatureGates> _gates;

    public CommonFlags(FlagSet flags)
    {
        var defaults = new CommonOptions { Controllers = ControllerNames.All };
        _controllers = flags.Parsed<IReadOnlyList<string>>(
            "--controllers", ControllerNames.All, $"comma-separated controllers to run (default {string.Join(',', ControllerNames.All)})", ControllerNames.Parse);
        _kubeconfig = flags.Text("--kubeconfig", "", "path of a kubeconfig file; without it the pod's own account, or $KUBECONFIG, or ~/.kube/config");
        _metrics = flags.Address("--metrics-addr", ":8080", "the address the metric endpoint binds to; 0 for none");
        _health = flags.Address("--health-addr", ":9440", "the address the health endpoint binds to; 0 for none");
        _concurrent = flags.OptionalNumber("--concurrent", "the number of concurrent reconciles per kind (default 2 for source, 4 for others)");
        _logLevel = flags.Parsed("--log-level", LogLevel.Information, "trace, debug, info or error (default info)", ParseLevel);
        _logEncoding = flags.Choice("--log-encoding", defaults.LogEncoding, "json", "console");
        _leaderElection = flags.Switch("--enable-leader-election", false, "run only while holding a lease, one replica at a time");
        _releaseOnCancel = flags.Switch("--leader-election-release-on-cancel", true, "give the lease back at a clean stop");
        _leaseDuration = flags.Duration("--leader-election-lease-duration", defaults.LeaseDuration, "how long others wait before they take a lease that is not renewed");
        _renewDeadline = flags.Duration("--leader-election-renew-deadline", defaults.RenewDeadline, "how long the leader works without a renewal");
        _retryPeriod = flags.Duration("--leader-election-retry-period", defaults.RetryPeriod, "the wait between tries to acquire or renew");
        _minRetryDelay = flags.Duration("--min-retry-delay", defaults.MinRetryDelay, "the first wait after a failure");
        _maxRetryDelay = flags.Duration("--max-retry-delay", defaults.MaxRetryDelay, "the longest wait after failures");
        _jitter = flags.Number("--interval-jitter-percentage", defaults.IntervalJitterPercentage, "how far an interval may differ from the object's", most: 99);
        _requeueDependency = flags.Duration("--requeue-dependency", defaults.RequeueDependency, "the wait for a dependency that is not ready");
        _watchAll = flags.Switch("--watch-all-namespaces", true, "false watches $RUNTIME_NAMESPACE alone");
        _labelSelector = flags.Text("--watch-label-selector", "", "watch only objects with these labels (sharding)");
        _noCrossNamespace = flags.Switch("--no-cross-namespace-refs", false, "deny references to other namespaces");
        _compat = flags.Choice("--compat", "toolkit", "toolkit", "flux");
        _gates = flags.Parsed("--feature-gates", FeatureGates.Default, "comma-separated Name=true|false", FeatureGates.Parse);
    }

    public CommonOptions Bind(ParseResult parsed) => new()
    {
        Controllers = _controllers.In(parsed),
        Kubeconfig = _kubeconfig.In(parsed) is { Length: > 0 } path ? path : null,
        MetricsAddress = _metrics.In(parsed),
        HealthAddress = _health.In(parsed),
        Concurrent = _concurrent.In(parsed),
        LogLevel = _logLevel.In(parsed),
        LogEncoding = _logEncoding.In(parsed),
        LeaderElection = _leaderElection.In(parsed),
        ReleaseOnCancel = _releaseOnCancel.In(parsed),
        LeaseDuration = _leaseDuration.In(parsed),
        RenewDeadline = _renewDeadline.In(parsed),
        RetryPeriod = _retryPeriod.In(parsed),
        MinRetryDelay = _minRetryDelay.In(parsed),
        MaxRetryDelay = _maxRetryDelay.In(parsed),
        IntervalJitterPercentage = _jitter.In(parsed),
        RequeueDependency = _requeueDependency.In(parsed),
        WatchAllNamespaces = _watchAll.In(parsed),
        WatchLabelSelector = _labelSelector.In(parsed) is { Length: > 0 } selector ? selector : null,
        NoCrossNamespaceRefs = _noCrossNamespace.In(parsed),
        FluxCompatible = _compat.In(parsed) == "flux",
        FeatureGates = _gates.In(parsed),
        RuntimeNamespace = Environment.GetEnvironmentVariable("RUNTIME_NAMESPACE") is { Length: > 0 } ns ? ns : "flux-system",
    };

    private static LogLevel ParseLevel(string name) =>
        LogLevels.Parse(name) ?? throw new FormatException($"\"{name}\" is not one of trace, debug, info, error");
}
