using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using GitOpsToolkit.Connections;
using Polly;
using Polly.CircuitBreaker;

namespace GitOpsToolkit.PullRequests.Transport;

/// <summary>Turns what a host answered, or did not, into what can be told about it.</summary>
internal static class HostAnswers
{
    private const int MaxDetail = 300;
    private const int MaxDepth = 16;

    internal static async Task<HostAnswer> ReadAsync(HttpResponseMessage answer, PullRequestOptions options, TimeProvider time, CancellationToken cancellation)
    {
        var what = What(answer.RequestMessage!);
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellation);
        using var body = new MemoryStream();
        var buffer = new byte[16 << 10];
        for (int read; (read = await stream.ReadAsync(buffer, cancellation)) > 0;)
        {
            if (body.Length + read > options.MaxAnswer)
            {
                throw new PullRequestException(PullRequestFault.TooLarge, $"{what}: the answer is larger than {options.MaxAnswer} bytes");
            }

            body.Write(buffer, 0, read);
        }

        return new HostAnswer(what, answer.StatusCode, body.ToArray())
        {
            HasNext = answer.Headers.NonValidated.TryGetValues("Link", out var links)
                && links.ToString().Contains("rel=\"next\"", StringComparison.OrdinalIgnoreCase),
            RetryAfter = RetryAfter(answer, time),
            IsSpent = Number(answer.Headers, "X-RateLimit-Remaining", "RateLimit-Remaining") == 0,
            IsJson = answer.Content.Headers.ContentType?.MediaType is { } type && type.EndsWith("json", StringComparison.OrdinalIgnoreCase),
        };
    }

    internal static string What(HttpRequestMessage request) =>
        $"{request.Method} {request.RequestUri!.GetLeftPart(UriPartial.Path)}";

    /// <summary>By <c>Retry-After</c>; for a spent budget by <c>X-RateLimit-Reset</c> (GitHub, GitLab), a time in seconds since 1970.</summary>
    internal static TimeSpan? RetryAfter(HttpResponseMessage answer, TimeProvider time)
    {
        var now = time.GetUtcNow();
        return answer.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - now,
            _ when Number(answer.Headers, "X-RateLimit-Remaining", "RateLimit-Remaining") == 0
                && Number(answer.Headers, "X-RateLimit-Reset", "RateLimit-Reset") is { } reset => DateTimeOffset.FromUnixTimeSeconds(reset) - now,
            _ => null,
        };
    }

    /// <summary>Whether an exception comes from the connection rather than from us; our own cancellation is not one.</summary>
    internal static bool IsTransport(Exception error, CancellationToken cancellation) =>
        error is HttpRequestException or IOException or SocketException or ExecutionRejectedException
        || (error is OperationCanceledException && !cancellation.IsCancellationRequested);

    internal static PullRequestException Unreachable(HostedRepository repository, Exception error)
    {
        for (var inner = error; inner is not null; inner = inner.InnerException)
        {
            if (inner is PullRequestException refused)
            {
                return refused;
            }
        }

        var why = error switch
        {
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => "the name could not be resolved",
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } =>
                $"no TLS connection ({error.InnerException?.Message ?? error.Message}); is its CA in the secret (ca.crt)?",
            BrokenCircuitException => "too many requests to this host failed of late; not tried",
            ExecutionRejectedException or OperationCanceledException => "no answer in time",
            _ => (error.InnerException ?? error).Message,
        };
        return new PullRequestException(PullRequestFault.Unreachable, $"{repository}: no answer: {why}", error);
    }

    /// <summary>
    /// What the host says went wrong, in one bounded line. The forms: <c>message</c> (GitHub, Gitea, Azure; a list or an object at GitLab),
    /// <c>error</c> and <c>error_description</c> (GitLab), <c>error.message</c> (Bitbucket), and <c>errors</c> with texts or objects (GitHub,
    /// Bitbucket Data Center).
    /// </summary>
    internal static string Detail(byte[] body, SecretMask mask)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = MaxDepth });
            var words = new List<string>();
            Collect(document.RootElement, words, isRoot: true);
            // Masked before it is cut, or half a secret could stay.
            return OneLine(mask.Apply(string.Join("; ", words.Distinct(StringComparer.Ordinal))));
        }
        catch (JsonException)
        {
            // No body in any of the forms: the status has to do.
            return "";
        }
    }

    /// <summary>The host's words end up in a status: one line, bounded.</summary>
    private static string OneLine(string text)
    {
        var line = new StringBuilder();
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, MaxDetail)))
        {
            line.Append(char.IsControl(c) ? ' ' : c);
        }

        return line.ToString();
    }

    private static void Collect(JsonElement element, List<string> words, bool isRoot)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String when !isRoot && element.GetString() is { Length: > 0 } text:
                words.Add(text);
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    Collect(item, words, isRoot: false);
                }

                break;
            case JsonValueKind.Object:
                CollectObject(element, words, isRoot);
                break;
        }
    }

    private static void CollectObject(JsonElement element, List<string> words, bool isRoot)
    {
        foreach (var property in element.EnumerateObject())
        {
            var isText = property.Name is "message" or "error" or "errors" or "error_description" or "scope" or "fields" or "base" or "exceptionName"
                or "typeKey";
            if (isText || (!isRoot && property.Value.ValueKind == JsonValueKind.Array))
            {
                Collect(property.Value, words, isRoot: false);
            }
        }
    }

    private static long? Number(HttpResponseHeaders headers, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (headers.NonValidated.TryGetValues(name, out var values)
                && uint.TryParse(values.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return number;
            }
        }

        return null;
    }
}
