using GitOpsToolkit.Hosting.Leases;
using GitOpsToolkit.Hosting.Options;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Manager.Flags;
using Microsoft.Extensions.Logging;

namespace GitOpsToolkit.Manager;

/// <summary>Runs controllers side by side in one process. They know nothing of each other: each meets the others' objects at the API server.</summary>
public static class ToolkitControllers
{
    /// <summary>Runs the chosen controllers until cancelled and drained.</summary>
    /// <param name="options">Which ones, and how.</param>
    /// <param name="client">The API server; each controller works under its own User-Agent.</param>
    /// <param name="loggers">Where logs go.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">A clean stop.</param>
    /// <exception cref="Exception">The first failure of a controller; the others have been stopped.</exception>
    public static Task RunAsync(
        ToolkitOptions options, KubeClient client, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(client);
        return RunAsync(options, _ => client, loggers, time, cancellation);
    }

    /// <summary>Runs the chosen controllers until cancelled and drained, each with a connection of its own.</summary>
    /// <param name="options">Which ones, and how.</param>
    /// <param name="clients">A controller's connection, by its name in <c>--controllers</c>; it works under its own User-Agent.</param>
    /// <param name="loggers">Where logs go.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">A clean stop.</param>
    /// <exception cref="Exception">The first failure of a controller; the others have been stopped.</exception>
    public static async Task RunAsync(
        ToolkitOptions options, Func<string, KubeClient> clients, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(clients);
        using var together = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var running = options.Common.Controllers
            .Select(name => RunOneAsync(name, options, clients(name).As($"{name}-controller"), loggers, time, together.Token))
            .ToList();

        // Each ends by cancellation or by a failure; a failure stops the others too, and is the one thrown.
        var first = await Task.WhenAny(running);
        await together.CancelAsync();
        await Task.WhenAll(running.Prepend(first));
    }

    private static Task RunOneAsync(
        string name, ToolkitOptions options, KubeClient client, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellation)
    {
        Task WorkAsync(CancellationToken term) => Modules.RunAsync(name, options, client, loggers, time, term);
        if (!options.Common.LeaderElection)
        {
            return WorkAsync(cancellation);
        }

        var elector = new LeaderElector(client, LeaseOf(name, options.Common), time, loggers.CreateLogger<LeaderElector>());
        return elector.RunAsync(WorkAsync, cancellation);
    }

    private static LeaderElectionOptions LeaseOf(string name, CommonOptions options) => new()
    {
        Namespace = options.RuntimeNamespace,
        Name = LeaseName(name, options.WatchLabelSelector),
        // The host's name is the pod's; the rest tells two processes on one machine apart.
        Identity = $"{Environment.MachineName}_{Guid.NewGuid():D}",
        LeaseDuration = options.LeaseDuration,
        RenewDeadline = options.RenewDeadline,
        RetryPeriod = options.RetryPeriod,
        ReleaseOnCancel = options.ReleaseOnCancel,
    };

    /// <summary>Flux's lease name; a shard has its own, by the first 8 hexadecimal digits of its selector's SHA-256.</summary>
    internal static string LeaseName(string controller, string? selector)
    {
        var name = $"{controller}-controller-leader-election";
        return selector is null
            ? name
            : $"{name}-{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(selector)))[..8]}";
    }
}
