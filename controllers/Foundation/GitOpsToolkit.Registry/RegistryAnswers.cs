using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using GitOpsToolkit.Connections;
using Polly;
using Polly.CircuitBreaker;

namespace GitOpsToolkit.Registry;

/// <summary>Turns what a registry answered, or did not, into faults with messages that one can act on.</summary>
internal static class RegistryAnswers
{
    private const int MaxErrorBytes = 16 << 10;
    private const int MaxDetail = 300;

    /// <summary>Whether an exception comes from the connection rather than from us; our own cancellation is not one.</summary>
    internal static bool IsTransport(Exception error, CancellationToken cancellation) =>
        error is HttpRequestException or IOException or System.Net.Sockets.SocketException or ExecutionRejectedException
        || (error is OperationCanceledException && !cancellation.IsCancellationRequested);

    internal static RegistryException Unreachable(string what, Exception error)
    {
        // A refusal by the address check comes wrapped by the connection pool.
        for (var inner = error; inner is not null; inner = inner.InnerException)
        {
            if (inner is RegistryException refused)
            {
                return new RegistryException(refused.Fault, $"{what}: {refused.Message}", error);
            }
        }

        if (error is HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded })
        {
            return new RegistryException(RegistryFault.Truncated, $"{what}: the answer ended early", error);
        }

        var why = error switch
        {
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => "the name could not be resolved",
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } =>
                $"no TLS connection ({error.InnerException?.Message ?? error.Message}); is it a plain HTTP registry (spec.insecure), or is its CA unknown?",
            HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded } =>
                "the connection ended before an answer; does the registry want a client certificate (spec.certSecretRef)?",
            HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => $"no connection: {error.Message}",
            BrokenCircuitException => "too many requests to this host failed of late; not tried",
            IOException or HttpRequestException { InnerException: IOException } => $"the connection broke: {(error.InnerException ?? error).Message}",
            ExecutionRejectedException or OperationCanceledException => "no answer in time",
            _ => error.Message,
        };
        return new RegistryException(RegistryFault.Unreachable, $"{what}: {why}", error);
    }

    /// <summary>What to do about a refusal.</summary>
    private static string Advice(RegistryCredential? credential) => credential is null
        ? "no credentials were given for this registry; set spec.secretRef"
        : "check the credentials in the secret of spec.secretRef and what they may read";

    /// <summary>An address for a message: without its query, which may hold anything.</summary>
    internal static string Show(Uri address) => address.GetLeftPart(UriPartial.Path) is var text && text.Length > MaxDetail
        ? $"{text.AsSpan(0, MaxDetail)}…"
        : text;

    /// <summary>The fault that an answer other than success stands for.</summary>
    internal static async Task<RegistryException> FaultAsync(
        string what,
        HttpResponseMessage answer,
        RegistryCredential? credential,
        SecretMask mask,
        RegistryClientOptions options,
        TimeProvider time,
        CancellationToken cancellation)
    {
        var detail = await DetailAsync(answer, mask, cancellation);
        var text = $"{what}: {(int)answer.StatusCode} {answer.StatusCode}{detail}";
        switch (answer.StatusCode)
        {
            case HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden:
                return new RegistryException(RegistryFault.Authentication, $"{text}; {Advice(credential)}");
            case HttpStatusCode.NotFound:
                return new RegistryException(RegistryFault.NotFound, text);
            case HttpStatusCode.TooManyRequests:
                return new RegistryException(RegistryFault.RateLimited, text) { RetryAfter = RetryAfter(answer, options, time) };
            case >= HttpStatusCode.InternalServerError:
                return new RegistryException(RegistryFault.Unreachable, text)
                {
                    RetryAfter = answer.Headers.RetryAfter is null ? null : RetryAfter(answer, options, time),
                };
            default:
                return new RegistryException(RegistryFault.Protocol, text);
        }
    }

    internal static async Task<byte[]> ReadBoundedAsync(string what, HttpResponseMessage answer, int limit, CancellationToken cancellation)
    {
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellation);
        using var body = new MemoryStream();
        var buffer = new byte[8 << 10];
        for (int read; (read = await stream.ReadAsync(buffer, cancellation)) > 0;)
        {
            if (body.Length + read > limit)
            {
                throw new RegistryException(RegistryFault.TooLarge, $"{what}: the answer is larger than {limit} bytes");
            }

            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }

    /// <summary>When to come back, by Retry-After, or by Docker Hub's X-Retry-After, which is a time in seconds since 1970.</summary>
    internal static TimeSpan RetryAfter(HttpResponseMessage answer, RegistryClientOptions options, TimeProvider time)
    {
        var given = answer.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - time.GetUtcNow(),
            _ when answer.Headers.NonValidated.TryGetValues("X-Retry-After", out var values)
                && uint.TryParse(values.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) =>
                DateTimeOffset.FromUnixTimeSeconds(seconds) - time.GetUtcNow(),
            _ => options.DefaultRetryAfter,
        };
        return given < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : given > options.MaxRetryAfter ? options.MaxRetryAfter : given;
    }

    private static async Task<string> DetailAsync(HttpResponseMessage answer, SecretMask mask, CancellationToken cancellation)
    {
        try
        {
            await using var stream = await answer.Content.ReadAsStreamAsync(cancellation);
            var buffer = new byte[MaxErrorBytes];
            var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation);
            using var document = JsonDocument.Parse(buffer.AsMemory(0, length), new JsonDocumentOptions { MaxDepth = 16 });
            var error = document.RootElement.GetProperty("errors")[0];
            var code = error.GetProperty("code").GetString();
            var message = error.TryGetProperty("message", out var given) ? given.GetString() : "";
            return OneLine(mask.Apply($": {code} {message}".TrimEnd()));
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException
            or IOException or HttpRequestException)
        {
            // No body in the specification's form: the status line has to do.
            return "";
        }
    }

    /// <summary>The registry's words end up in a status: one line, bounded; secrets are masked before it is cut.</summary>
    private static string OneLine(string text)
    {
        var line = new StringBuilder();
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, MaxDetail)))
        {
            line.Append(char.IsControl(c) ? ' ' : c);
        }

        return line.ToString();
    }
}
