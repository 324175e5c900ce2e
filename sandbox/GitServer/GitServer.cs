using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace GitOpsToolkit.Sandbox.Git;

/// <summary>A Git server on the loopback interface: smart HTTP through git's own <c>http-backend</c>, with push. For trying, testing and preview,
/// never for production.</summary>
public sealed class GitServer : IAsyncDisposable
{
    private const int KeptRequests = 10_000;
    private readonly WebApplication _app;
    private readonly RepositoryStore _store;
    private readonly ILogger _logger;
    private readonly ConcurrentQueue<GitRequest> _requests = new();
    private readonly ConcurrentDictionary<string, GitAccess> _access = new(StringComparer.Ordinal);
    private readonly GitAccess? _defaultAccess;

    private GitServer(GitServerOptions options)
    {
        _store = new RepositoryStore(options.RootDirectory, options.Time);
        _logger = options.Logging.CreateLogger("GitOpsToolkit.Sandbox.GitServer");
        _defaultAccess = options.Access;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        // The process around this server answers signals; two would race for them.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.MaxRequestBytes;
            kestrel.Listen(IPAddress.Loopback, options.Port, listen => Secure(listen, options));
        });
        _app = builder.Build();
        var backend = new HttpBackend(_store.Root, options.MaxRequestBytes, _logger);
        _app.Run(new RequestHandler(this, options, _store, backend, _logger).HandleAsync);
    }

    /// <summary>Raised after a push has been taken and answered, with the updates that took effect. Handlers run one after another on the
    /// request's thread; what they throw is logged.</summary>
    public event EventHandler<GitPushEventArgs>? OnPush;

    /// <summary>Where the server listens, e.g. <c>http://127.0.0.1:41234/</c>.</summary>
    public Uri Url { get; private set; } = null!;

    /// <summary>The folder of the bare repositories.</summary>
    public string RootDirectory => _store.Root;

    /// <summary>The last 10 000 requests that were answered, oldest first.</summary>
    public IReadOnlyList<GitRequest> Requests => [.. _requests];

    /// <summary>Starts a server; it runs until it is disposed of.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<GitServer> StartAsync(GitServerOptions options, CancellationToken cancel = default)
    {
        Directory.CreateDirectory(options.RootDirectory);
        var server = new GitServer(options);
        try
        {
            await server._app.StartAsync(cancel);
            var addresses = server._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
            server.Url = new Uri(addresses.Addresses.Single());
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes an empty bare repository; one that exists stays as it is.</summary>
    /// <param name="name">Letters, digits, <c>.</c>, <c>_</c>, <c>-</c>, with slashes between, e.g. <c>org/app</c>; without <c>.git</c>.</param>
    /// <param name="defaultBranch">The branch that HEAD names.</param>
    /// <param name="access">What clients must present for this repository; null keeps the server's rule.</param>
    /// <param name="cancel">Stops the call.</param>
    /// <returns>The URL to clone from.</returns>
    /// <exception cref="ArgumentException">The name or the branch is none.</exception>
    public async Task<Uri> CreateRepositoryAsync(string name, string defaultBranch = "main", GitAccess? access = null, CancellationToken cancel = default)
    {
        await _store.CreateAsync(name, defaultBranch, cancel);
        if (access is not null)
        {
            SetAccess(name, access);
        }

        return CloneUrl(name);
    }

    /// <summary>What clients must present for this repository from now on; null goes back to the server's rule.</summary>
    public void SetAccess(string name, GitAccess? access)
    {
        if (access is null)
        {
            _access.TryRemove(name, out _);
            return;
        }

        _access[name] = access;
    }

    /// <summary>The URL to clone the named repository from; it need not exist.</summary>
    public Uri CloneUrl(string name) => new(Url, name + ".git");

    /// <summary>The path of the named bare repository on disk.</summary>
    public string RepositoryPath(string name) => _store.PathOf(name);

    /// <summary>All references of a repository and the objects they point at.</summary>
    public Task<IReadOnlyDictionary<string, string>> ListRefsAsync(string name, CancellationToken cancel = default) => _store.RefsAsync(name, cancel);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _app.StopAsync(patience.Token);
        await _app.DisposeAsync();
        _store.Dispose();
    }

    internal GitAccess? AccessOf(string repository) => _access.GetValueOrDefault(repository) ?? _defaultAccess;

    internal void Record(GitRequest request)
    {
        _requests.Enqueue(request);
        while (_requests.Count > KeptRequests)
        {
            _requests.TryDequeue(out _);
        }
    }

    internal void Announce(GitPush push)
    {
        foreach (var handler in OnPush?.GetInvocationList() ?? [])
        {
            try
            {
                ((EventHandler<GitPushEventArgs>)handler)(this, new GitPushEventArgs(push));
            }
            catch (Exception error)
            {
                _logger.LogError(error, "A handler of a push to {Repository} failed.", push.Repository);
            }
        }
    }

    private static void Secure(ListenOptions listen, GitServerOptions options)
    {
        listen.Protocols = HttpProtocols.Http1;
        if (options.Certificate is { } certificate)
        {
            listen.UseHttps(certificate);
        }
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
