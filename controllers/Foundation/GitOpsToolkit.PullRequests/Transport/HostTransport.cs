using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using GitOpsToolkit.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace GitOpsToolkit.PullRequests.Transport;

/// <summary>
/// The connections of one CA, client certificate and proxy, with retries. What changes nothing is sent again after a failure; what
/// does is sent again only where the host says that it did not look at it (429).
/// </summary>
internal sealed class HostTransport : IDisposable
{
    private const string ClientName = "host";

    private readonly ServiceProvider services;

    internal HostTransport(PullRequestOptions options, TimeProvider time, TlsSettings? tls, ProxySettings? proxy)
    {
        var collection = new ServiceCollection();
        var builder = collection.AddHttpClient(ClientName)
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                ConnectTimeout = TimeSpan.FromSeconds(10),
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                MaxResponseHeadersLength = 64,
                AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate,
                ConnectCallback = ConnectAsync,
                SslOptions = tls?.ToOptions(withClient: true) ?? new SslClientAuthenticationOptions(),
                Proxy = proxy?.ToWebProxy(),
            })
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .RemoveAllLoggers();
        builder.AddStandardResilienceHandler(resilience => Configure(resilience, options, time)).SelectPipelineByAuthority();
        services = collection.BuildServiceProvider();
    }

    public void Dispose() => services.Dispose();

    internal async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        var handler = services.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler(ClientName);
        using var invoker = new HttpMessageInvoker(handler, disposeHandler: false);
        return await invoker.SendAsync(request, cancellation);
    }

    private static void Configure(HttpStandardResilienceOptions resilience, PullRequestOptions options, TimeProvider time)
    {
        resilience.AttemptTimeout.Timeout = options.AttemptTimeout;
        resilience.TotalRequestTimeout.Timeout = (options.AttemptTimeout + options.MaxWait) * (options.Retries + 2);
        resilience.CircuitBreaker.SamplingDuration = options.AttemptTimeout * 4;
        resilience.Retry.MaxRetryAttempts = Math.Max(1, options.Retries);
        resilience.Retry.Delay = options.RetryDelay;
        resilience.Retry.BackoffType = DelayBackoffType.Exponential;
        resilience.Retry.UseJitter = true;
        resilience.Retry.DisableForUnsafeHttpMethods();
        var transient = resilience.Retry.ShouldHandle;
        resilience.Retry.ShouldHandle = arguments => arguments.Outcome.Result switch
        {
            // A long wait would hold a worker: the reconciler comes back by then.
            { } answer when HostAnswers.RetryAfter(answer, time) is { } wait && wait > options.MaxWait => ValueTask.FromResult(false),
            { StatusCode: HttpStatusCode.TooManyRequests } answer => ValueTask.FromResult(HostAnswers.RetryAfter(answer, time) is not null),
            _ => transient(arguments),
        };
    }

    /// <summary>Connects, but to no address of the link: that is where clouds keep their metadata services.</summary>
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var host = context.DnsEndPoint.Host;
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancellation);
        var allowed = Array.FindAll(addresses, address => AddressClasses.Of(address) != AddressClass.LinkLocal);
        if (allowed.Length == 0)
        {
            throw addresses.Length == 0
                ? new HttpRequestException(HttpRequestError.NameResolutionError, $"the name {host} has no address")
                : new PullRequestException(PullRequestFault.Protocol, $"{host} is an address of the link, where no host's API is; refused");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
