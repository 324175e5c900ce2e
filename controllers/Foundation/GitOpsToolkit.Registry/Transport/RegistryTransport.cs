using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using GitOpsToolkit.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace GitOpsToolkit.Registry;

/// <summary>
/// The connections of one CA, client certificate and proxy: one pool to registries, and one pool per address class to wherever a registry sends us (token realms, redirects). The
/// address is checked when the connection is made, after the name was resolved, so that a name which changes its address in between gains
/// nothing.
/// </summary>
internal sealed class RegistryTransport : IDisposable
{
    private const string Direct = "registry";

    private readonly TlsSettings? tls;
    private readonly ProxySettings? proxy;
    private readonly ServiceProvider services;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> resolve;

    internal RegistryTransport(
        RegistryClientOptions options, Func<string, CancellationToken, Task<IPAddress[]>> resolve, TlsSettings? tls, ProxySettings? proxy)
    {
        this.resolve = resolve;
        this.tls = tls;
        this.proxy = proxy;
        var collection = new ServiceCollection();
        AddClient(collection, Direct, options, AddressClass.LinkLocal);
        foreach (var reach in Enum.GetValues<AddressClass>())
        {
            AddClient(collection, NameOf(reach), options, reach);
        }

        services = collection.BuildServiceProvider();
    }

    public void Dispose() => services.Dispose();

    /// <summary>Sends a request to the registry itself.</summary>
    internal Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation) =>
        SendAsync(Direct, request, cancellation);

    /// <summary>Sends a request to where the registry sent us; only to addresses that are no nearer than the registry's own.</summary>
    internal async Task<HttpResponseMessage> SendForeignAsync(Uri registry, HttpRequestMessage request, CancellationToken cancellation)
    {
        var reach = await ClassAsync(registry, cancellation);
        var target = request.RequestUri!;

        // Here as well as on connecting: over a proxy the connection is the proxy's, made for whichever address came first.
        return reach.MayLeadTo(await ClassAsync(target, cancellation))
            ? await SendAsync(NameOf(reach), request, cancellation)
            : throw Refused(target.Host);
    }

    internal static void Stamp(HttpRequestMessage request, RegistryClientOptions options) =>
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue(options.UserAgent, productVersion: null));

    /// <summary>The class of a host's farthest address. A name that only the proxy can resolve counts as outside.</summary>
    private async Task<AddressClass> ClassAsync(Uri address, CancellationToken cancellation)
    {
        if (AddressClasses.OfName(address.Host) is { } named)
        {
            return named;
        }

        try
        {
            var addresses = await resolve(address.Host, cancellation);
            return addresses.Length == 0 ? AddressClass.Public : addresses.Min(AddressClasses.Of);
        }
        catch (SocketException)
        {
            return AddressClass.Public;
        }
    }

    private static string NameOf(AddressClass reach) => $"foreign-{reach}";

    private async Task<HttpResponseMessage> SendAsync(string name, HttpRequestMessage request, CancellationToken cancellation)
    {
        var handler = services.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler(name);
        using var invoker = new HttpMessageInvoker(handler, disposeHandler: false);
        return await invoker.SendAsync(request, cancellation);
    }

    private void AddClient(ServiceCollection collection, string name, RegistryClientOptions options, AddressClass reach)
    {
        var builder = collection.AddHttpClient(name)
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                ConnectTimeout = TimeSpan.FromSeconds(10),
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                MaxResponseHeadersLength = 64,
                ConnectCallback = (context, cancellation) => ConnectAsync(context, reach, cancellation),
                SslOptions = tls?.ToOptions(withClient: name == Direct) ?? new SslClientAuthenticationOptions(),
                Proxy = proxy?.ToWebProxy(),
            })
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .RemoveAllLoggers();
        builder.AddStandardResilienceHandler(resilience =>
        {
            resilience.AttemptTimeout.Timeout = options.AttemptTimeout;
            resilience.TotalRequestTimeout.Timeout = options.AttemptTimeout * (options.Retries + 2);
            resilience.CircuitBreaker.SamplingDuration = options.AttemptTimeout * 4;
            resilience.Retry.MaxRetryAttempts = Math.Max(1, options.Retries);
            resilience.Retry.Delay = options.RetryDelay;
            resilience.Retry.BackoffType = DelayBackoffType.Exponential;
            resilience.Retry.UseJitter = true;
            resilience.Retry.DisableForUnsafeHttpMethods();

            // A busy registry is left alone until it says, by the reconciler: waiting here would hold a worker.
            var transient = resilience.Retry.ShouldHandle;
            resilience.Retry.ShouldHandle = arguments =>
                IsBusy(arguments.Outcome.Result) ? ValueTask.FromResult(false) : transient(arguments);
        }).SelectPipelineByAuthority();
    }

    private static RegistryException Refused(string host) =>
        new(RegistryFault.Protocol, $"the registry leads to {host}, which is an address inside; refused");

    private static bool IsBusy(HttpResponseMessage? answer) =>
        answer is { StatusCode: HttpStatusCode.TooManyRequests } || answer?.Headers.RetryAfter is not null;

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, AddressClass reach, CancellationToken cancellation)
    {
        var host = context.DnsEndPoint.Host;
        var addresses = await resolve(host, cancellation);

        // Where a proxy is between, the connection is to the proxy, which the user or administrator chose; it resolves the name itself.
        var target = context.InitialRequestMessage.RequestUri!.Host.Trim('[', ']');
        var direct = proxy is null && string.Equals(host, target, StringComparison.OrdinalIgnoreCase);
        var allowed = direct ? Array.FindAll(addresses, address => reach.MayLeadTo(AddressClasses.Of(address))) : addresses;
        if (!direct && AddressClasses.OfName(target) is { } named && !reach.MayLeadTo(named))
        {
            throw Refused(target);
        }

        if (allowed.Length == 0)
        {
            throw addresses.Length == 0
                ? new HttpRequestException(HttpRequestError.NameResolutionError, $"the name {host} has no address")
                : Refused(host);
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
