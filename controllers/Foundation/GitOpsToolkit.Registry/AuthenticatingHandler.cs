using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;

namespace GitOpsToolkit.Registry;

/// <summary>
/// Where the tokens for a repository come from, as its registry last said; saves the refused request of every later scan.
/// </summary>
internal sealed class ChallengeMemory
{
    private const int MaxEntries = 10_000;

    private readonly ConcurrentDictionary<string, TokenRequest> known = new(StringComparer.Ordinal);

    internal TokenRequest? Recall(Uri registry, string repository, RegistryCredential? credential) =>
        known.GetValueOrDefault($"{registry}{repository}") is { } request ? request with { Credential = credential } : null;

    internal void Remember(Uri registry, string repository, TokenRequest request)
    {
        if (known.Count < MaxEntries)
        {
            known[$"{registry}{repository}"] = request with { Credential = null };
        }
    }
}

/// <summary>
/// Sends the requests of one repository and one credential: answers challenges, and follows redirects of reads. The credential goes to the
/// registry's own scheme, host and port and to the token realm that passes the rules, and nowhere else.
/// </summary>
internal sealed class AuthenticatingHandler(
    Uri registry,
    string repository,
    RegistryCredential? credential,
    RegistryTransport transport,
    TokenSource tokens,
    ChallengeMemory memory) : HttpMessageHandler
{
    private const int MaxRedirects = 5;

    private bool answersWithBasic;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var tokenRequest = memory.Recall(registry, repository, credential);
        var answer = await SendOnceAsync(request, await AuthorizationAsync(tokenRequest, cancellationToken), cancellationToken);
        if (answer.StatusCode == HttpStatusCode.Unauthorized
            && await AnswerChallengeAsync(answer, tokenRequest, cancellationToken) is { } authorization)
        {
            answer.Dispose();
            answer = await SendOnceAsync(request, authorization, cancellationToken);
        }

        return await FollowAsync(request, answer, cancellationToken);
    }

    private static HttpRequestMessage Copy(HttpRequestMessage request, Uri target)
    {
        var copy = new HttpRequestMessage(request.Method, target);
        foreach (var (name, values) in request.Headers)
        {
            copy.Headers.TryAddWithoutValidation(name, values);
        }

        copy.Headers.Authorization = null;
        return copy;
    }

    private async Task<AuthenticationHeaderValue?> AuthorizationAsync(TokenRequest? tokenRequest, CancellationToken cancellation)
    {
        if (tokenRequest is not null)
        {
            return new AuthenticationHeaderValue("Bearer", await tokens.GetAsync(registry, tokenRequest, cancellation));
        }

        return answersWithBasic ? new AuthenticationHeaderValue("Basic", credential!.BasicValue) : null;
    }

    private async Task<HttpResponseMessage> SendOnceAsync(
        HttpRequestMessage request, AuthenticationHeaderValue? authorization, CancellationToken cancellation)
    {
        using var copy = Copy(request, request.RequestUri!);
        copy.Headers.Authorization = authorization;
        return await transport.SendAsync(copy, cancellation);
    }

    private async Task<AuthenticationHeaderValue?> AnswerChallengeAsync(
        HttpResponseMessage answer, TokenRequest? tried, CancellationToken cancellation)
    {
        var challenges = answer.Headers.NonValidated.TryGetValues("WWW-Authenticate", out var values) ? AuthChallenge.Parse(values) : [];
        foreach (var challenge in challenges)
        {
            if (challenge.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)
                && Uri.TryCreate(challenge["realm"], UriKind.Absolute, out var realm))
            {
                var scope = challenge["scope"] is { Length: > 0 } given ? given : $"repository:{repository}:pull";
                var request = new TokenRequest(realm, challenge["service"] ?? registry.Authority, scope, credential);
                if (tried is not null)
                {
                    // The token was good by our clock and is not by the registry's.
                    tokens.Forget(tried);
                }

                memory.Remember(registry, repository, request);
                return await AuthorizationAsync(request, cancellation);
            }

            if (challenge.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase) && credential is not null && !answersWithBasic)
            {
                answersWithBasic = true;
                return await AuthorizationAsync(tokenRequest: null, cancellation);
            }
        }

        return null;
    }

    private async Task<HttpResponseMessage> FollowAsync(
        HttpRequestMessage request, HttpResponseMessage answer, CancellationToken cancellation)
    {
        var at = request.RequestUri!;
        for (var hops = 0; IsRedirect(answer.StatusCode) && answer.Headers.Location is { } location; hops++)
        {
            answer.Dispose();
            var next = new Uri(at, location);
            if (hops == MaxRedirects)
            {
                throw new RegistryException(
                    RegistryFault.Protocol, $"{request.Method} {request.RequestUri}: more than {MaxRedirects} redirects");
            }

            if (next.Scheme != Uri.UriSchemeHttps && !(next.Scheme == Uri.UriSchemeHttp && registry.Scheme == Uri.UriSchemeHttp))
            {
                throw new RegistryException(RegistryFault.Protocol,
                    $"{request.Method} {request.RequestUri}: redirected to {next.Scheme}://{next.Authority}; refused");
            }

            var home = next.Scheme == registry.Scheme && next.Authority == registry.Authority;
            using var copy = Copy(request, next);
            copy.Headers.Authorization = home
                ? await AuthorizationAsync(memory.Recall(registry, repository, credential), cancellation)
                : null;
            answer = home ? await transport.SendAsync(copy, cancellation) : await transport.SendForeignAsync(registry, copy, cancellation);
            at = next;
        }

        return answer;
    }

    private static bool IsRedirect(HttpStatusCode status) => status is HttpStatusCode.MovedPermanently or HttpStatusCode.Found
        or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;
}
