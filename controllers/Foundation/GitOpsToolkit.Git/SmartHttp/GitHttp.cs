using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using GitOpsToolkit.Connections;

namespace GitOpsToolkit.Git;

/// <summary>
/// Sends the requests of the smart HTTP protocol. Connections are kept, and shared by all endpoints with the same CA, client certificate and
/// proxy; credentials go with each request, to the URL's own origin and nowhere else.
/// </summary>
internal sealed class GitHttp(TimeProvider time) : IDisposable
{
    /// <summary>Some servers tell a Git client by the beginning of it.</summary>
    private const string UserAgent = "git/2.31.0 (gitops-toolkit)";

    private const string Version2 = "version=2";

    private static readonly TimeSpan s_idle = TimeSpan.FromMinutes(30);
    private readonly SharedConnections<HttpMessageInvoker> _connections = new(s_idle, time);
    private readonly ConditionalWeakTable<GitCredentials, TlsSettings> _tls = [];

    /// <inheritdoc/>
    public void Dispose() => _connections.Dispose();

    /// <summary>Asks for the capabilities, or from an older server for the references.</summary>
    public Task<GitHttpAnswer> GetAsync(GitEndpoint endpoint, Uri address, CancellationToken cancel) =>
        SendAsync(endpoint, () => new HttpRequestMessage(HttpMethod.Get, address), cancel);

    /// <summary>Sends a command of protocol version 2.</summary>
    public Task<GitHttpAnswer> PostAsync(GitEndpoint endpoint, Uri address, byte[] body, CancellationToken cancel) =>
        SendAsync(endpoint, () => Post(address, body), cancel);

    private static HttpRequestMessage Post(Uri address, byte[] body)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(ContentTypes.UploadPackRequest);
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = content };
        request.Headers.Accept.ParseAdd(ContentTypes.UploadPackResult);
        return request;
    }

    private async Task<GitHttpAnswer> SendAsync(GitEndpoint endpoint, Func<HttpRequestMessage> make, CancellationToken cancel)
    {
        var tls = TlsOf(endpoint.Credentials);
        var key = $"{tls?.Fingerprint} {endpoint.Proxy?.Fingerprint}";
        var lease = _connections.Rent(key, () => Open(tls, endpoint.Proxy));
        HttpRequestMessage? request = null;
        try
        {
            for (var first = true; ; first = false)
            {
                request = Dressed(make(), endpoint);
                try
                {
                    return new GitHttpAnswer(await lease.Connections.SendAsync(request, cancel), request, lease);
                }
                catch (HttpRequestException error) when (first && IsStale(error))
                {
                    // The server closed the kept connection as the request went out; the request changes nothing, so it may go out again.
                    request.Dispose();
                }
            }
        }
        catch
        {
            request?.Dispose();
            lease.Dispose();
            throw;
        }
    }

    private static HttpRequestMessage Dressed(HttpRequestMessage request, GitEndpoint endpoint)
    {
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        request.Headers.TryAddWithoutValidation("Git-Protocol", Version2);
        request.Headers.CacheControl = new CacheControlHeaderValue { NoCache = true };
        if (endpoint.Credentials?.AuthorizationHeader() is { } header)
        {
            if (!SameOrigin(endpoint.Url.Uri, request.RequestUri!))
            {
                throw new InvalidOperationException("Credentials were about to leave their origin.");
            }

            request.Headers.TryAddWithoutValidation("Authorization", header);
        }

        return request;
    }

    private static bool SameOrigin(Uri one, Uri other) => Uri.Compare(one, other, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.Ordinal) == 0;

    private static bool IsStale(HttpRequestException error) =>
        error.HttpRequestError == HttpRequestError.ResponseEnded || error.InnerException is IOException { InnerException: SocketException };

    /// <summary>The certificates in the framework's terms, read once for each set of credentials.</summary>
    private TlsSettings? TlsOf(GitCredentials? credentials)
    {
        if (credentials is null or { CaCertificates: null, ClientCertificate: null })
        {
            return null;
        }

        return _tls.GetValue(credentials, static read => TlsSettings.TryCreate(
            read.CaCertificates ?? "", read.ClientCertificate ?? "", read.ClientKey ?? "", out var tls, out var problem)
            ? tls
            : throw new GitException(GitFailure.Authentication, $"the secret's certificates cannot be used: {problem}"));
    }

    private static HttpMessageInvoker Open(TlsSettings? tls, ProxySettings? proxy)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate,
            PooledConnectionLifetime = TimeSpan.FromMinutes(30),
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(5),
            MaxResponseHeadersLength = 64,
        };
        if (tls is not null)
        {
            handler.SslOptions = tls.ToOptions(withClient: true);
        }

        if (proxy is not null)
        {
            handler.Proxy = proxy.ToWebProxy();
        }

        return new HttpMessageInvoker(handler);
    }
}
