using System.Net;
using GitOpsToolkit.Hosting.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace GitOpsToolkit.Hosting.Http;

/// <summary>Serves <c>/metrics</c>, <c>/healthz</c> and <c>/readyz</c> on the addresses of <c>--metrics-addr</c> and <c>--health-addr</c>.</summary>
/// <param name="addresses">Where to listen; the same paths are served on each.</param>
/// <param name="metrics">What <c>/metrics</c> says.</param>
/// <param name="health">What the probes say.</param>
/// <param name="loggers">For the server's own warnings.</param>
public sealed class ManagementServer(
    IReadOnlyList<IPEndPoint> addresses, MetricsCollector metrics, HealthState health, ILoggerFactory loggers) : IHostedService, IAsyncDisposable
{
    private WebApplication? _app;

    /// <summary>The addresses that are being listened on, with the ports that the system chose for port 0.</summary>
    public IReadOnlyList<Uri> Urls => _app is null ? [] : [.. _app.Urls.Select(url => new Uri(url))];

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (addresses.Count == 0)
        {
            return;
        }

        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddSingleton(loggers);
        // The host around this server answers signals; two would race for them.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
            foreach (var address in addresses)
            {
                kestrel.Listen(address);
            }
        });

        _app = builder.Build();
        _app.MapGet("/metrics", context =>
        {
            context.Response.ContentType = PrometheusText.ContentType;
            return context.Response.WriteAsync(metrics.Collect(), context.RequestAborted);
        });
        _app.MapGet("/healthz", context => AnswerAsync(context, health.IsAlive));
        _app.MapGet("/readyz", context => AnswerAsync(context, health.IsReady));
        await _app.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => _app?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }

    private static Task AnswerAsync(HttpContext context, bool healthy)
    {
        context.Response.StatusCode = healthy ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return context.Response.WriteAsync(healthy ? "ok" : "not yet", context.RequestAborted);
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
