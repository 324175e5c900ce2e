using System.Net;
using Refit;

namespace GitOpsToolkit.Registry;

/// <summary>
/// Reads registries by the OCI distribution API. One client serves all objects: connections, tokens and the budget of each host are shared.
/// </summary>
public sealed class RegistryClient : IDisposable
{
    private const string AcceptManifests =
        "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "
        + "application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json";

    private readonly RegistryClientOptions options;
    private readonly TimeProvider time;
    private readonly RegistryTransport transport;
    private readonly TokenSource tokens;
    private readonly ChallengeMemory memory = new();
    private readonly HostBudget budget;

    /// <summary>Makes a client.</summary>
    /// <param name="options">Limits and times.</param>
    /// <param name="time">The clock by which tokens expire and hosts are left alone.</param>
    /// <param name="resolve">Resolves a host's name to its addresses; null for the system's resolver.</param>
    public RegistryClient(
        RegistryClientOptions options, TimeProvider time, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
    {
        this.options = options;
        this.time = time;
        transport = new RegistryTransport(options, resolve ?? ((host, cancellation) => Dns.GetHostAddressesAsync(host, cancellation)));
        tokens = new TokenSource(transport, options, time);
        budget = new HostBudget(options, time);
    }

    /// <summary>Lists all tags of a repository.</summary>
    /// <param name="image">The repository.</param>
    /// <param name="access">How to get at it.</param>
    /// <param name="cancellation">The deadline; a listing that is not complete by then is a fault.</param>
    /// <exception cref="RegistryException">The list could not be had whole.</exception>
    /// <exception cref="OperationCanceledException">The deadline passed.</exception>
    public Task<TagList> ListTagsAsync(ImageName image, RegistryAccess access, CancellationToken cancellation) =>
        CallAsync(image, access, $"tags/list", async (http, url) =>
        {
            var lister = new TagLister(options, url);
            Uri? next = new Uri($"{url}?n={options.PageSize}");
            var api = RestService.ForGenerated<IDistributionApi>(http);
            using (var first = await api.ListTagsAsync(image.Repository, options.PageSize, cancellation))
            {
                await CheckAsync($"GET {url}", first, access, cancellation);
                next = await lister.ReadAsync(next, first, cancellation);
            }

            while (next is not null)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, next);
                using var page = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
                await CheckAsync($"GET {next}", page, access, cancellation);
                next = await lister.ReadAsync(next, page, cancellation);
            }

            return lister.Result;
        }, cancellation);

    /// <summary>The digest of a tag's manifest, by HEAD; by GET where the registry does not say.</summary>
    /// <exception cref="RegistryException">There is no such tag, or it could not be had.</exception>
    public Task<string> ResolveDigestAsync(ImageName image, string tag, RegistryAccess access, CancellationToken cancellation) =>
        CallAsync(image, access, $"manifests/{tag}", async (http, url) =>
        {
            var api = RestService.ForGenerated<IDistributionApi>(http);
            using var head = await api.HeadManifestAsync(image.Repository, tag, AcceptManifests, cancellation);
            await CheckAsync($"HEAD {url}", head, access, cancellation);
            if (DigestOf(head) is { } digest)
            {
                return digest;
            }

            using var answer = await api.GetManifestAsync(image.Repository, tag, AcceptManifests, cancellation);
            await CheckAsync($"GET {url}", answer, access, cancellation);
            var body = await RegistryAnswers.ReadBoundedAsync($"GET {url}", answer, options.MaxManifestBytes, cancellation);
            return Archives.Digest.Sha256(body).ToString();
        }, cancellation);

    /// <inheritdoc/>
    public void Dispose() => transport.Dispose();

    private static string? DigestOf(HttpResponseMessage answer) =>
        answer.Headers.NonValidated.TryGetValues("Docker-Content-Digest", out var values)
            && Archives.Digest.TryParse(values.ToString(), out var digest)
            ? digest.ToString()
            : null;

    private async Task<T> CallAsync<T>(
        ImageName image, RegistryAccess access, string resource, Func<HttpClient, Uri, Task<T>> call, CancellationToken cancellation)
    {
        var registry = new Uri($"{(access.Insecure || image.IsLoopback ? "http" : "https")}://{image.Registry}/");
        var url = new Uri(registry, $"/v2/{image.Repository}/{resource}");
        using var turn = await budget.EnterAsync(registry.Authority, cancellation);
        using var handler = new AuthenticatingHandler(registry, image.Repository, access.Credential, transport, tokens, memory);
        using var http = new HttpClient(handler, disposeHandler: false) { BaseAddress = registry, Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.UserAgent.ParseAdd(options.UserAgent);
        try
        {
            return await call(http, url);
        }
        catch (Exception error)
        {
            cancellation.ThrowIfCancellationRequested();
            var fault = FaultOf(error, url, cancellation);
            if (fault?.RetryAfter is { } wait)
            {
                budget.Close(registry.Authority, wait);
            }

            if (fault is null || ReferenceEquals(fault, error))
            {
                throw;
            }

            throw fault;
        }
    }

    /// <summary>What went wrong, freed from the wrapping of the generated client; null where it is not the registry's doing.</summary>
    private static RegistryException? FaultOf(Exception error, Uri url, CancellationToken cancellation)
    {
        var cause = error is ApiRequestException { InnerException: { } inner } ? inner : error;
        return cause as RegistryException
            ?? (RegistryAnswers.IsTransport(cause, cancellation) ? RegistryAnswers.Unreachable($"GET {url}", cause) : null);
    }

    private async Task CheckAsync(string what, HttpResponseMessage answer, RegistryAccess access, CancellationToken cancellation)
    {
        if (answer.StatusCode != HttpStatusCode.OK)
        {
            throw await RegistryAnswers.FaultAsync(what, answer, access.Credential, options, time, cancellation);
        }
    }
}

/// <summary>How to get at a registry.</summary>
/// <param name="Credential">User name and password, or null for none.</param>
/// <param name="Insecure">Plain HTTP. Without it only a registry on this machine is spoken to in plain.</param>
public sealed record RegistryAccess(RegistryCredential? Credential = null, bool Insecure = false);
