using System.Net;
using GitOpsToolkit.Hosting.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;

namespace GitOpsToolkit.Controllers.Source.Storage;

/// <summary>Serves the artifacts over HTTP: GET and HEAD, ranges, Last-Modified and conditional requests. Only paths of the form
/// <c>kind/namespace/name/file</c> are answered; nothing hidden, no lock, no list of folders.</summary>
internal sealed class ArtifactServer : IAsyncDisposable
{
    private static readonly string[] s_kinds = ["gitrepository", "ocirepository", "bucket", "helmrepository", "helmchart", "externalartifact"];
    private readonly SourceControllerOptions _options;
    private readonly IPEndPoint _endpoint;
    private WebApplication? _app;

    public ArtifactServer(SourceControllerOptions options)
    {
        _options = options;
        _endpoint = ListenAddress.TryParse(options.StorageAddress, out var endpoint) && endpoint is not null
            ? endpoint
            : throw new ArgumentException($"--storage-addr={options.StorageAddress} is no address: use host:port or :port.", nameof(options));
    }

    /// <summary>Where the server listens; null while it does not.</summary>
    public Uri? Url { get; private set; }

    /// <summary>The address to advertise where none is configured: the host that is listened on, else this host's name.</summary>
    public string DefaultAdvertisedAddress
    {
        get
        {
            var everywhere = _endpoint.Address.Equals(IPAddress.Any) || _endpoint.Address.Equals(IPAddress.IPv6Any);
            return $"{(everywhere ? Environment.MachineName : Url!.Host)}:{Url!.Port}";
        }
    }

    public async Task StartAsync(CancellationToken cancellation)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        // The host around this server answers signals; two would race for them.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Listen(_endpoint);
        });
        _app = builder.Build();
        _app.Use(AdmitAsync);
        _app.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = new PhysicalFileProvider(Path.GetFullPath(_options.StoragePath)),
            ServeUnknownFileTypes = true,
            DefaultContentType = "application/gzip",
        });
        await _app.StartAsync(cancellation);
        Url = new Uri(_app.Urls.First().Replace("[::]", "localhost", StringComparison.Ordinal).Replace("0.0.0.0", "localhost", StringComparison.Ordinal));
    }

    public async Task StopAsync()
    {
        Url = null;
        if (_app is not null)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            await _app.StopAsync(patience.Token);
        }
    }

    public ValueTask DisposeAsync() => _app?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static Task AdmitAsync(HttpContext context, RequestDelegate next)
    {
        var path = context.Request.Path.Value ?? "/";
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return Task.CompletedTask;
        }

        // The readiness probe asks for the root.
        if (path == "/")
        {
            return Task.CompletedTask;
        }

        var parts = path.Split('/');
        var admitted = parts.Length == 5
            && s_kinds.Contains(parts[1])
            && parts.Skip(2).All(part => part.Length > 0 && part[0] != '.' && !part.Contains('\\'))
            && !parts[4].EndsWith(".lock", StringComparison.Ordinal);
        if (!admitted)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        return next(context);
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
