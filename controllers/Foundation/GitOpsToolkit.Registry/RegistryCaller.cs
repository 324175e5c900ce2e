using System.Net;
using GitOpsToolkit.Connections;
using Refit;

namespace GitOpsToolkit.Registry;

/// <summary>One call's way to a repository.</summary>
/// <param name="Http">Sends with the repository's authentication.</param>
/// <param name="Api">The calls of fixed shape.</param>
/// <param name="Root">The repository's address, <c>https://host/v2/name/</c>.</param>
/// <param name="Check">Throws the fault that an answer other than 200 stands for; the text says what was asked.</param>
internal sealed record RepositoryConnection(
    HttpClient Http, IDistributionApi Api, Uri Root, Func<string, HttpResponseMessage, Task> Check);

/// <summary>Makes calls within the budget of a host, and turns whatever goes wrong into a fault that shows no secret.</summary>
internal sealed class RegistryCaller : IDisposable
{
    private readonly RegistryClientOptions options;
    private readonly TimeProvider time;
    private static readonly TimeSpan IdleConnections = TimeSpan.FromMinutes(30);

    private readonly SharedConnections<RegistryTransport> transports;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> resolve;
    private readonly TokenSource tokens;
    private readonly ChallengeMemory memory = new();
    private readonly HostBudget budget;

    internal RegistryCaller(
        RegistryClientOptions options, TimeProvider time, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
    {
        this.options = options;
        this.time = time;
        this.resolve = resolve;
        transports = new SharedConnections<RegistryTransport>(IdleConnections, time);
        budget = new HostBudget(options, time);
        tokens = new TokenSource(options, budget, time);
    }

    public void Dispose() => transports.Dispose();

    internal async Task<T> CallAsync<T>(
        ImageName image, RegistryAccess access, Func<RepositoryConnection, Task<T>> call, CancellationToken cancellation)
    {
        var registry = new Uri($"{(access.Insecure || image.IsLoopback ? "http" : "https")}://{image.Registry}/");
        var root = new Uri(registry, $"/v2/{image.Repository}/");
        using var turn = await budget.EnterAsync(registry, cancellation);
        using var lease = transports.Rent(access.TransportKey, () => new RegistryTransport(options, resolve, access.Tls, access.Proxy));
        var mask = new SecretMask();
        mask.AddRange(access.Credential?.Secrets);
        var scope = new CallScope(registry, image.Repository, access, lease.Connections, mask);
        using var handler = new AuthenticatingHandler(scope, tokens, memory, budget);
        using var http = new HttpClient(handler, disposeHandler: false) { BaseAddress = registry, Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.UserAgent.ParseAdd(options.UserAgent);
        try
        {
            return await call(new RepositoryConnection(http, RestService.ForGenerated<IDistributionApi>(http), root, CheckAsync));
        }
        catch (Exception error)
        {
            cancellation.ThrowIfCancellationRequested();
            var fault = FaultOf(error, root, cancellation);
            var message = fault is null ? null : mask.Apply(fault.Message);
            if (fault is null || (ReferenceEquals(fault, error) && message == fault.Message))
            {
                throw;
            }

            throw new RegistryException(fault.Fault, message!, fault.InnerException) { RetryAfter = fault.RetryAfter };
        }

        async Task CheckAsync(string what, HttpResponseMessage answer)
        {
            if (answer.StatusCode != HttpStatusCode.OK)
            {
                throw await RegistryAnswers.FaultAsync(what, answer, access.Credential, mask, options, time, cancellation);
            }
        }
    }

    /// <summary>What went wrong, freed from the wrapping of the generated client; null where it is not the registry's doing.</summary>
    private static RegistryException? FaultOf(Exception error, Uri url, CancellationToken cancellation)
    {
        var cause = error is ApiRequestException { InnerException: { } inner } ? inner : error;
        return cause as RegistryException
            ?? (RegistryAnswers.IsTransport(cause, cancellation) ? RegistryAnswers.Unreachable($"GET {url}", cause) : null);
    }
}
