using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using k8s.Authentication;
using k8s.Exceptions;

namespace GitOpsToolkit.Kubernetes;

/// <summary>One request to the API server, ready to be sent any number of times.</summary>
internal sealed record KubeRequest(HttpMethod Method, string PathAndQuery, string What)
{
    public byte[]? Body { get; init; }

    public string ContentType { get; init; } = "application/json";

    public string Accept { get; init; } = "application/json";

    /// <summary>Whether sending it twice does what sending it once does.</summary>
    public bool Repeatable { get; init; }
}

/// <summary>
/// Sends requests: credentials, identity, deadline, size cap, retries. Every failure comes out as an <see cref="ApiException"/>.
/// </summary>
internal sealed class KubeTransport(
    HttpClient http, Uri baseUri, ServiceClientCredentials? credentials, KubeClientOptions options, TimeProvider time, Impersonation? impersonation = null)
{
    public KubeClientOptions Options => options;

    public TimeProvider Time => time;

    public Uri BaseUri => baseUri;

    public KubeTransport With(Impersonation identity) => new(http, baseUri, credentials, options, time, identity);

    public KubeTransport With(KubeClientOptions changed) => new(http, baseUri, credentials, changed, time, impersonation);

    /// <summary>Sends and reads the whole answer.</summary>
    public async Task<byte[]> SendAsync(KubeRequest request, CancellationToken cancellation)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await TryOnceAsync(request, cancellation);
            }
            catch (ApiException error) when (attempt < options.Retries && DelayFor(error, request, attempt) is { } delay)
            {
                await Task.Delay(delay, time, cancellation);
            }
        }
    }

    /// <summary>Sends and hands out the answer's stream; a refusal is read and thrown.</summary>
    public async Task<HttpResponseMessage> OpenAsync(KubeRequest request, CancellationToken cancellation)
    {
        var response = await SendHeadersAsync(request, cancellation);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw await ReadRefusalAsync(request, response, cancellation);
        }
    }

    private async Task<byte[]> TryOnceAsync(KubeRequest request, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(options.RequestTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        try
        {
            using var response = await OpenAsync(request, both.Token);
            return await ReadCappedAsync(request, response, both.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            // Not tried again: the caller's patience is the deadline's, not a multiple of it.
            throw new ApiException(
                HttpStatusCode.RequestTimeout, ApiException.NoAnswer, Describe(request, $"no answer within {options.RequestTimeout.TotalSeconds:0.###} s"));
        }
    }

    private async Task<HttpResponseMessage> SendHeadersAsync(KubeRequest request, CancellationToken cancellation)
    {
        try
        {
            // HTTP/2 where the server has it: many watches share a connection, and pings tell when it is dead.
            using var message = new HttpRequestMessage(request.Method, new Uri(baseUri, request.PathAndQuery))
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
            };
            message.Headers.TryAddWithoutValidation("Accept", request.Accept);
            message.Headers.TryAddWithoutValidation("User-Agent", options.UserAgent);
            if (request.Body is { } body)
            {
                message.Content = new ByteArrayContent(body);
                message.Content.Headers.ContentType = new MediaTypeHeaderValue(request.ContentType);
            }

            if (credentials is not null)
            {
                await credentials.ProcessHttpRequestAsync(message, cancellation);
            }

            if (impersonation is not null)
            {
                message.Headers.TryAddWithoutValidation("Impersonate-User", impersonation.User);
                message.Headers.TryAddWithoutValidation("Impersonate-Group", impersonation.Groups);
            }

            return await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellation);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or KubeConfigException)
        {
            throw NoAnswer(request, error.Message, error);
        }
        catch (OperationCanceledException error) when (!cancellation.IsCancellationRequested)
        {
            // Nobody gave up: .NET tells so of a server that takes a connection and then says nothing, not even in the TLS handshake.
            throw NoAnswer(request, error.InnerException?.Message ?? error.Message, error);
        }
    }

    private async Task<byte[]> ReadCappedAsync(KubeRequest request, HttpResponseMessage response, CancellationToken cancellation)
    {
        var announced = response.Content.Headers.ContentLength ?? 0;
        if (announced > options.MaxResponseBytes)
        {
            throw TooLarge(request);
        }

        var buffer = new ArrayBufferWriter<byte>((int)Math.Max(announced, 4096));
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
            while (true)
            {
                var read = await stream.ReadAsync(buffer.GetMemory(4096), cancellation);
                if (read == 0)
                {
                    return buffer.WrittenSpan.ToArray();
                }

                buffer.Advance(read);
                if (buffer.WrittenCount > options.MaxResponseBytes)
                {
                    throw TooLarge(request);
                }
            }
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            throw NoAnswer(request, error.Message, error);
        }
    }

    private async Task<ApiException> ReadRefusalAsync(KubeRequest request, HttpResponseMessage response, CancellationToken cancellation)
    {
        var retryAfter = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => Max(date - time.GetUtcNow(), TimeSpan.Zero),
            _ => (TimeSpan?)null,
        };
        JsonElement status = default;
        try
        {
            status = JsonElement.Parse(await ReadCappedAsync(request, response, cancellation));
        }
        catch (Exception error) when (error is JsonException or ApiException)
        {
            // A proxy's HTML page or a broken body: the status code tells enough.
        }

        return ApiException.FromStatus(request.What, response.StatusCode, status, retryAfter);
    }

    private TimeSpan? DelayFor(ApiException error, KubeRequest request, int attempt)
    {
        var worthIt = error.Code == HttpStatusCode.TooManyRequests
            || (request.Repeatable && error.Reason != ApiException.BadAnswer
                && error.Code is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout);
        if (!worthIt || error.RetryAfter > options.MaxRetryAfter)
        {
            return null;
        }

        return error.RetryAfter ?? options.RetryDelay * Math.Pow(2, attempt);
    }

    private ApiException NoAnswer(KubeRequest request, string why, Exception inner) => new(
        HttpStatusCode.ServiceUnavailable, ApiException.NoAnswer, Describe(request, why), inner: inner);

    private string Describe(KubeRequest request, string why) => $"{request.What} at {baseUri.Host}:{baseUri.Port}: {why}";

    private ApiException TooLarge(KubeRequest request) => new(
        HttpStatusCode.BadGateway, ApiException.BadAnswer, $"{request.What}: the answer is larger than {options.MaxResponseBytes} bytes");

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
