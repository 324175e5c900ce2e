using System.Net;
using System.Text;
using GitOpsToolkit.Sandbox.ApiServer.Auth;
using GitOpsToolkit.Sandbox.ApiServer.Http;
using GitOpsToolkit.Sandbox.ApiServer.Lifecycle;
using GitOpsToolkit.Sandbox.ApiServer.Objects;
using GitOpsToolkit.Sandbox.ApiServer.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GitOpsToolkit.Sandbox.ApiServer;

/// <summary>
/// A Kubernetes API server in this process, over HTTPS on 127.0.0.1: for trying, testing and previewing, never for production.
/// Disposing it ends all watches, stops the server and closes the state directory.
/// </summary>
#pragma warning disable MA0049 // The class is what the project is named after; its users write ApiServer.StartAsync.
public sealed class ApiServer : IAsyncDisposable
#pragma warning restore MA0049
{
    private readonly WebApplication app;
    private readonly LifecycleLoop lifecycle;
    private readonly ServerCertificates certificates;
    private readonly Journal? journal;
    private readonly CancellationTokenSource stopping;

    private ApiServer(
        WebApplication app, LifecycleLoop lifecycle, ServerCertificates certificates, Journal? journal, CancellationTokenSource stopping)
    {
        this.app = app;
        this.lifecycle = lifecycle;
        this.certificates = certificates;
        this.journal = journal;
        this.stopping = stopping;
    }

    /// <summary>Base address, such as <c>https://127.0.0.1:40123/</c>.</summary>
    public Uri Url { get; private init; } = new("https://127.0.0.1/");

    /// <summary>The administrator's bearer token. A secret.</summary>
    public string Token { get; private init; } = "";

    /// <summary>The certificate authority that clients have to trust, as PEM.</summary>
    public string CertificateAuthorityPem => certificates.AuthorityPem;

    /// <summary>Every request that was answered.</summary>
    public RequestLog Requests { get; private init; } = new(1);

    /// <summary>A kubeconfig (YAML) with which kubectl and all clients reach this server as administrator. Holds the token.</summary>
    public string Kubeconfig => $"""
        apiVersion: v1
        kind: Config
        clusters:
        - name: gitops-sandbox
          cluster:
            server: {Url.ToString().TrimEnd('/')}
            certificate-authority-data: {Convert.ToBase64String(Encoding.UTF8.GetBytes(CertificateAuthorityPem))}
        users:
        - name: gitops-sandbox-admin
          user:
            token: {Token}
        contexts:
        - name: gitops-sandbox
          context:
            cluster: gitops-sandbox
            user: gitops-sandbox-admin
            namespace: default
        current-context: gitops-sandbox

        """;

    /// <summary>Starts a server and waits until it answers.</summary>
    /// <param name="options">Its settings.</param>
    /// <param name="ct">Cancels the start.</param>
    /// <exception cref="IOException">The port is taken, or the state directory is in use or not writable.</exception>
    /// <exception cref="InvalidDataException">The state directory is damaged.</exception>
    public static async Task<ApiServer> StartAsync(ApiServerOptions? options = null, CancellationToken ct = default)
    {
        options ??= new();
        var logger = options.LoggerFactory.CreateLogger("GitOpsToolkit.Sandbox.ApiServer");
        if (options.StateDirectory is { } directory)
        {
            Directory.CreateDirectory(directory);
        }

        var durable = options.StateDirectory is null ? null : Journal.Open(options.StateDirectory, logger);
        ServerCertificates? tls = null;
        try
        {
            tls = ServerCertificates.Get(options.StateDirectory, options.Time);
            return await StartAsync(options, logger, durable, tls, ct);
        }
        catch
        {
            tls?.Dispose();
            durable?.Dispose();
            throw;
        }
    }

    /// <summary>Writes <see cref="Kubeconfig"/> to a file which only its owner can read (mode 0600); an existing one is replaced.</summary>
    /// <param name="path">The file.</param>
    public Task WriteKubeconfigAsync(string path)
    {
        PrivateFile.Write(path, Kubeconfig);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await lifecycle.DisposeAsync();
        using (var hurry = new CancellationTokenSource(TimeSpan.FromSeconds(2)))
        {
            await app.StopAsync(hurry.Token);
        }

        await app.DisposeAsync();
        journal?.Dispose();
        certificates.Dispose();
        stopping.Dispose();
    }

    private static async Task<ApiServer> StartAsync(
        ApiServerOptions options, ILogger logger, Journal? durable, ServerCertificates tls, CancellationToken ct)
    {
        var token = options.Token ?? Secret(options, "token", 24);
        var signingKey = Secret(options, "signing-key", 32);
        var store = new ObjectStore(options.WatchHistory, durable);
        var signer = new TokenSigner(Convert.FromHexString(signingKey), options.Time);
        var access = new Access(new(token, signer, store), signer, new(new(store), options.Authorization));
        var cluster = new Cluster(options, store, new(), access, new(options), logger);
        var writer = new ObjectWriter(cluster);
        var deleter = new ObjectDeleter(cluster);
        var loop = new LifecycleLoop(cluster, writer, deleter, tls.AuthorityPem);
        loop.Prepare();

        var stop = new CancellationTokenSource();
        var log = new RequestLog(options.RequestLogSize);
        var address = new string[] { "" };
        var responder = new Responder(new Tabulator(options.Time));
        var pipeline = new Pipeline(cluster, new(cluster, writer, deleter, responder), new(cluster, () => address[0]), log, stop.Token);
        var web = Build(options, tls);
        web.Run(pipeline.HandleAsync);
        await web.StartAsync(ct);
        var port = new Uri(web.Urls.First()).Port;
        address[0] = $"127.0.0.1:{port}";
        loop.Start(port);
        return new(web, loop, tls, durable, stop)
        {
            Url = new($"https://127.0.0.1:{port}/"),
            Token = token,
            Requests = log,
        };
    }

    private static string Secret(ApiServerOptions options, string name, int bytes) =>
        PrivateFile.GetOrAdd(options.StateDirectory, name, () => Convert.ToHexStringLower(options.RandomBytes(bytes)));

    private static WebApplication Build(ApiServerOptions options, ServerCertificates tls)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddSingleton(options.LoggerFactory);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1000;
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(10);
            kestrel.Listen(IPAddress.Loopback, options.Port, listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.UseHttps(tls.Server);
            });
        });
        return builder.Build();
    }
}
