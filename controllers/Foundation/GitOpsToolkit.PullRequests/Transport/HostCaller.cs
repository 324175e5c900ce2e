using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using GitOpsToolkit.Connections;
using Refit;

namespace GitOpsToolkit.PullRequests.Transport;

/// <summary>Makes the calls to one repository's host, and turns whatever goes wrong into a fault that shows no secret.</summary>
internal sealed class HostCaller(
    HostedRepository repository, HostAccess access, PullRequestOptions options, TimeProvider time, SharedConnections<HostTransport> transports)
{
    private readonly SecretMask mask = MaskOf(access);

    internal HostedRepository Repository => repository;

    internal PullRequestOptions Options => options;

    /// <summary>Makes a call and reads its answer, whatever its status.</summary>
    /// <typeparam name="TApi">The host's calls.</typeparam>
    /// <param name="call">The call.</param>
    /// <param name="cancellation">Gives up.</param>
    internal async Task<HostAnswer> SendAsync<TApi>(
        Func<TApi, CancellationToken, Task<HttpResponseMessage>> call, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource((options.AttemptTimeout + options.MaxWait) * (options.Retries + 3), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        using var lease = transports.Rent(access.TransportKey, () => new HostTransport(options, time, access.Tls, access.Proxy));
        using var handler = new ApiHandler(lease.Connections, repository, access.Credential?.HeaderFor(repository.Host));
        using var http = new HttpClient(handler, disposeHandler: false) { BaseAddress = repository.Api, Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.UserAgent.ParseAdd(options.UserAgent);
        try
        {
            using var answer = await call(RestService.ForGenerated<TApi>(http), either.Token);
            return await HostAnswers.ReadAsync(answer, options, time, either.Token);
        }
        catch (Exception error)
        {
            cancellation.ThrowIfCancellationRequested();

            // The generated client wraps what its handlers throw.
            var cause = error is ApiRequestException { InnerException: { } inner } ? inner : error;
            var fault = cause as PullRequestException
                ?? (HostAnswers.IsTransport(cause, cancellation) ? HostAnswers.Unreachable(repository, cause) : null);
            if (fault is null)
            {
                throw;
            }

            throw Masked(fault);
        }
    }

    /// <summary>Makes a call that must succeed, and reads its answer.</summary>
    /// <typeparam name="TApi">The host's calls.</typeparam>
    /// <typeparam name="T">What it answers.</typeparam>
    internal async Task<T> GetAsync<TApi, T>(
        Func<TApi, CancellationToken, Task<HttpResponseMessage>> call, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        var answer = await SendAsync(call, cancellation);
        return answer.IsSuccess ? answer.Read(type) : throw Fault(answer);
    }

    /// <summary>Makes a call that must succeed, and whose answer is of no interest.</summary>
    /// <typeparam name="TApi">The host's calls.</typeparam>
    internal async Task DoAsync<TApi>(Func<TApi, CancellationToken, Task<HttpResponseMessage>> call, CancellationToken cancellation)
    {
        var answer = await SendAsync(call, cancellation);
        if (!answer.IsSuccess)
        {
            throw Fault(answer);
        }
    }

    /// <summary>Makes a call that may find nothing.</summary>
    /// <typeparam name="TApi">The host's calls.</typeparam>
    /// <typeparam name="T">What it answers.</typeparam>
    internal async Task<T?> FindAsync<TApi, T>(
        Func<TApi, CancellationToken, Task<HttpResponseMessage>> call, JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class
    {
        var answer = await SendAsync(call, cancellation);
        return answer.Status == HttpStatusCode.NotFound ? null : answer.IsSuccess ? answer.Read(type) : throw Fault(answer);
    }

    /// <summary>Reads a list page by page.</summary>
    /// <typeparam name="TApi">The host's calls.</typeparam>
    /// <typeparam name="TPage">A page.</typeparam>
    /// <typeparam name="T">An entry.</typeparam>
    /// <param name="call">Gets a page by where it begins.</param>
    /// <param name="type">A page's form.</param>
    /// <param name="first">Where the first page begins.</param>
    /// <param name="read">The entries of a page that began there, and where the next one begins; null: it was the last one.</param>
    /// <param name="maxPages">Read so many at most, and be content; null: a list of more than <see cref="PullRequestOptions.MaxPages"/> is a fault.</param>
    /// <param name="cancellation">Gives up.</param>
    internal async Task<List<T>> PagesAsync<TApi, TPage, T>(
        Func<TApi, long, CancellationToken, Task<HttpResponseMessage>> call,
        JsonTypeInfo<TPage> type,
        long first,
        Func<TPage, HostAnswer, long, (IEnumerable<T> Items, long? Next)> read,
        int? maxPages,
        CancellationToken cancellation)
    {
        var entries = new List<T>();
        long? at = first;
        for (var pages = 0; at is { } start; pages++)
        {
            if (pages == (maxPages ?? options.MaxPages))
            {
                return maxPages is not null ? entries : throw new PullRequestException(
                    PullRequestFault.TooLarge, $"{repository}: the list of pull requests has more than {pages} pages");
            }

            var answer = await SendAsync<TApi>((api, token) => call(api, start, token), cancellation);
            var (items, next) = read(answer.IsSuccess ? answer.Read(type) : throw Fault(answer), answer, start);
            entries.AddRange(items);
            at = next;
        }

        return entries;
    }

    /// <summary>The fault that an answer other than success stands for.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="classify">What a status that says little stands for, by the host's words; null: refused.</param>
    internal PullRequestException Fault(HostAnswer answer, Func<string, PullRequestFault>? classify = null)
    {
        var detail = HostAnswers.Detail(answer.Body, mask);
        var text = $"{repository}: {answer.What}: {(int)answer.Status} {answer.Status}{(detail.Length > 0 ? ": " : "")}{detail}";
        var (fault, advice) = answer.Status switch
        {
            HttpStatusCode.TooManyRequests => (PullRequestFault.RateLimited, ""),
            HttpStatusCode.Forbidden when answer.IsSpent || answer.RetryAfter is not null || detail.Contains("rate limit", StringComparison.OrdinalIgnoreCase) =>
                (PullRequestFault.RateLimited, ""),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NonAuthoritativeInformation => (PullRequestFault.Authentication, Advice()),
            HttpStatusCode.NotFound => (PullRequestFault.NotFound, $"the repository is not there under this name, or the credentials may not see it; {Advice()}"),
            >= HttpStatusCode.InternalServerError => (PullRequestFault.Unreachable, ""),
            < HttpStatusCode.MultipleChoices => (PullRequestFault.Authentication, $"that is no answer of the API; a page to sign in? {Advice()}"),
            _ => (classify?.Invoke(detail) ?? PullRequestFault.Refused, ""),
        };
        return Masked(new PullRequestException(fault, advice.Length > 0 ? $"{text}; {advice}" : text)
        {
            RetryAfter = fault == PullRequestFault.RateLimited ? Bounded(answer.RetryAfter ?? options.DefaultRetryAfter) : null,
        });
    }

    /// <summary>A body of JSON.</summary>
    internal static HttpContent Json<T>(T value, JsonTypeInfo<T> type)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(value, type));
        content.Headers.ContentType = new("application/json") { CharSet = "utf-8" };
        return content;
    }

    /// <summary>A text that a host takes: cut where it is too long.</summary>
    internal static string Cut(string text, int length)
    {
        if (text.Length <= length)
        {
            return text;
        }

        var end = char.IsHighSurrogate(text[length - 2]) ? length - 2 : length - 1;
        return text[..end] + "…";
    }

    private string Advice() => access.Credential is null
        ? $"no credentials were given for {repository.Api.Host}: {repository.Host.Permissions()}"
        : $"check the token in the secret: {repository.Host.Permissions()}";

    private static SecretMask MaskOf(HostAccess access)
    {
        var secrets = new SecretMask();
        secrets.AddRange(access.Credential?.Secrets);
        return secrets;
    }

    private TimeSpan Bounded(TimeSpan wait) =>
        wait < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : wait > options.MaxRetryAfter ? options.MaxRetryAfter : wait;

    private PullRequestException Masked(PullRequestException fault)
    {
        var message = mask.Apply(fault.Message);
        return message == fault.Message ? fault : new PullRequestException(fault.Fault, message) { RetryAfter = fault.RetryAfter };
    }
}
