using System.Net;
using GitOpsToolkit.Hosting.Http;
using GitOpsToolkit.Hosting.Logging;
using GitOpsToolkit.Hosting.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace GitOpsToolkit.Manager;

/// <summary>The process around the controllers: logs, metrics, probes, signals.</summary>
internal static class ManagerHost
{
    /// <summary>Longer than a controller's own drain, shorter than a pod's usual grace period.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(25);

    /// <summary>Runs until SIGTERM or SIGINT, or until a controller fails.</summary>
    /// <returns>The exit code: 0 after a clean stop, 1 after a failure, which was logged.</returns>
    public static async Task<int> RunAsync(ToolkitOptions options, TimeProvider time, Stream log, CancellationToken cancellation)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(options.Common.LogLevel)
            .AddFilter("Microsoft", LogLevel.Warning)
            .AddFilter("System", LogLevel.Warning)
            .AddProvider(new LineLoggerProvider(log, options.Common.LogEncoding, time));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);

        using var metrics = new MetricsCollector();
        using var process = new ProcessMetrics();
        var health = new HealthState();
        var failure = new Failure();
        builder.Services.AddSingleton(time);
        builder.Services.AddHostedService(services => new ManagementServer(
            Addresses(options), metrics, health, services.GetRequiredService<ILoggerFactory>()));
        builder.Services.AddHostedService(services => new ControllersService(
            options, health, failure, time, services.GetRequiredService<ILoggerFactory>(), services.GetRequiredService<IHostApplicationLifetime>()));

        using var host = builder.Build();
        await host.RunAsync(cancellation);
        return failure.Happened ? 1 : 0;
    }

    private static IPEndPoint[] Addresses(ToolkitOptions options) =>
        [.. new[] { options.Common.MetricsAddress, options.Common.HealthAddress }.OfType<IPEndPoint>().Distinct()];

    /// <summary>Whether the process ends because something broke.</summary>
    private sealed class Failure
    {
        public bool Happened { get; set; }
    }

    private sealed class ControllersService(
        ToolkitOptions options, HealthState health, Failure failure, TimeProvider time, ILoggerFactory loggers, IHostApplicationLifetime lifetime)
        : BackgroundService
    {
        private const string Connecting = "connection";

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            var logger = loggers.CreateLogger("setup");
            foreach (var note in options.WithoutEffect)
            {
                logger.LogInformation("a flag has no effect here: {Flag}", note);
            }

            using var told = stoppingToken.Register(() => logger.LogInformation("stopping: no reconcile begins any more, running ones may finish"));
            health.WaitFor(Connecting);
            try
            {
                var client = Connection.Open(options.Common, time);
                // Replicas without the lease are ready too: they are there to take over.
                health.Started(Connecting);
                logger.LogInformation("starting {Controllers} on {Server}", string.Join(", ", options.Common.Controllers), client.ServerUrl);
                await ToolkitControllers.RunAsync(options, client, loggers, time, stoppingToken);
                logger.LogInformation("stopped");
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogCritical(error, "the process ends: {Problem}", error.Message);
                failure.Happened = true;
                health.Failed();
                lifetime.StopApplication();
            }
        }
    }
}
